import { mkdirSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { experimentPaths, trialPaths, type TrialPaths } from '../../../harness/store/layout.ts';
import { writeParquet } from '../../../harness/store/parquet.ts';
import { cellsOf } from '../../../harness/store/rows.ts';
import { readSamples, writeSamples } from '../../../harness/store/samples.ts';
import {
  loadTable,
  replicasTable,
  runqueueTable,
  samplesTable,
  servicesTable,
  type Cell,
} from '../../../harness/store/tables.ts';
import type { LoadReading } from '../../../harness/telemetry/load-reading.ts';
import type { Sample } from '../../../harness/telemetry/sample.ts';
import { slotCount } from '../../../harness/telemetry/wait-slots.ts';
import { arbitrarySamples } from '../../rig/arbitrary-sample.ts';
import { noCounts } from '../../rig/fake-driver.ts';
import { fillDisk, smallDisk } from '../../rig/small-disk.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

function pathsIn(folder: string): TrialPaths {
  mkdirSync(folder, { recursive: true });
  return trialPaths({ ...experimentPaths(dirname(folder)), trials: dirname(folder) }, basename(folder));
}

async function roundTrip(folder: string, samples: readonly Sample[]): Promise<readonly Sample[]> {
  const paths = pathsIn(folder);
  await writeSamples(paths, samples, true);
  return readSamples(paths, true);
}

const sample = (changes: Partial<Sample> = {}): Sample => ({
  atMs: 1000.25,
  intervalMs: 1000.25,
  clockOffsetMs: -0.5,
  source: 'bpf',
  waits: [],
  host: null,
  tracer: null,
  services: null,
  load: null,
  ...changes,
});

const reading = (group: string, count: number) =>
  ({ group, cause: 'contention', count, waitSeconds: count / 7, slots: null }) as const;

test('samples come back as they were, with everything that was missing still missing', async () => {
  const folder = temporaryFolder();
  await fc.assert(
    fc.asyncProperty(arbitrarySamples, async (samples) => {
      // -0 is the one number that does not matter and does not survive.
      expect(JSON.stringify(await roundTrip(folder, samples))).toBe(JSON.stringify(samples));
    }),
    { numRuns: 25 },
  );
});

test('no sample at all comes back as no sample', async () => {
  expect(await roundTrip(temporaryFolder(), [])).toEqual([]);
});

test('no wait in a sample is not the same as a sample without waits', async () => {
  const samples = [sample({ waits: [] }), sample({ atMs: 2000, waits: null })];
  expect((await roundTrip(temporaryFolder(), samples)).map(({ waits }) => waits)).toEqual([[], null]);
});

test('no histogram is not the same as an empty one', async () => {
  const empty = new Array<number>(slotCount).fill(0);
  const samples = [sample({ waits: [reading('all', 0), { ...reading('canary', 0), slots: empty }] })];
  const [read] = await roundTrip(temporaryFolder(), samples);
  expect(read?.waits?.map(({ slots }) => slots)).toEqual([null, empty]);
});

test('no service, no replica and no endpoint are not the same as no application and no load', async () => {
  const load = { endpoints: [], total: noCounts, generatorCpuSeconds: null, latenessP99Ms: null, inFlight: 0 };
  const services = [{ service: 'echo', wanted: 0, replicas: [], p50Ms: null, p95Ms: null, p99Ms: null }];
  const samples = [sample({ services: [], load }), sample({ services, load: null }), sample()];
  expect(await roundTrip(temporaryFolder(), samples)).toEqual(samples);
});

test('two samples at the same instant keep their own waits and their own load', async () => {
  const loadOf = (offered: number): LoadReading => ({
    endpoints: [
      {
        ...{ endpoint: 'say', offered, sent: 1, completed: 1, failed: 0, notSent: 0 },
        ...{ p50Ms: 1, p95Ms: 1, p99Ms: 1 },
      },
    ],
    total: { ...noCounts, offered: offered + 1 },
    generatorCpuSeconds: 0.1,
    latenessP99Ms: 0.2,
    inFlight: 3,
  });
  const samples = [
    sample({ waits: [reading('all', 1), reading('canary', 2)], load: loadOf(1) }),
    sample({ intervalMs: 0, waits: null, load: loadOf(2) }),
    sample({ intervalMs: 0, waits: [reading('all', 3)] }),
  ];
  expect(await roundTrip(temporaryFolder(), samples)).toEqual(samples);
});

test('a load without the row of the whole application, or with one too early, is damage', async () => {
  const load: LoadReading = {
    endpoints: [{ endpoint: 'say', ...noCounts }],
    ...{ total: noCounts, generatorCpuSeconds: null, latenessP99Ms: null, inFlight: 0 },
  };
  const paths = pathsIn(temporaryFolder());
  const write = async (...endpoints: readonly string[]): Promise<void> => {
    await writeSamples(paths, [sample({ load })], true);
    const rows = endpoints.map((endpoint) => cellsOf(loadTable, { atMs: 1000.25, endpoint, ...noCounts }));
    await writeParquet(paths.load, loadTable, rows);
  };
  const outcome = async (): Promise<string> =>
    readSamples(paths, true).then(
      () => 'read',
      (error: unknown) => String(error),
    );
  const damaged = `HarnessError: ${paths.folder} does not hold what Scalelab writes there: a load whose last row, and no other, is not (all).`;

  await write('say', '(all)');
  expect(await outcome()).toBe('read');
  await write('say', 'look');
  expect(await outcome()).toBe(damaged);
  await write('(all)', '(all)');
  expect(await outcome()).toBe(damaged);
});

describe('any name of a folder works', () => {
  const samples = [sample({ waits: [reading('all', 1)] }), sample({ atMs: 2000, source: 'schedstat' })];

  test.each([
    'with space',
    "it's",
    'dou"ble',
    '[x]',
    '[!a]',
    'a*b',
    '**',
    'what?',
    '{a,b}',
    '~home',
    'source=evil',
    'atMs=1',
    's3:',
    'back\\slash',
    'a\\[b',
    'per%20cent',
    'e\u0301 decomposed',
    '日本語',
    'line\nbreak',
    ';DROP TABLE output;--',
  ])('%j', async (name) => {
    const root = temporaryFolder();
    // Files that a pattern would find instead, or besides.
    for (const decoy of ['x', 'a', 'b', 'aXb', 'what!', '!']) {
      await writeSamples(pathsIn(join(root, decoy)), [sample({ atMs: 99 })], false);
    }
    expect(await roundTrip(join(root, name), samples)).toEqual(samples);
  });

  test('also drawn at random from what means something to a shell, a pattern or a database', async () => {
    const root = temporaryFolder();
    const name = fc
      .array(fc.constantFrom(...Array.from('[]{}*?!^-\\\'"`$&|;:=~%@#,. ab')), { minLength: 1, maxLength: 8 })
      .map((characters) => characters.join(''))
      .filter((joined) => !/^\.+$/.test(joined));
    await fc.assert(
      fc.asyncProperty(name, name, async (outer, inner) => {
        expect(await roundTrip(join(root, outer, inner), samples)).toEqual(samples);
      }),
      { numRuns: 25 },
    );
  });
});

test('two trials may be written and read at the same time', async () => {
  const root = temporaryFolder();
  const trials = Array.from({ length: 6 }, (_, index) => [sample({ atMs: index, waits: [reading('all', index)] })]);
  const read = await Promise.all(trials.map((samples, index) => roundTrip(join(root, `${index}`), samples)));
  expect(read).toEqual(trials);
});

test('a disk that fills up while a table is written is named, and no file is left', async (context) => {
  const folder = smallDisk(context);
  const paths = pathsIn(folder);
  // Numbers without a pattern, so that they take their space in any encoding.
  const samples = Array.from({ length: 20_000 }, (_, index) => sample({ atMs: Math.sin(index) * 1e6 }));
  fillDisk(folder, 16_384);
  await expect(writeSamples(paths, samples, false)).rejects.toMatchObject({
    code: 'results-not-writable',
    message: `${paths.samples} could not be written: the disk is full.`,
    hint: 'Free some space and run the same command again; what was finished stays valid.',
  });
  expect(readdirSync(folder)).toEqual(['fill.tmp']);
});

test('a folder that is gone is named when a table is written to it', async () => {
  const paths = { ...pathsIn(temporaryFolder()), samples: join(temporaryFolder(), 'gone', 'samples.parquet') };
  await expect(writeSamples(paths, [sample()], false)).rejects.toMatchObject({
    code: 'results-not-writable',
    message: `${paths.samples} could not be written: no such file or directory.`,
  });
});

describe('a file that Scalelab did not write so', () => {
  const row = (atMs: number, waitReadings: number, source: string) =>
    [atMs, 1000, 0, source, waitReadings, -1, -1, ...new Array<null>(14).fill(null)] as const;
  const waitRow = (atMs: number, cause: string) => [atMs, 'all', cause, 1, 0.5, null] as const;

  async function readWritten(
    rows: readonly ReturnType<typeof row>[],
    waitRows: readonly ReturnType<typeof waitRow>[],
  ): Promise<{ readonly paths: TrialPaths; readonly error: unknown }> {
    const paths = pathsIn(temporaryFolder());
    await writeParquet(paths.samples, samplesTable, rows);
    await writeParquet(paths.runqueue, runqueueTable, waitRows);
    return { paths, error: await readSamples(paths, false).catch((error: unknown) => error) };
  }

  test.each([
    ['waits of another sample', [row(1000, 1, 'bpf')], [waitRow(2000, 'any')], 'waits of another sample at 1000 ms'],
    ['a wait too many', [row(1000, 0, 'bpf')], [waitRow(1000, 'any')], '1 rows of waits, where 0 belong to a sample'],
    ['a wait too few', [row(1000, 2, 'bpf')], [waitRow(1000, 'any')], '1 rows of waits, where 2 belong to a sample'],
    [
      'an unknown source',
      [row(1000, 0, 'ebpf')],
      [],
      'column source holds ebpf, which is none of bpf, schedstat, sim, none',
    ],
    [
      'an unknown cause',
      [row(1000, 1, 'bpf')],
      [waitRow(1000, 'luck')],
      'column cause holds luck, which is none of contention, throttled, any',
    ],
  ])('is refused: %s', async (_, rows, waitRows, reason) => {
    const { paths, error } = await readWritten(rows, waitRows);
    expect(error).toMatchObject({
      code: 'results-damaged',
      message: `${paths.folder} does not hold what Scalelab writes there: ${reason}.`,
      hint: 'It was written by another version of Scalelab or by another program; restore it from a copy of the experiment.',
    });
  });

  test.each([
    ['services', servicesTable, '1 rows of services, where 0 belong to a sample'],
    ['replicas', replicasTable, '1 rows of replicas, where 0 belong to a sample'],
    ['load', loadTable, '1 rows of load, where 0 belong to a sample'],
  ] as const)('is refused: a row of %s that belongs to no sample', async (file, table, reason) => {
    const paths = pathsIn(temporaryFolder());
    await writeSamples(paths, [sample()], true);
    const cells: Readonly<Record<string, Cell>> = { BIGINT: 0, DOUBLE: 1000, VARCHAR: 'ready' };
    await writeParquet(paths[file], table, [table.columns.map(({ type }) => cells[type] ?? null)]);
    await expect(readSamples(paths, true)).rejects.toMatchObject({
      code: 'results-damaged',
      message: `${paths.folder} does not hold what Scalelab writes there: ${reason}.`,
    });
  });

  test('is refused: another table', async () => {
    const paths = pathsIn(temporaryFolder());
    await writeParquet(paths.samples, runqueueTable, []);
    await expect(readSamples(paths, false)).rejects.toMatchObject({
      code: 'results-damaged',
      message: expect.stringMatching(
        /samples\.parquet does not hold what Scalelab writes there: Binder Error: .*source/,
      ) as string,
    });
  });
});
