import type { Application } from '../application/application.ts';
import { loadApplication, type LoadedApplication } from '../application/load-application.ts';
import { messageOf } from '../core/all-errors.ts';
import { applicationMistakes } from './application-checks.ts';
import { ownModels, type ParsedDriver, type ParsedFault } from './application-schema.ts';
import { crossMistakes } from './cross-checks.ts';
import { toDiagnostics, type Diagnostic, type Mistake } from '../yaml/diagnostic.ts';
import { cut, unknownWord } from '../yaml/did-you-mean.ts';
import { fieldMistakes, type FieldMistake } from '../yaml/field-mistake.ts';
import { formatPath, type FieldPath } from '../yaml/field-path.ts';
import { compressionMistakes } from './compression-checks.ts';
import { expandMatrices, type ArmOrigin, type Expansion } from './matrix.ts';
import { toLoad, type ReadFile } from './load-conversion.ts';
import type { Load } from './load.ts';
import { makeBounds } from './make-bounds.ts';
import { policyTimeMistakes } from './policy-checks.ts';
import { policySpecs } from './policy-options.ts';
import type { PolicyOffer, PolicySpec } from './policy-spec.ts';
import { makeAllocation } from './make-allocation.ts';
import type { CanarySpec, DriverSpec, Fault, Margin, Overrides, Profile } from './profile.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { profileSchema, type ParsedProfile } from './schema.ts';
import { applySet, readSet } from './set-value.ts';
import { sourceText, type SourceText } from '../yaml/source-text.ts';
import { placeAt, toValue, type SourcedNode } from '../yaml/sourced-node.ts';

export interface ProfileText {
  readonly text: string;
  /** As the user named the file; printed before line and column. */
  readonly fileName: string;
  /** `path=value` each, applied in this order. A path counts the entries of the file, before matrices are expanded. */
  readonly sets?: readonly string[];
  /** Gives the files that the profile names: models, loads, traces. */
  readonly read?: ReadFile;
  /** What is wrong with a load that an application gets in a trial, or null: for rooms above this one, which draw its arrivals. */
  readonly checkLoad?: CheckLoad;
  /** The policies that arms may name. */
  readonly policies?: readonly PolicyOffer[];
  /** Written by Scalelab: with the files that it names in their place and every matrix expanded, it may be larger than one of a person. */
  readonly isFrozen?: boolean;
}

export type CheckLoad = (load: Load, trialMs: number, timeCompression: number) => string | null;

const nothingToRead: ReadFile = () => {
  throw new Error('no files can be read here');
};

export type LoadedProfile =
  | { readonly ok: true; readonly profile: Profile }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

const mostBytes = 1_000_000;
/** Above 100 arms of 255 services and 100 loads of 5000 steps; a bound nevertheless, because a folder may come from anybody. */
const mostFrozenValues = 2_000_000;

/** Reads a profile. Any mistake, and all of them, come back as diagnostics in the order of the file. */
export function loadProfile({
  text,
  fileName,
  sets = [],
  read = nothingToRead,
  checkLoad = () => null,
  policies = [],
  isFrozen = false,
}: ProfileText): LoadedProfile {
  const isTooLarge = !isFrozen && Buffer.byteLength(text) > mostBytes;
  const file = sourceText(fileName, isTooLarge ? '' : text.replace(/^\uFEFF/, ''));
  const readings = sets.map(readSet);
  const sources = [file, ...readings.map(({ source }) => source)];
  const refuse = (mistakes: readonly Mistake[]): LoadedProfile => {
    return { ok: false, diagnostics: toDiagnostics(mistakes, sources) };
  };
  if (isTooLarge) {
    return refuse([{ place: { source: file, offset: 0 }, path: '', message: 'larger than 1 MB, expected a profile' }]);
  }
  const yaml = isFrozen ? readYaml(file, 0, mostFrozenValues) : readYaml(file);
  const mistakes = [...yaml.mistakes, ...readings.flatMap((reading) => reading.mistakes)];
  if (!yaml.node) return refuse(mistakes);
  let root = yaml.node;
  for (const { assignment } of readings) {
    if (!assignment) continue;
    const applied = applySet(root, assignment);
    root = applied.root;
    mistakes.push(...applied.mistakes);
  }
  const checked = check(root, file);
  mistakes.push(...checked.mistakes);
  if (!checked.parsed || mistakes.length > 0) return refuse(mistakes);
  const inputs = readInputs(checked.parsed, checked.expansion, { read, checkLoad, policies });
  if (inputs.ok) return { ok: true, profile: toProfile(checked.parsed, inputs) };
  const inFiles = toDiagnostics(inputs.files, [...new Set(inputs.files.map(({ place }) => place.source))]);
  return { ok: false, diagnostics: [...toDiagnostics(inputs.mistakes, sources), ...inFiles, ...inputs.diagnostics] };
}

type Inputs =
  | {
      readonly ok: true;
      readonly model: Application | null;
      readonly loads: readonly Load[];
      /** By arm. */
      readonly policies: readonly (PolicySpec | null)[];
    }
  | {
      readonly ok: false;
      /** In the profile. */
      readonly mistakes: readonly Mistake[];
      /** In the files of loads. */
      readonly files: readonly Mistake[];
      /** In the model. */
      readonly diagnostics: readonly Diagnostic[];
    };

/** Reads what the profile names. Its own fields are all right by then. */
function readInputs(
  parsed: ParsedProfile,
  expansion: Expansion,
  { read, checkLoad, policies }: Required<Pick<ProfileText, 'read' | 'checkLoad' | 'policies'>>,
): Inputs {
  const fields: FieldMistake[] = [];
  const files: Mistake[] = [];
  const model = parsed.application === undefined ? null : readModel(parsed.application, read);
  if (typeof model === 'string') fields.push({ path: ['application'], message: model });
  const loads = new Map<number, Load>();
  for (const [index, load] of parsed.loads.entries()) {
    const result = toLoad(load, read);
    if (result.ok) {
      loads.set(index, result.load);
      continue;
    }
    fields.push(...result.fields.map(({ path, ...rest }) => ({ path: ['loads', index, ...path], ...rest })));
    files.push(...result.files);
  }
  const compression = compressionMistakes(parsed, loads);
  fields.push(...compression);
  // What cannot be compressed cannot be looked at as it would be sent.
  if (parsed.application !== undefined && compression.length === 0) {
    for (const [index, load] of loads) {
      const message = checkLoad(load, parsed.trial.duration, parsed.timeCompression);
      if (message !== null) fields.push({ path: ['loads', index], message });
    }
  }
  const specs = policySpecs(parsed.arms, policies);
  fields.push(...specs.mistakes, ...policyTimeMistakes(parsed, specs.policies));
  const application = typeof model === 'object' && model?.ok === true ? model.application : null;
  if (application !== null) {
    const readable = specs.mistakes.length === 0 ? specs.policies : null;
    fields.push(...applicationMistakes(parsed, application, loads, readable));
  }
  const diagnostics = typeof model === 'object' && model?.ok === false ? model.diagnostics : [];
  if (fields.length + files.length + diagnostics.length === 0)
    return { ok: true, model: application, loads: [...loads.values()], policies: specs.policies };
  const located = fields.map((mistake) => locate(mistake, expansion));
  return { ok: false, mistakes: withoutCopies(located, expansion.origins), files, diagnostics };
}

/** @returns what is wrong if the file cannot be read at all */
function readModel(reference: string, read: ReadFile): LoadedApplication | string {
  try {
    const fileName = modelFile(reference);
    return loadApplication({ text: read(fileName), fileName });
  } catch (error) {
    return isModelName(reference) && !ownModels.includes(reference)
      ? unknownWord('application', reference, ownModels)
      : `the model cannot be read: ${messageOf(error)}`;
  }
}

/** A name stands for a model that comes with Scalelab; anything else is a path. */
const isModelName = (reference: string): boolean => /^[a-z0-9-]+$/.test(reference);

const modelFile = (reference: string): string => (isModelName(reference) ? `scalelab:${reference}.yaml` : reference);

function check(
  root: SourcedNode,
  file: SourceText,
): {
  readonly parsed: ParsedProfile | undefined;
  readonly expansion: Expansion;
  readonly mistakes: readonly Mistake[];
} {
  const expansion = expandMatrices(root);
  if (root.kind === 'scalar' && root.value === null) {
    const message = 'nothing in it, expected a profile: a mapping with at least testbed, arms and hypotheses';
    return { parsed: undefined, expansion, mistakes: [{ place: { source: file, offset: 0 }, path: '', message }] };
  }
  const value = toValue(expansion.root);
  const { data, error } = profileSchema.safeParse(value);
  const found = [...fieldMistakes(error?.issues ?? []), ...crossMistakes(value, expansion.isComplete)];
  // An arm that is missing only because its matrix could not be expanded is not a mistake of its own.
  const own = found.filter(({ path }) => expansion.isComplete || !(path.length === 1 && path[0] === 'arms'));
  return {
    parsed: data,
    expansion,
    mistakes: [
      ...expansion.mistakes,
      ...withoutCopies(
        own.map((mistake) => locate(mistake, expansion)),
        expansion.origins,
      ),
    ],
  };
}

interface LocatedMistake extends Mistake {
  readonly origin: ArmOrigin | undefined;
}

/** Paths are shown as the file counts: `arms[1]` for every arm of the matrix in its second entry. */
function locate({ path, message, at }: FieldMistake, { root, origins }: Expansion): LocatedMistake {
  const [list, index, ...rest] = path;
  const origin = list === 'arms' && typeof index === 'number' ? origins[index] : undefined;
  const filePath: FieldPath = origin ? ['arms', origin.entry, ...rest] : path;
  return { place: placeAt(root, path, at ?? 'value'), path: formatPath(filePath), message, origin };
}

/** A mistake that a matrix repeats is told once; if only some of its arms show it, with the combination of the first that does. */
function withoutCopies(mistakes: readonly LocatedMistake[], origins: readonly ArmOrigin[]): Mistake[] {
  const told: LocatedMistake[] = [];
  return mistakes.flatMap((mistake) => {
    const { origin, place, path, message } = mistake;
    if (origin === undefined || origin.combination === '') return [mistake];
    const isCopy = (other: LocatedMistake): boolean =>
      other.place.source === place.source && other.place.offset === place.offset && other.path === path;
    if (told.some(isCopy)) return [];
    told.push(mistake);
    const copies = mistakes.filter((other) => isCopy(other) && other.message === message).length;
    const arms = origins.filter(({ entry }) => entry === origin.entry).length;
    return [copies === arms ? mistake : { ...mistake, message: `${message} (where ${cut(origin.combination)})` }];
  });
}

/** The one place where the words of the file become the fields of the harness. Defaults are in the schema. */
function toProfile(parsed: ParsedProfile, { model, loads, policies }: Extract<Inputs, { ok: true }>): Profile {
  const { testbed, canary, trial, limits, application } = parsed;
  return {
    description: parsed.description ?? null,
    seed: parsed.seed,
    blocks: parsed.blocks,
    aa: parsed.aa,
    testbed: testbed.kind === 'sim' ? { kind: 'sim', cores: testbed.cores, workMicros: testbed.work } : testbed,
    source: parsed.source,
    application:
      model === null || application === undefined
        ? null
        : {
            reference: application,
            model,
            sloMs: parsed.objective,
            driver: toDriver(parsed.driver),
            faults: parsed.faults.map(toFault),
          },
    timeCompression: parsed.timeCompression,
    trialMs: trial.duration,
    warmupMs: trial.warmup,
    sampleMs: parsed.sampleInterval,
    canary: canary && toCanary(canary),
    bounds: model === null ? null : makeBounds(model, parsed.bounds),
    prices: parsed.prices ?? null,
    arms: parsed.arms.map(({ name, disturbances, allocation, assumedDemand, overrides }, index) => ({
      name,
      disturbances: { cpu: disturbances.cpu ?? null },
      allocation: model === null ? null : makeAllocation(model, allocation ?? { default: {}, services: {} }),
      assumedDemand,
      policy: policies[index] ?? null,
      overrides: toOverrides(overrides),
    })),
    loads,
    hypotheses: parsed.hypotheses.map(({ arm, against, metric, margin }) => ({
      arm,
      against,
      metric,
      margin: toMargin(margin),
    })),
    limits: {
      stolenShare: limits.stolen,
      clockJumpMs: limits.clockJump,
      observationGapMs: limits.observationGap,
      notSentShare: limits.notSent,
      latenessP99Ms: limits.lateness,
      generatorCpuShare: limits.generatorCpu,
    },
  };
}

const toCanary = ({ rate, work }: NonNullable<ParsedProfile['canary']>): CanarySpec => ({
  ratePerSecond: rate,
  workMicros: work,
});

function toOverrides({ source, driver, canary, faults }: ParsedProfile['arms'][number]['overrides']): Overrides {
  return {
    ...(source === undefined ? {} : { source }),
    ...(driver === undefined ? {} : { driver: toDriver(driver) }),
    ...(canary === undefined ? {} : { canary: canary && toCanary(canary) }),
    ...(faults === undefined ? {} : { faults: faults.map(toFault) }),
  };
}

function toMargin(margin: ParsedProfile['hypotheses'][number]['margin']): Margin | null {
  if (margin === undefined) return null;
  return typeof margin === 'number' ? { kind: 'value', value: margin } : { kind: 'share', share: margin.share };
}

function toDriver({ name, timeout, inFlight, connections, spans }: ParsedDriver): DriverSpec {
  return {
    name,
    timeoutMs: timeout,
    mostInFlight: inFlight,
    connections:
      connections === 'fresh'
        ? { kind: 'fresh' }
        : { kind: 'kept', maxAgeMs: connections === 'kept' ? null : connections.maxAge },
    spanShare: spans,
  };
}

function toFault(fault: ParsedFault): Fault {
  return 'kill' in fault
    ? { kind: 'kill', service: fault.kill, atMs: fault.at }
    : { kind: 'stop', service: fault.stop, atMs: fault.at, durationMs: fault.for };
}
