import { describe, expect, test } from 'vitest';
import { chainContext, Run } from './showar-rig.ts';

/**
 * The loop closed over queues in the simplest way: a service whose replicas have a core each, Poisson arrivals, exponential service of 20 ms, and
 * the p95 of the wait that M/M/c has in equilibrium, or that of the backlog where there is none. The numbers are in docs/policies/showar.md.
 */
function closeLoop(horizontal: object, coresAt: (minute: number) => number, minutes: number): number[] {
  const context = chainContext({ one: [] }, { sampleMs: 10_000 });
  const { one } = context.bounds;
  if (one === undefined) throw new Error('no bounds');
  const run = new Run(
    { vertical: 'off', horizontal },
    { ...context, bounds: { one: { ...one, replicas: { least: 1, most: 64 } } } },
  );
  const servedPerSecond = 50;
  let replicas = 4;
  let backlog = 0;
  return Array.from({ length: minutes }, (_, minute) => {
    const decisions = run.step((sample) => {
      const load = coresAt(minute + sample / 6);
      const perSecond = replicas * servedPerSecond;
      // Callers give up: more than two seconds of work never wait.
      backlog = Math.min(2 * perSecond, Math.max(0, backlog + 10 * (load * servedPerSecond - perSecond)));
      const waitMs = backlog > 0 ? (1000 * backlog) / perSecond : p95WaitMs(replicas, load, servedPerSecond);
      return { one: { wanted: replicas, waitMs } };
    });
    for (const decision of decisions) if (decision.kind === 'replicas') replicas = decision.replicas;
    return replicas;
  });
}

/** Of M/M/c: P(wait > t) = C exp(-(c mu - lambda) t), with Erlang's C. At least what a switch takes. */
function p95WaitMs(servers: number, load: number, servedPerSecond: number): number {
  let blocking = 1;
  for (let count = 1; count <= servers; count++) blocking = (load * blocking) / (count + load * blocking);
  const waiting = blocking / (1 - (load / servers) * (1 - blocking));
  return Math.max(0.05, (1000 * Math.log(waiting / 0.05)) / ((servers - load) * servedPerSecond));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function reversalsPerHour(replicas: readonly number[]): number {
  const moves = replicas
    .slice(1)
    .map((now, index) => Math.sign(now - (replicas[index] ?? 0)))
    .filter((sign) => sign !== 0);
  return (60 * moves.filter((sign, index) => index > 0 && sign !== moves[index - 1]).length) / replicas.length;
}

const day = (minute: number): number => 6 + 4 * Math.sin((2 * Math.PI * minute) / 1440);
const readings = ['literal', 'rebased'] as const;

describe.each(readings)('the %s reading', (reading) => {
  test('with the whole history in its integral ends at the most replicas, where seven would wait for less than half the target', () => {
    const replicas = closeLoop({ reading, integralWindow: 'unbounded' }, () => 4, 240);
    expect(replicas.slice(-120)).toEqual(new Array<number>(120).fill(64));
  });

  test('with five steps does not, and goes up and down all the time', () => {
    const replicas = closeLoop({ reading, integralWindow: 5 }, () => 4, 240);
    expect(Math.max(...replicas)).toBeLessThan(12);
    expect(reversalsPerHour(replicas)).toBeGreaterThan(10);
  });

  test('with a clamp does not wind up either', () => {
    const replicas = closeLoop({ reading, integralWindow: 'unbounded', integralClamp: '150ms' }, () => 4, 240);
    expect(Math.max(...replicas)).toBeLessThan(12);
  });

  test('follows a day with five steps, and sits at the top of its bounds for most of it with the whole history', () => {
    const [windowed, unbounded] = [5, 'unbounded'].map((integralWindow) =>
      closeLoop({ reading, integralWindow }, day, 1440),
    );
    expect(mean(windowed ?? [])).toBeLessThan(10);
    expect(mean(unbounded ?? [])).toBeGreaterThan(40);
  });

  test('recovers from a jump of the load within half an hour', () => {
    const replicas = closeLoop({ reading }, (minute) => (minute < 60 ? 2 : 6), 120);
    expect(Math.max(...replicas.slice(0, 60))).toBeLessThan(7);
    expect(mean(replicas.slice(90))).toBeGreaterThan(6);
    expect(mean(replicas.slice(90))).toBeLessThan(10);
  });
});
