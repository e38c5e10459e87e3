import { exactDuration, formatNumber } from '../core/units.ts';
import { applicationLines } from '../plan/application-text.ts';
import { loadText } from '../plan/load-text.ts';
import type { Plan } from '../plan/plan.ts';
import type { Manifest } from '../store/manifest.ts';
import { allocationTable } from './allocation-table.ts';
import { cell, columns, type Section, type SectionPart, type Table } from './document.ts';
import { shellArgument } from './escape.ts';
import { limitsThatChanged, limitWords } from './limit-words.ts';
import { modelSha256 } from './model-sha256.ts';
import { formatBytes } from './number-text.ts';
import { formatCount, objectiveText } from './wording.ts';

/** What ran, on what, with which seeds, and how to run and check it again. */
export function manifestSection(manifest: Manifest, plan: Plan): Section {
  // Where the folder lies, or the profile, is not recorded: both may have been moved, or named by `--results`.
  const folder = shellArgument(manifest.experiment);
  const allocation = [allocationTable(plan) ?? []].flat();
  return {
    title: 'What ran, and how to run it again',
    parts: [
      { kind: 'text', text: `${manifest.experiment} stands for the path of the folder that holds this report.` },
      {
        kind: 'commands',
        lines: [`npx scalelab rerun ${folder}`, `npx scalelab verify ${folder}`, `npx scalelab report ${folder}`],
      },
      { kind: 'table', table: pairs('Experiment', experimentPairs(manifest, plan)) },
      ...allocation.map((table): SectionPart => ({ kind: 'table', table })),
      { kind: 'table', table: pairs('Versions and machine', machinePairs(manifest)) },
      { kind: 'table', table: blockTable(plan) },
    ],
  };
}

type Pair = readonly [string, string];

function pairs(caption: string, rows: readonly Pair[]): Table {
  return {
    caption,
    columns: columns(['item', 'value'], ['value']),
    rows: rows.map(([item, value]) => [cell(item), cell(value)]),
    folded: false,
  };
}

function experimentPairs(manifest: Manifest, plan: Plan): readonly Pair[] {
  const { canary } = plan;
  return [
    ['experiment', manifest.experiment],
    ['profile', manifest.profile],
    ['plan, SHA-256', manifest.planHash],
    ['seed', manifest.seed.toString()],
    ['created', manifest.createdAt],
    ['rerun of', manifest.rerunOf ?? 'no other experiment'],
    ['A/A', plan.aa ? 'yes: all arms are the same treatment' : 'no'],
    [
      'trial',
      `${exactDuration(plan.trialMs)}, the first ${exactDuration(plan.warmupMs)} warm-up, a sample every ${exactDuration(plan.sampleMs)}`,
    ],
    [
      'canary',
      canary === null
        ? 'none'
        : `${formatNumber(canary.ratePerSecond)} wake-ups a second, ${formatNumber(canary.workMicros)} µs of work each`,
    ],
    ...applicationPairs(plan),
    ['limits', limitsText(plan)],
  ];
}

/** `stolen CPU 2.00 %, clock step 50 ms (default 20 ms)`. */
function limitsText(plan: Plan): string {
  const changed = limitsThatChanged(plan);
  return limitWords(plan.limits, plan)
    .map(({ name, limit }) => {
      const usual = changed.find((other) => other.name === name)?.usual;
      return `${name} ${limit}${usual === undefined ? '' : ` (default ${usual})`}`;
    })
    .join(', ');
}

function applicationPairs({ application, loads, timeCompression }: Plan): readonly Pair[] {
  if (application === null) return [];
  const { model } = application;
  return [
    ['application', `${application.reference}, scale of its CPU demands ${formatNumber(model.cpuScale)}`],
    ['model, SHA-256', modelSha256(application)],
    ['objective', objectiveText(application)],
    ['how it was loaded', applicationLines(application).slice(1).join('; ')],
    ...loads.map((load): Pair => [`load ${load.name}`, loadText(load)]),
    ['time compression', timeCompression === 1 ? 'none' : `${formatCount(timeCompression)} times`],
  ];
}

function machinePairs({ versions, machine, testbed }: Manifest): readonly Pair[] {
  return [
    ['scalelab', versions.git === null ? versions.scalelab : `${versions.scalelab}, commit ${versions.git}`],
    ['node', `${versions.node}, V8 ${versions.v8}`],
    ['host', `${machine.hostname}, ${machine.platform}, kernel ${machine.kernel}`],
    ['CPU', `${machine.cpuModel}, ${machine.cores} cores`],
    ['memory', formatBytes(machine.memoryBytes)],
    ['testbed', `${testbed.kind}, ${testbed.cores} cores, source ${testbed.source}`],
    ...Object.entries(testbed.details).map(([item, value]): Pair => [item, value === null ? '–' : value.toString()]),
  ];
}

function blockTable(plan: Plan): Table {
  const isUnderLoad = plan.loads.length > 0;
  return {
    caption: `Planned blocks (${plan.blocks.length}): seeds and order of arms`,
    columns: columns(['block', ...(isUnderLoad ? ['load'] : []), 'seed', 'order of arms'], ['load', 'order of arms']),
    rows: plan.blocks.map((block) => [
      cell(block.number),
      ...(isUnderLoad ? [cell(block.load ?? '–')] : []),
      cell(block.seed),
      cell(block.trials.map((trial) => `${trial.arm} (seed ${trial.seed})`).join(', ')),
    ]),
    folded: true,
  };
}
