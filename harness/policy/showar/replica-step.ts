/** How the step is rounded; the paper does not say. */
export type StepRounding = 'floor' | 'round' | 'ceil';

/** max(1, R beta): replicas that one step adds or takes (Algorithm 1). */
export function replicaStep(replicas: number, beta: number, rounding: StepRounding): number {
  // 12 digits, without the dust of the product: 70 * 0.1 is 7.000000000000001, of which ceil makes 8.
  return Math.max(1, Math[rounding](Number((replicas * beta).toPrecision(12))));
}
