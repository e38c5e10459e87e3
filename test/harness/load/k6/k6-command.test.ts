import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { filesIn, k6Arguments, k6Environment, replayScript } from '../../../../harness/load/k6/k6-command.ts';
import { cpuSecondsOf } from '../../../../harness/load/k6/process-cpu.ts';
import { summarizedRequests } from '../../../../harness/load/k6/k6-summary.ts';
import { exampleOrder } from './example-order.ts';

test('k6 is told where everything is, and to leave the network and the terminal alone', () => {
  const order = exampleOrder({ target: { url: 'http://127.0.0.1:8080/' }, workFolder: '/tmp/w' });

  expect(k6Arguments(order, filesIn('/tmp/w')).join(' ')).toBe(
    'run --no-usage-report --no-color --quiet --log-format json --log-output file=/tmp/w/k6-log.jsonl ' +
      '--console-output /tmp/w/k6-console.jsonl --new-machine-readable-summary=true ' +
      '--summary-export /tmp/w/k6-summary.json -e SCHEDULE=/tmp/w/schedule.bin -e REQUESTS=/tmp/w/requests.txt ' +
      '-e BASE=http://127.0.0.1:8080 -e TIMEOUT_MS=2000 -e MOST_IN_FLIGHT=1000 -e CONNECTIONS=kept ' +
      `-e LEAD_MS=400 ${replayScript}`,
  );
  expect(existsSync(replayScript)).toBe(true);
  expect(k6Environment('/tmp/w', '/usr/bin')).toEqual({
    PATH: '/usr/bin',
    HOME: '/tmp/w',
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
  });
});

test('CPU time is read whatever a program is called', () => {
  const numbers = '1 1 1 0 -1 4194304 1 0 0 0 250 50 7 7 20 0 4 0 100 1000 200';

  expect(cpuSecondsOf(`77 (k6) S ${numbers}`)).toBe(3);
  expect(cpuSecondsOf(`77 (a) S 9 9) R ${numbers}`)).toBe(3);
  expect(cpuSecondsOf('')).toBeNull();
});

test('the requests of a recorded summary are counted, and what is no summary is told', async () => {
  expect(await summarizedRequests('test/fixtures/k6/summary/pass.json')).toBe(251);
  expect(await summarizedRequests('test/fixtures/k6/recorded/export.json')).toBe(
    'its summary is not of the form that is known',
  );
  expect(await summarizedRequests('/nowhere/summary.json')).toBe('it left no summary that can be read');
});
