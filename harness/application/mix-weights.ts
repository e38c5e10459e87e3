import type { Application } from './application.ts';

/**
 * How often each endpoint is asked, in the order of the model. @param mix its name; null for the first, the default
 * @returns null if the application has no such mix
 */
export function mixWeights({ endpoints, mixes }: Application, mix: string | null): readonly number[] | null {
  const chosen = mix === null ? mixes[0] : mixes.find(({ name }) => name === mix);
  if (chosen === undefined) return null;
  return endpoints.map(({ name }) => chosen.weights.find(({ endpoint }) => endpoint === name)?.weight ?? 0);
}
