import type { ProcessOptions } from './process-options.ts';
import type { Ready } from './protocol.ts';

/**
 * What a program says it goes by must be what the profile says, because trials were planned, and testbeds checked, by the profile.
 * @returns the rest of a sentence that begins with the program, or null
 */
export function objectionTo(
  { intervalSeconds, needs = [], acts = [] }: Ready,
  profile: Pick<ProcessOptions, 'intervalSeconds' | 'needs' | 'acts'>,
): string | null {
  // A share of a millionth: whoever multiplies by the time compression gets dust.
  if (intervalSeconds !== undefined && Math.abs(intervalSeconds / profile.intervalSeconds - 1) > 1e-6)
    return `steps every ${intervalSeconds} s, and the profile says every ${profile.intervalSeconds} s`;
  const unsaid = [...notIn(needs, profile.needs, 'needs'), ...notIn(acts, profile.acts, 'acts')];
  return unsaid.length === 0 ? null : `goes by what the profile does not say: ${unsaid.join(', ')}`;
}

const notIn = (own: readonly string[], profile: readonly string[], field: string): readonly string[] =>
  own.filter((word) => !profile.includes(word)).map((word) => `${field}: [${word}]`);
