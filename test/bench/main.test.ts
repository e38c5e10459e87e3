import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

const usage = `usage: npm run bench -- NAME [--rounds N] [--write]

  tracer    cost of the run-queue tracer, beside runqlat and perf sched record
  twin      cost of the replicas of the local testbed beside what the model asks of them
  load      lateness and cost of the load driver, beside k6, hey and wrk

  --rounds N  how often each is measured; the default is the bench's own
  --write     put the result into docs/performance.md
`;

test.for([
  { args: [] },
  { args: ['speed'] },
  { args: ['toString'] },
  { args: ['tracer', '--rounds', '0'] },
  { args: ['tracer', '--rounds'] },
  { args: ['tracer', 'now'] },
])('$args lists the benches and exits with 2', ({ args }) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...args], {
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: usage });
});
