/** Milli-units by name of the pod. */
export type MilliByPod = ReadonlyMap<string, number>;

export interface UsageRatio {
  /** Usage over target, in double arithmetic. */
  readonly ratio: number;
  /** What was compared with the target: a whole percentage, or whole milli-units. */
  readonly usage: number;
}

/**
 * `GetResourceUtilizationRatio`: a ratio of sums, truncated to a whole percentage before it is divided by the target. Sums are whole numbers
 * of 64 bits there: bytes in milli-units times 100 do not fit into a double.
 * @returns null if no pod that has a metric has a request
 */
export function utilisationRatio(
  usageMilli: MilliByPod,
  requestMilli: MilliByPod,
  targetPercent: number,
): UsageRatio | null {
  let [used, requested] = [0n, 0n];
  for (const [pod, milli] of usageMilli) {
    const request = requestMilli.get(pod);
    if (request === undefined) continue;
    used += BigInt(milli);
    requested += BigInt(request);
  }
  if (requested === 0n) return null;
  const usage = Number((used * 100n) / requested);
  return { ratio: usage / targetPercent, usage };
}

/** `GetMetricUsageRatio`: the mean, truncated to whole milli-units. @param usageMilli of at least one pod */
export function averageRatio(usageMilli: MilliByPod, targetMilli: number): UsageRatio {
  let used = 0n;
  for (const milli of usageMilli.values()) used += BigInt(milli);
  const usage = Number(used / BigInt(usageMilli.size));
  return { ratio: usage / targetMilli, usage };
}
