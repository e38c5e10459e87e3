import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { formatDiagnostics } from '../../../harness/yaml/diagnostic.ts';
import { profileJsonSchema } from '../../../harness/profile/json-schema.ts';
import { loadProfile } from '../../../harness/profile/load-profile.ts';
import { metricNames } from '../../../harness/profile/metric.ts';
import { readProjectFile, shippedProfiles } from '../../guard/project-files.ts';
import { applicationProfileText, loaded, mistakes, profileText, readerOf } from './profile-text.ts';
import { shippedPolicies } from './shipped-policies.ts';

const page = readProjectFile('docs/profiles.md');

/** The contents of the fences whose first line is this. */
function fences(info: string): readonly string[] {
  return [...page.matchAll(/^```(.*)\n([\s\S]*?)^```$/gm)]
    .filter(([, first]) => first === info)
    .map(([, , text]) => text ?? '');
}

describe('the examples of docs/profiles.md', () => {
  test('no example escapes these tests', () => {
    const known = ['yaml profile', 'yaml fragment', 'yaml application', 'yaml policies', 'yaml mistakes', 'text', 'sh'];
    const infos = [...page.matchAll(/^```(.+)$/gm)].map(([, info]) => info);

    expect(infos.filter((info) => !known.includes(info ?? ''))).toEqual([]);
    expect(known.map((info) => fences(info).length)).toEqual([1, 6, 5, 1, 1, 1, 1]);
  });

  test.each(fences('yaml profile'))('a whole profile is valid: %s', (text) => {
    expect(loadProfile({ text, fileName: 'profile.yaml' })).toMatchObject({ ok: true });
  });

  test.each([
    ...fences('yaml fragment').map((text) => [text, profileText()]),
    ...[...fences('yaml application'), ...fences('yaml policies')].map((text) => [text, applicationProfileText()]),
  ])('a fragment is valid in a profile: %s', (text, profile) => {
    const document = parseDocument(profile);
    for (const [key, value] of Object.entries(parseDocument(text).toJS() as Readonly<Record<string, unknown>>)) {
      document.set(key, value);
    }

    expect(mistakes(document.toString(), [], readerOf(), shippedPolicies)).toEqual([]);
  });

  test('the mistakes are printed as shown', () => {
    const [text = ''] = fences('yaml mistakes');
    const [printed = ''] = fences('text');
    const result = loadProfile({ text, fileName: 'profile.yaml' });

    expect(result.ok ? '' : `${formatDiagnostics(result.diagnostics)}\n`).toBe(printed);
  });

  test.each(fences('sh').flatMap((text) => text.trim().split('\n')))('%s', (line) => {
    const file = /profiles\/\S+\.yaml/.exec(line)?.[0] ?? '';
    const sets = [...line.matchAll(/--set (?:'([^']*)'|(\S+))/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

    expect(sets.length).toBeGreaterThan(0);
    expect(loadProfile({ text: readProjectFile(file), fileName: file, sets })).toMatchObject({ ok: true });
  });
});

interface Field {
  readonly type?: string;
  readonly default?: unknown;
  readonly const?: string;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
  readonly items?: Field;
  readonly oneOf?: readonly Field[];
  readonly anyOf?: readonly Field[];
}

/** Path and default of every field that holds no other fields, `required` where it must be written. */
function leaves(field: Field, path = ''): readonly (readonly [string, string])[] {
  const variants = variantsOf(field).filter(({ properties }) => properties !== undefined);
  if (variants.length > 0) return variants.flatMap((variant) => leaves(variant, path));
  return Object.entries(field.properties ?? {}).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`;
    const inner = leaves(value.items ?? value, value.items ? `${at}[]` : at);
    const preset =
      value.default === undefined
        ? 'none'
        : `\`${value.default === null ? 'null' : JSON.stringify(value.default).replaceAll('"', '')}\``;
    const own = [at, field.required?.includes(key) === true ? 'required' : preset] as const;
    const isMappingAlone = inner.length > 0 && !variantsOf(value).some(isOneWord);
    return value.items ? [own, ...inner] : isMappingAlone ? inner : [own, ...inner];
  });
}

const variantsOf = (field: Field): readonly Field[] => [...(field.oneOf ?? []), ...(field.anyOf ?? [])];
/** Neither a mapping nor null. */
const isOneWord = ({ properties, type }: Field): boolean => properties === undefined && type !== 'null';

describe('the table of fields', () => {
  const [, section = ''] = /^## Fields$([\s\S]*?)^### /m.exec(page) ?? [];
  const rows = [...section.matchAll(/^\| `([a-z][\w.[\]]*)` +\| ([^|]*)\| ([^|]*)\|/gim)].map(
    ([, path = '', , preset = '']) => [path, preset.trim()] as const,
  );
  const table = new Map(rows);

  test.each(leaves(profileJsonSchema()))('has %s with the default of the source: %s', (path, preset) => {
    expect(table.get(path)).toBe(preset);
  });

  test('has no field that is not in the source', () => {
    const known = [...leaves(profileJsonSchema()).map(([path]) => path), 'canary'];

    expect([...table.keys()].filter((path) => !known.includes(path))).toEqual([]);
  });
});

describe('the tables of loads', () => {
  const [load] = [profileJsonSchema() as Field].map(({ properties }) => properties?.['loads']?.items?.properties);
  const mappings = ['rate', 'arrivals'].flatMap((field) =>
    variantsOf(load?.[field] ?? {}).flatMap((variant) => [variant, ...variantsOf(variant)]),
  );
  const rows = mappings.flatMap(({ properties }) => {
    const { shape, process, ...fields } = properties ?? {};
    const name = (shape ?? process)?.const;
    return name === undefined ? [] : [[name, Object.keys(fields)] as const];
  });

  test('are about all shapes and processes', () => {
    expect(rows.map(([name]) => name)).toEqual([
      ...['constant', 'steps', 'ramp', 'sine', 'diurnal', 'spike', 'trace'],
      ...['poisson', 'even', 'bursty', 'instants'],
    ]);
  });

  test.each(rows)('name the fields of %s: %j', (name, fields) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` `)) ?? '';

    expect(fields.filter((field) => !row.split('|')[2]?.includes(`\`${field}\``))).toEqual([]);
  });
});

test('the page names every metric and every shipped profile', () => {
  const missing = [...metricNames, ...shippedProfiles()].filter((name) => !page.includes(`\`${name}\``));

  expect(missing).toEqual([]);
});

test('the ends of each range in the table are accepted', () => {
  const sim = profileText({
    testbed: 'testbed: { kind: sim, cores: 1 core }',
    loads: 'loads: [{ name: low, rate: 1/s }]',
  });
  const ends: readonly (readonly string[])[] = [
    ['blocks=1'],
    ['blocks=1000'],
    ['testbed.cores=1024 cores', 'testbed.work=1us'],
    ['testbed.work=1h'],
    ['trial.duration=24h'],
    ['trial={ duration: 200ms, warmup: 0s }', 'sampleInterval=100ms'],
    ['trial={ duration: 30s, warmup: 10s }', 'sampleInterval=10s'],
    ['canary={ rate: 1/s, work: 999999us }'],
    ['canary={ rate: 10000/s, work: 1us }'],
    ['arms[1].disturbances.cpu=1024'],
    ['arms[1].disturbances.cpu=64x cores'],
    ['loads[0].rate=0.001/s'],
    ['loads[0].rate=1000000/s'],
    ['limits={ stolen: 0 %, clockJump: 1ms, observationGap: 100ms }'],
    ['limits={ stolen: 100 %, clockJump: 1h, observationGap: 1h }'],
    ['seed=-9007199254740991'],
    ['limits={ notSent: 0 %, lateness: 10us, generatorCpu: 1 % }'],
    ['limits={ notSent: 100 %, lateness: 1h, generatorCpu: 100 % }'],
    ['timeCompression=1'],
    ['timeCompression=1000'],
  ];
  const endsOfApplication: readonly (readonly string[])[] = [
    ['testbed.port=1'],
    ['testbed.port=65535'],
    ['objective=1ms', 'driver.timeout=10ms'],
    ['objective=1h', 'driver.timeout=1h'],
    ['driver.inFlight=1', 'driver.spans=0 %'],
    ['driver.inFlight=100000', 'driver.spans=100 %'],
    ['driver.connections={ maxAge: 10ms }'],
    ['driver.connections={ maxAge: 1h }'],
    ['faults=[{ kill: gate, at: 0s }, { stop: gate, at: 4999ms, for: 1ms }, { stop: gate, at: 1s, for: 1h }]'],
    [
      'arms[0].allocation.default={ replicas: 0, cpu: 0.01 cores, memory: 1 MiB }',
      'arms[0].allocation.services.gate.replicas=1',
    ],
    ['arms[0].allocation.default={ replicas: 100, cpu: 1024 cores, memory: 1024 GiB }'],
    ['arms[0].allocation.default={ cpuRequest: 0.001 cores }'],
    ['arms[0].allocation.default={ cpuRequest: 1024 cores }'],
    ['bounds.default={ replicas: { least: 1, most: 1 }, cpu: { least: 0.01 cores }, memory: { least: 1 MiB } }'],
    ['bounds.default={ replicas: { least: 100, most: 100 }, cpu: { most: 1024 cores }, memory: { most: 1024 GiB } }'],
    ['bounds.services.echo={ replicas: { least: 0 } }'],
    ['prices={ coreHour: 0, gigabyteHour: 0 }'],
    ['hypotheses[0].margin=0.01 %'],
    ['hypotheses[0].margin=100 %'],
    ['arms[0].assumedDemand=1 %'],
    ['arms[0].assumedDemand=10000 %'],
  ];

  for (const sets of ends) expect(() => loaded(sim, sets)).not.toThrow();
  for (const sets of endsOfApplication) expect(() => loaded(applicationProfileText(), sets)).not.toThrow();
});
