import type { Summary } from '../analysis/summary.ts';
import { comparisonSection } from './comparison-table.ts';
import { tracerSection, waitSection } from './arm-tables.ts';
import type { Fact, ReportDocument } from './document.ts';
import { figuresOf } from './figure/figures.ts';
import { manifestSection } from './manifest-tables.ts';
import { noticesOf } from './notices.ts';
import type { ReportInput } from './report-input.ts';
import { answerSentence, comparisonSentence, firstComparison } from './sentence.ts';
import { validitySection } from './validity-tables.ts';

/** Everything the report says, in the order in which it says it. */
export function makeDocument({ summary, figureData, manifest, plan }: ReportInput): ReportDocument {
  const cores = manifest.testbed.cores;
  const context = { summary, plan, cores };
  const first = firstComparison(context);
  return {
    title: summary.experiment.name,
    origin: originText(summary),
    answer: answerSentence(context),
    furtherAnswers: summary.comparisons
      .filter((comparison) => comparison !== first)
      .map((comparison) => ({
        label: `${comparison.arm} − ${comparison.against}`,
        sentence: comparisonSentence(comparison, context),
      })),
    facts: factsOf(summary, cores),
    notices: noticesOf(summary, manifest),
    figures: figuresOf(summary, figureData, plan, manifest),
    sections: [
      waitSection(summary, plan),
      comparisonSection(summary),
      tracerSection(summary, plan),
      validitySection(summary, plan, cores),
      manifestSection(manifest, plan),
    ],
  };
}

function originText({ experiment }: Summary): string {
  const aa = experiment.aa ? 'A/A experiment' : 'Experiment';
  return `${aa} ${experiment.id}, started ${experiment.startedAt.slice(0, 16).replace('T', ' ')} UTC`;
}

const sources = {
  bpf: 'tracer in the kernel, a histogram of every wait',
  schedstat: 'sums of waits from /proc, no histogram',
  sim: 'virtual time',
} as const;

function factsOf({ experiment, blocks, arms, comparisons }: Summary, cores: number): readonly Fact[] {
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
  ];
}
