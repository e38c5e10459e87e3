import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkProc } from '../../../../harness/testbed/local/check-proc.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

/** A folder that looks like /proc, mounted with these options. */
function procWith(options: string): string {
  const proc = temporaryFolder();
  mkdirSync(join(proc, 'self'));
  writeFileSync(join(proc, 'self', 'stat'), '1 (x) S');
  writeFileSync(join(proc, 'self', 'mounts'), `proc ${proc} proc ${options} 0 0\n`);
  return proc;
}

test.each(['rw,relatime', 'rw,hidepid=0', 'rw,hidepid=off'])('with the options %s nothing is hidden', (options) => {
  expect(checkProc(false, true, procWith(options))).toEqual([]);
});

test.each(['hidepid=2', 'hidepid=1', 'hidepid=invisible'])(
  '%s hides the processes of others, but not from root',
  (option) => {
    const proc = procWith(`rw,nosuid,${option}`);
    expect(checkProc(true, true, proc)).toEqual([]);
    expect(checkProc(false, true, proc)).toEqual([
      {
        severity: 'error',
        code: 'proc-hidden',
        message: `${proc} hides the processes of others (${option}): the run-queue wait of the machine would lack theirs.`,
        hint: `Run as root, or \`mount -o remount,hidepid=0 ${proc}\`.`,
      },
    ]);
    expect(checkProc(false, false, proc)).toMatchObject([
      {
        severity: 'warning',
        message: `${proc} hides the processes of others (${option}): other runs of Scalelab are not seen.`,
      },
    ]);
  },
);

test('without it nothing can be measured', () => {
  expect(checkProc(true, false, '/nowhere')).toEqual([
    {
      ...{ severity: 'error', code: 'proc-hidden' },
      ...{ message: '/nowhere cannot be read.', hint: 'mount -t proc proc /nowhere' },
    },
  ]);
});
