import type { Summary } from '../analysis/summary.ts';
import { formatNumber } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import { acrossLoadsSections } from './across-loads-table.ts';
import { breakdownSection } from './breakdown-tables.ts';
import { comparisonSection } from './comparison-table.ts';
import { costSection } from './cost-tables.ts';
import { policySections } from './policy-tables.ts';
import { publishedSections } from './published-tables.ts';
import { tracerSection, waitSection } from './arm-tables.ts';
import { eventSection } from './event-tables.ts';
import type { Fact, ReportDocument, Section } from './document.ts';
import { figuresOf } from './figure/figures.ts';
import { latencySection } from './latency-tables.ts';
import { loadSection } from './load-tables.ts';
import { manifestSection } from './manifest-tables.ts';
import { modelSha256 } from './model-sha256.ts';
import { noticesOf } from './notices.ts';
import type { ReportInput } from './report-input.ts';
import { answersOf, answerSentence } from './answers.ts';
import { serviceSection } from './service-tables.ts';
import { validitySection, validityTable } from './validity-tables.ts';
import { formatCount, objectiveText, timeCompressionText } from './wording.ts';

/** Everything the report says, in the order in which it says it. */
export function makeDocument(input: ReportInput): ReportDocument {
  const { summary, figureData, manifest, plan, description } = input;
  const cores = manifest.testbed.cores;
  const context = { summary, plan, cores };
  return {
    title: summary.experiment.name,
    origin: originText(summary, plan),
    description,
    answer: answerSentence(context),
    furtherAnswers: answersOf(context).slice(1),
    facts: factsOf(summary, plan, cores),
    notices: noticesOf(summary, figureData, manifest, plan),
    validity: validityTable(summary, plan, cores),
    figures: figuresOf(summary, figureData, plan, manifest),
    sections: sectionsOf(input),
  };
}

function sectionsOf({ summary, figureData, manifest, plan }: ReportInput): readonly Section[] {
  const waits = waitSection(summary, plan);
  const comparisons = [comparisonSection(summary, plan), ...acrossLoadsSections(summary, plan)];
  const last = [tracerSection(summary, plan), validitySection(summary, plan), manifestSection(manifest, plan)];
  if (plan.application === null) return [waits, ...comparisons, ...last];
  return [
    ...comparisons,
    costSection(summary, plan),
    latencySection(figureData, plan),
    ...policySections(summary, figureData, plan),
    loadSection(summary, figureData, plan),
    breakdownSection(figureData, plan),
    serviceSection(summary, figureData, plan),
    eventSection(summary, figureData, plan),
    ...publishedSections(summary, plan),
    waits,
    ...last,
  ];
}

function originText({ experiment }: Summary, plan: Plan): string {
  const aa = experiment.aa ? 'A/A experiment' : 'Experiment';
  const compression = timeCompressionText(plan);
  return `${aa} ${experiment.id}, started ${experiment.startedAt.slice(0, 16).replace('T', ' ')} UTC${compression === '' ? '' : `, ${compression}`}`;
}

const sources = {
  bpf: 'tracer in the kernel, a histogram of every wait',
  schedstat: 'sums of waits from /proc, no histogram',
  sim: 'virtual time',
  none: 'waits were not measured',
} as const;

function factsOf({ experiment, blocks, arms, comparisons }: Summary, plan: Plan, cores: number): readonly Fact[] {
  const count = (verdict: 'valid' | 'failed' | 'invalid'): number => arms.reduce((sum, arm) => sum + arm[verdict], 0);
  const replaced = blocks.setAside === 0 ? '' : `, ${blocks.setAside} set aside, ${blocks.fresh} fresh`;
  return [
    {
      label: 'Blocks complete',
      value: `${blocks.complete} of ${blocks.planned}`,
      detail: comparisons.length === 0 ? replaced.slice(2) : `${blocks.neededToRank} needed to rank${replaced}`,
    },
    {
      label: 'Trials',
      value: `${count('valid')} valid`,
      detail: `${count('failed')} failed, ${count('invalid')} invalid`,
    },
    { label: 'Source of waits', value: experiment.source, detail: sources[experiment.source] },
    { label: 'Testbed', value: experiment.testbed, detail: `${cores} core${cores === 1 ? '' : 's'}` },
    ...applicationFacts(plan),
  ];
}

function applicationFacts(plan: Plan): readonly Fact[] {
  const { application } = plan;
  if (application === null) return [];
  const hash = modelSha256(application).slice(0, 12);
  return [
    {
      label: 'Application',
      value: application.model.name,
      detail: `model ${hash}, demands times ${formatNumber(application.model.cpuScale)}`,
    },
    { label: 'Objective', value: objectiveText(application), detail: 'latency from the due instant' },
    ...(plan.timeCompression === 1
      ? []
      : [{ label: 'Time', value: `compressed ${formatCount(plan.timeCompression)} times`, detail: 'not latencies' }]),
  ];
}
