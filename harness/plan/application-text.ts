import { exactDuration, formatShare } from '../core/units.ts';
import type { ApplicationSpec, DriverSpec, Fault } from './plan.ts';

/** The application, its objective and how its load is sent, in a line each; then what is done to it on purpose. */
export function applicationLines({ reference, sloMs, driver, faults }: ApplicationSpec): readonly string[] {
  return [
    `Application ${reference}, objective ${exactDuration(sloMs)}`,
    driverText(driver),
    ...faults.map((fault) => `Fault: ${faultText(fault)}`),
  ];
}

export function driverText({ name, timeoutMs, mostInFlight, connections, spanShare }: DriverSpec): string {
  const kept =
    connections.kind === 'fresh'
      ? 'a connection for each request'
      : `connections kept${connections.maxAgeMs === null ? '' : ` up to ${exactDuration(connections.maxAgeMs)}`}`;
  const inFlight = `at most ${mostInFlight} in flight`;
  return `Load driver ${name}, time-out ${exactDuration(timeoutMs)}, ${inFlight}, ${kept}, spans of ${formatShare(spanShare)} of the requests`;
}

export function faultText(fault: Fault): string {
  return fault.kind === 'kill'
    ? `${fault.service} is killed at ${exactDuration(fault.atMs)}`
    : `${fault.service} is stopped at ${exactDuration(fault.atMs)} for ${exactDuration(fault.durationMs)}`;
}
