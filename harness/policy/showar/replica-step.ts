/** How the step is rounded; the paper does not say. */
export type StepRounding = 'floor' | 'round' | 'ceil';

/** max(1, R beta): replicas that one step adds or takes (Algorithm 1). */
export function replicaStep(replicas: number, beta: number, rounding: StepRounding): number {
  // 12 digits, without the dust of the product: 100 * 0.29 is 28.999999999999996, of which floor makes 28.
  return Math.max(1, Math[rounding](Number((replicas * beta).toPrecision(12))));
}
