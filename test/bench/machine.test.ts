import { expect, test } from 'vitest';
import { describeMachine, numericRelease } from '../../bench/machine.ts';

test('of a kernel only the version is shown, not who built it', async () => {
  const releases = ['6.12.48+deb13-amd64', '6.8.0-45-generic', '5.15.167.4-microsoft', '6.18', 'next'];
  expect(releases.map(numericRelease)).toEqual(['6.12.48', '6.8.0', '5.15.167.4', '6.18', 'unknown']);
  expect(await describeMachine()).toContainEqual(expect.stringMatching(/^kernel: (\d+(\.\d+)*|unknown), clock \w/));
});
