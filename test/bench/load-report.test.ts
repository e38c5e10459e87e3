import { expect, test } from 'vitest';
import { formatLoad, loadBudgets, type LoadMeasurements, type LoadRun } from '../../bench/load-report.ts';

const run = (arm: string, perSecond: number | null, changes: Partial<LoadRun> = {}): LoadRun => ({
  arm,
  perSecond,
  latenessP50Ms: null,
  latenessP99Ms: null,
  cpuSeconds: 1,
  residentBytes: 50e6,
  priority: 'real-time',
  requests: 10_000,
  achievedPerSecond: perSecond ?? 40_000,
  dispersion: 1.25,
  stolenShare: 0.001,
  ...changes,
});

const p99s = [0.3, 0.2, 0.4, 0.25, 0.35, 0.3, 0.9];
const measured: LoadMeasurements = {
  rounds: 7,
  seconds: 5,
  secondsAtFullSpeed: 2,
  rates: [500, 2000],
  arms: [
    { name: 'scalelab', kind: 'open loop', hasRate: true },
    { name: 'hey', kind: 'closed loop', hasRate: true },
    { name: 'wrk', kind: 'as fast as it is answered', hasRate: false },
  ],
  runs: [
    ...p99s.flatMap((p99) => [
      run('scalelab', 500, { latenessP50Ms: 0.1, latenessP99Ms: p99 }),
      run('scalelab', 2000, { latenessP50Ms: 0.1, latenessP99Ms: p99 }),
    ]),
    run('hey', 500, { stolenShare: 0.012 }),
    run('hey', 2000, { dispersion: null }),
    run('wrk', null),
  ],
  missing: ['k6 is not on PATH and K6_BIN does not name it'],
  repeats: 2,
};

test('each tool has its medians at each rate, and what it does not know is left empty', () => {
  expect(formatLoad(measured, ['CPU: one', 'kernel: 6.18'])).toBe(`- CPU: one
- kernel: 6.18

Each tool alone against one tiny server on a core of its own, 5 s at a time (2 s at full speed), 7 rounds in random
order; medians of the rounds. The generator has the other core. It and the server have real-time priority.

- \`scalelab\`: open loop
- \`hey\`: closed loop
- \`wrk\`: as fast as it is answered

Lateness is the sending minus the due instant of each request; hey and wrk wait for answers before they send again, so they
have no due instants. Dispersion is that of the arrivals as the server saw them, in windows of 10 ms: 1 for Poisson, 0 for even.
CPU is of all threads of the process; of \`scalelab\` since the schedule began, of the others from their start.

Measured again because more than 2 % of the CPU time was stolen: 2 of 19. Of those that stand, the one with the most had
1.2 %.

Left out: k6 is not on PATH and K6_BIN does not name it.

| tool | asked | arrived | lateness p50 | p99 | dispersion | CPU a request | memory |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| **scalelab** | 500/s | 500/s | 0.10 ms | 0.30 ms | 1.25 | 100 µs | 50 MB |
| hey | 500/s | 500/s |  |  | 1.25 | 100 µs | 50 MB |
| **scalelab** | 2000/s | 2000/s | 0.10 ms | 0.30 ms | 1.25 | 100 µs | 50 MB |
| hey | 2000/s | 2000/s |  |  |  | 100 µs | 50 MB |
| wrk | full speed | 40000/s |  |  | 1.25 | 100 µs | 50 MB |

Budgets (design, section 5):

| budget | promised | measured | outcome |
| --- | ---: | ---: | ---: |
| lateness p99 of the built-in driver at 2000/s | under 1 ms on a free core | 0.30 ms (0.20 to 0.90 ms, 98.4 %) | met |`);
});

test('fewer than six rounds decide nothing, and neither does an interval that holds the limit', () => {
  const of = (values: readonly number[]): ReturnType<typeof loadBudgets> =>
    loadBudgets({ ...measured, runs: values.map((latenessP99Ms) => run('scalelab', 2000, { latenessP99Ms })) });

  expect(of([0.3, 0.4])[0]).toMatchObject({ measured: '0.35 ms (too few rounds)', outcome: 'undecided' });
  expect(of([0.3, 0.4, 0.5, 1.5, 0.2, 0.1])[0]?.outcome).toBe('undecided');
  expect(of([1.1, 1.2, 1.3, 1.5, 1.2, 1.1])[0]?.outcome).toBe('missed');
  expect(of([])[0]).toMatchObject({ measured: '', outcome: 'not measured' });
});
