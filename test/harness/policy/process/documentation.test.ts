import { describe, expect, test } from 'vitest';
import { readProjectFile } from '../../../guard/project-files.ts';
import { protocolVersion, type Hello, type WindowMessage } from '../../../../harness/policy/process/protocol.ts';
import { recordConversation } from './record-conversation.ts';

const page = readProjectFile('docs/policies/process.md');

/** The fields of the table below a heading. */
function fieldsBelow(heading: string): readonly string[] {
  const [, section = ''] = page.split(`\n### ${heading}\n`);
  const [own = ''] = section.split(/\n##/);
  return [...own.matchAll(/^\| `(\w+)`/gm)].map(([, field = '']) => field);
}

const conversation = await recordConversation(process.env['PATH'] ?? '');

test('the conversation on the page is the real one', () => {
  const [, written = ''] = /```text\n([^`]*)\n```/.exec(page) ?? [];
  expect(written.split('\n')).toEqual(conversation);
});

test('the page is about this version', () => {
  expect(page).toContain(`\n## The protocol, version ${protocolVersion}\n`);
});

describe('the page names every field, in its order:', () => {
  const said = conversation.map((line): unknown => JSON.parse(line.slice(2)));
  const hello = said[0] as Hello;
  const first = said[2] as WindowMessage;
  const second = said[4] as WindowMessage;
  const [sample] = first.samples;
  const [service] = sample?.services ?? [];
  const [replica] = service?.replicas ?? [];

  test.each<[string, object | null | undefined]>([
    ['hello', hello],
    ['context', hello.context],
    ['service of the context', hello.context.services[0]],
    ['allocation of a service', hello.context.allocation['nginx']],
    ['bounds of a service', hello.context.bounds['nginx']],
    ['window', first],
    ['action', second.settled[0]],
    ['sample', sample],
    ['service', service],
    ['replica', replica],
    ['load', sample?.load],
    ['counts', sample?.load?.total],
    ['host', sample?.host],
    ['tracer', sample?.tracer],
  ])('%s', (heading, object) => {
    expect(fieldsBelow(heading)).toEqual(Object.keys(object ?? {}));
  });

  test('wait, of which slots are there if asked for', () => {
    expect(fieldsBelow('wait')).toEqual([...Object.keys(replica?.waits?.contention ?? {}), 'slots']);
  });

  test('answers', () => {
    expect(fieldsBelow('ready')).toEqual(expect.arrayContaining(Object.keys(said[1] as object)));
    expect(fieldsBelow('decisions')).toEqual(Object.keys(said[3] as object));
  });
});
