import { stringify } from 'yaml';
import { unreachable } from '../core/unreachable.ts';
import type { Profile, TestbedSpec, ThreadCount } from './profile.ts';

/** The first line of a profile: editors take the schema from there. Relative to the profile. */
export const schemaComment = (schemaPath: string): string => `# yaml-language-server: $schema=${schemaPath}`;

/**
 * The whole of a profile as it takes effect, as YAML: `--set` applied, matrices expanded, defaults written out. Loads again to an
 * equal profile. Ends with a line break.
 * @param schemaPath of the JSON Schema, relative to where the text will be
 */
export function renderProfile(profile: Profile, schemaPath = './schema.json'): string {
  const { canary, limits } = profile;
  const fields = {
    ...(profile.description === null ? {} : { description: profile.description }),
    seed: profile.seed,
    blocks: profile.blocks,
    aa: profile.aa,
    testbed: renderTestbed(profile.testbed),
    source: profile.source,
    trial: { duration: milliseconds(profile.trialMs), warmup: milliseconds(profile.warmupMs) },
    sampleInterval: milliseconds(profile.sampleMs),
    canary: canary && { rate: perSecond(canary.ratePerSecond), work: microseconds(canary.workMicros) },
    arms: profile.arms.map(({ name, disturbances: { cpu } }) => ({
      name,
      disturbances: cpu === null ? {} : { cpu: renderThreads(cpu) },
    })),
    loads: profile.loads.map(({ name, ratePerSecond }) => ({ name, rate: perSecond(ratePerSecond) })),
    hypotheses: profile.hypotheses,
    limits: {
      // 12 digits, as they are read: 0.07 * 100 is 7.000000000000001.
      stolen: `${Number((limits.stolenShare * 100).toPrecision(12))} %`,
      clockJump: milliseconds(limits.clockJumpMs),
      observationGap: milliseconds(limits.observationGapMs),
    },
  };
  return `${schemaComment(schemaPath)}\n${stringify(fields, { aliasDuplicateObjects: false })}`;
}

function renderTestbed(testbed: TestbedSpec): Readonly<Record<string, string>> {
  switch (testbed.kind) {
    case 'local':
      return { kind: 'local' };
    case 'sim':
      return {
        kind: 'sim',
        cores: testbed.cores === 1 ? '1 core' : `${testbed.cores} cores`,
        work: microseconds(testbed.workMicros),
      };
    default:
      return unreachable(testbed);
  }
}

function renderThreads(cpu: ThreadCount): number | string {
  if ('threads' in cpu) return cpu.threads;
  return cpu.timesCores === 1 ? 'cores' : `${cpu.timesCores}x cores`;
}

const perSecond = (rate: number): string => `${rate}/s`;
const milliseconds = (ms: number): string => (ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`);
const microseconds = (micros: number): string => (micros % 1000 === 0 ? milliseconds(micros / 1000) : `${micros}us`);
