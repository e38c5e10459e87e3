import { stream } from '../../core/random.ts';
import type { PolicyContext } from '../port.ts';
import type { WireContext } from './protocol.ts';

/** The context of the port, with what could not be sent. */
export function contextFromWire({ seed, intervalSeconds, intervalMs, ...context }: WireContext): PolicyContext {
  return {
    ...context,
    random: stream(seed, 'policy'),
    compressed: (seconds) => (1000 * seconds) / context.timeCompression,
  };
}
