import { canonicalJson } from '../core/canonical-json.ts';
import { stream } from '../core/random.ts';
import { sha256 } from '../core/sha256.ts';
import type { Profile } from '../profile/profile.ts';
import { makeBlock } from './block.ts';
import { compressedSampleMs } from '../profile/compressed-sample.ts';
import type { Plan, PlannedBlock } from './plan.ts';

/**
 * The profile expanded to the full list of trials. Pure: same profile and name, same bytes of `planText`.
 * @param name of the experiment, `profileName`
 */
export function makePlan(profile: Profile, name: string): Plan {
  // What is for the reader only, and what becomes the blocks, is left out; all but the sample interval is taken over as it is.
  const { description, blocks, ...settings } = profile;
  return { format: 1, name, ...settings, sampleMs: compressedSampleMs(profile), blocks: makeBlocks(profile) };
}

/** Rounds that hold each load once, in an order drawn for the round: so drift over time falls on all loads alike. */
function makeBlocks(profile: Profile): PlannedBlock[] {
  const loads = profile.loads.length === 0 ? [null] : profile.loads.map(({ name }) => name);
  return Array.from({ length: profile.blocks }, (_, round) =>
    stream(profile.seed, `loads/round-${round + 1}`)
      .shuffle(loads)
      .map((load, index) => makeBlock(profile, round * loads.length + index + 1, load)),
  ).flat();
}

/** The plan as canonical JSON: keys sorted, indented by two spaces, with a line break at the end. Saved as `plan.json`. */
export function planText(plan: Plan): string {
  return `${canonicalJson(plan, 2)}\n`;
}

/** SHA-256 of the plan's text, in hexadecimal. An unfinished experiment is found by it. */
export function planHash(text: string): string {
  return sha256(text);
}
