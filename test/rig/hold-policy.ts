/** Starts a program as a policy, says that it is ready, and goes on until it is killed. Arguments: the folder, and the program in it. */
import { join } from 'node:path';
import { systemClock } from '../../harness/core/clock.ts';
import { packageRoot } from '../../harness/core/package-root.ts';
import { startChild } from '../../harness/core/process.ts';
import { stream } from '../../harness/core/random.ts';
import { processOptions } from '../../harness/policy/process/process-options.ts';
import { startProcessPolicy } from '../../harness/policy/process/start-process-policy.ts';

const [workingFolder = '', program = ''] = process.argv.slice(2);
await startProcessPolicy(
  processOptions.parse({ command: [program] }),
  {
    ...{
      services: [],
      allocation: {},
      bounds: {},
      capacityCores: 1,
      sampleMs: 1000,
      timeCompression: 1,
      objectiveMs: 100,
    },
    ...{ random: stream(1, 'policy'), compressed: (seconds) => seconds * 1000 },
  },
  {
    ...{ runner: startChild, clock: systemClock, workingFolder, searchPath: '/usr/bin:/bin', node: process.execPath },
    ...{ environment: { PATH: '/usr/bin:/bin' }, workload: join(packageRoot, 'build', 'native', 'scalelab-workload') },
  },
  new AbortController().signal,
);
process.stdout.write('ready\n');
