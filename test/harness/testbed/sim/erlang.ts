/** Mean wait in an M/M/c queue: Erlang's C formula divided by the spare service rate. */
export function erlangWaitMs(cores: number, ratePerMs: number, workMs: number): number {
  const offered = ratePerMs * workMs;
  let term = 1;
  let below = 0;
  for (let busy = 0; busy < cores; busy++) {
    below += term;
    term = (term * offered) / (busy + 1);
  }
  const queueing = (term * cores) / (cores - offered);
  return (queueing / (below + queueing)) * (1 / (cores / workMs - ratePerMs));
}
