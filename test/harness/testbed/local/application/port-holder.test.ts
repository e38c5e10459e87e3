import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { isPortFree, portHolder } from '../../../../../harness/testbed/local/application/port-holder.ts';

/** A port of 127.0.0.1 on which this process listens until the test is over. */
async function listening(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  // A server that listens on TCP has such an address.
  return (server.address() as AddressInfo).port;
}

test('a port on which somebody listens is not free, and the process is named', async () => {
  const port = await listening();
  expect(await isPortFree(port)).toBe(false);
  const name = readFileSync('/proc/self/comm', 'utf8').trim();
  expect(portHolder(port)).toEqual({ pid: process.pid, name });
});

test('a free port is held by nobody, and stays free after it was looked at', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect([await isPortFree(port), await isPortFree(port)]).toEqual([true, true]);
  expect(portHolder(port)).toBeNull();
});

test('where /proc shows nothing, nobody is named', async () => {
  expect(portHolder(await listening(), '/nowhere')).toBeNull();
});
