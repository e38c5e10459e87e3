/** Milliseconds of the machine's monotonic clock: the same in all threads, while `performance.now()` counts from the start of each. */
export function monotonicMs(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e3 + nanoseconds / 1e6;
}
