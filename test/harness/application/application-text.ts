import { expect } from 'vitest';
import type { Application } from '../../../harness/application/application.ts';
import { loadApplication } from '../../../harness/application/load-application.ts';
import { formatDiagnostics } from '../../../harness/yaml/diagnostic.ts';

/** A small application that is complete and right: a front, a service, a store. */
export const smallText = `\
format: 1
name: small
description: For tests.
source: ours
cpuScale: 2
cpuFirstShare: 50 %
discovery: 1s
drainLimit: 5s
quantities:
  - { name: user, kind: uniform, low: 0, high: 9, source: assumed }
  - { name: words, kind: constant, value: 3, source: ours }
services:
  - name: gate
    role: front
    port: 8080
    startUp: 500ms
    threads: 8
    memory: { base: 1 MiB, perRequest: 4 KiB }
    pool: { connections: 4, wait: 1s, maxAge: null, maxIdle: 10s }
    operations:
      - name: ask
        cpu: { mean: 100us, source: assumed }
        steps: [{ call: work/do }]
        reply: 10 B
  - name: work
    role: service
    port: 9090
    startUp: 1s
    threads: 8
    memory: { base: 1 MiB }
    pool: { connections: 4, wait: 1s, maxAge: 10s, maxIdle: null }
    operations:
      - name: do
        cpu: { mean: 200us, perItem: 10us, items: [words], shape: constant, source: measured }
        steps:
          - choice: cache miss
            chance: 25 %
            then: [{ call: shelf/find }]
            otherwise: [{ parallel: [shelf/get, shelf/get] }]
        reply: 1 kB
  - name: shelf
    role: store
    port: 6379
    startUp: 0s
    threads: 8
    memory: { base: 1 MiB, kept: 10 B }
    operations:
      - { name: find, cpu: { mean: 400us, source: measured }, reply: 1 kB }
      - { name: get, cpu: { mean: 40us, source: assumed }, reply: 1 kB }
endpoints:
  - name: ask
    method: GET
    path: /ask
    call: gate/ask
    parameters:
      - { name: user_id, value: [{ quantity: user }] }
    reply: text
mixes:
  - { name: only, weights: [{ endpoint: ask, weight: 1 }], source: assumed }
`;

/** The small application with parts of its text replaced, each of which must be there. */
export function changed(...changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replace(from, () => to);
  }, smallText);
}

export function loaded(text: string, fileName = 'app.yaml'): Application {
  const result = loadApplication({ text, fileName });
  if (!result.ok) throw new Error(formatDiagnostics(result.diagnostics));
  return result.application;
}

/** `line:column: path: message`, each. */
export function mistakes(text: string): readonly string[] {
  const result = loadApplication({ text, fileName: 'app.yaml' });
  if (result.ok) return [];
  return result.diagnostics.map(
    ({ line, column, path, message }) => `${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`,
  );
}
