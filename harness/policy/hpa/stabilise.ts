/** What the metrics asked for in one sync, before it was stabilised. */
export interface Recommendation {
  readonly at: number;
  readonly replicas: number;
}

/**
 * Path A, without `behavior` (`stabilizeRecommendation`): the highest of the new recommendation and those of the window, its beginning included.
 * It may exceed the current count: a higher one that was cut before is taken up again.
 * @param recommendations earlier ones
 */
export function stabiliseByHighest(
  recommendations: readonly Recommendation[],
  desired: number,
  now: number,
  window: number,
): number {
  return recommendations
    .filter(({ at }) => at >= now - window)
    .reduce((highest, { replicas }) => Math.max(highest, replicas), desired);
}

/**
 * Path B (`stabilizeRecommendationWithBehaviors`): the current count, raised to the lowest recommendation of the one window if it is below that,
 * then lowered to the highest of the other if it is above that. An earlier recommendation holds the count, but never turns the direction. Here
 * the beginning of a window is not in it.
 */
export function stabiliseByBehavior(
  recommendations: readonly Recommendation[],
  desired: number,
  current: number,
  now: number,
  { up, down }: { readonly up: number; readonly down: number },
): number {
  const within = (window: number): readonly number[] =>
    recommendations.filter(({ at }) => at > now - window).map(({ replicas }) => replicas);
  const floor = Math.min(desired, ...within(up));
  const ceiling = Math.max(desired, ...within(down));
  return Math.min(Math.max(current, floor), ceiling);
}
