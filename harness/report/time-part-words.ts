import type { TimePart } from '../analysis/request-time.ts';

/** The parts of a latency, as figures and tables name them. */
export const timePartWords: Readonly<Record<TimePart, string>> = {
  lateness: 'sent late',
  network: 'to the front and back',
  cpu: 'service time',
  contention: 'run-queue wait',
  throttled: 'throttled',
  unknownWait: 'wait of unknown cause',
  connection: 'waiting for a connection',
  stores: 'in stores',
  rest: 'not explained',
};
