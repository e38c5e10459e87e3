import { expect, test } from 'vitest';
import { replicaEnd } from '../../../../../harness/testbed/local/application/replica-end.ts';

const silent = { exitCode: null, signal: null, stderrTail: '' };
const quiet = { isByProfile: false, oomKills: 0, limitHits: 0, memoryLimitBytes: null };

test.each([
  [
    'by the kernel at its memory limit: an outcome of the arm',
    { ...silent, signal: 'SIGKILL' as const },
    { ...quiet, oomKills: 1, limitHits: 3, memoryLimitBytes: 1000 },
    { type: 'killed-by-memory-limit', text: 'was killed at its memory limit of 1000 bytes' },
  ],
  [
    'by the kernel although it has no limit: the machine’s doing',
    { ...silent, signal: 'SIGKILL' as const },
    { ...quiet, oomKills: 1 },
    { type: 'killed-from-outside', text: 'was killed because the machine ran out of memory' },
  ],
  [
    'by the kernel although it never ran into its limit: the machine’s doing',
    { ...silent, signal: 'SIGKILL' as const },
    { ...quiet, oomKills: 1, memoryLimitBytes: 1000 },
    { type: 'killed-from-outside', text: 'was killed because the machine ran out of memory' },
  ],
  [
    'by somebody, with its limit never passed',
    { ...silent, signal: 'SIGKILL' as const },
    { ...quiet, memoryLimitBytes: 1000 },
    { type: 'killed-from-outside', text: 'was ended by SIGKILL' },
  ],
  [
    'by a signal that it cannot give itself',
    { ...silent, signal: 'SIGHUP' as const },
    quiet,
    { type: 'killed-from-outside', text: 'was ended by SIGHUP' },
  ],
  [
    'in good order, without having been told by us',
    { ...silent, exitCode: 0 },
    quiet,
    { type: 'killed-from-outside', text: 'was told to end by somebody else' },
  ],
  [
    'in the middle of requests, told by somebody else',
    { ...silent, exitCode: 5, stderrTail: 'scalelab-twin: ended in the middle of 1 request\n' },
    quiet,
    { type: 'killed-from-outside', text: 'was told to end by somebody else' },
  ],
  [
    'by the profile, whatever else is true',
    { ...silent, signal: 'SIGKILL' as const },
    { isByProfile: true, oomKills: 1, limitHits: 3, memoryLimitBytes: 1000 },
    { type: 'killed-by-profile', text: 'was killed as the profile asks' },
  ],
  [
    'by a fault of its own',
    { ...silent, signal: 'SIGSEGV' as const },
    quiet,
    { type: 'crashed', text: 'crashed with SIGSEGV' },
  ],
  [
    'with an error, and last words',
    { ...silent, exitCode: 3, stderrTail: 'one\nscalelab-twin: listening: Address already in use\n' },
    quiet,
    { type: 'crashed', text: 'ended with exit code 3: scalelab-twin: listening: Address already in use' },
  ],
])('a replica that was ended %s', (_how, exit, facts, end) => {
  expect(replicaEnd(exit, facts)).toEqual(end);
});
