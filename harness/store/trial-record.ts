import { join } from 'node:path';
import { sha256, sha256OfFile } from '../core/sha256.ts';
import { makeFolder, writeWholeFile } from '../core/whole-file.ts';
import { replicaEventTypes, type ReplicaEvent } from '../telemetry/application-reading.ts';
import type { ControlLog, PolicyEvidence } from '../telemetry/control.ts';
import type { GeneratorEvidence, TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample } from '../telemetry/sample.ts';
import { readDecisions, writeDecisions } from './decisions.ts';
import { decisionsFile, trialPaths, type ExperimentPaths, type TrialPaths } from './layout.ts';
import { readRecorded } from './recorded-file.ts';
import type { RequestLog } from '../telemetry/request-log.ts';
import type { Span } from '../telemetry/span.ts';
import { readRequests, writeRequests } from './requests.ts';
import { readSamples, writeSamples } from './samples.ts';
import {
  anyOf,
  hasShape,
  isCount,
  isFlag,
  isFolderName,
  isInstant,
  isInteger,
  isNumber,
  isPlace,
  isText,
  listOf,
  mapOf,
  nullOr,
  oneOf,
  record,
  type Check,
  type Shape,
} from './shape.ts';
import { readSpans, writeSpans } from './spans.ts';
import { applicationTables, trialTables } from './tables.ts';
import { failedCodes, invalidCodes, type InvalidReason, type Verdict } from './verdict.ts';

/** `trial.json`: written last, so that its presence says that the attempt is complete. */
export interface TrialRecord {
  readonly format: 1;
  readonly id: string;
  readonly block: number;
  readonly arm: string;
  /** From 1. */
  readonly attempt: number;
  readonly load: string | null;
  readonly seed: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly evidence: TrialEvidence;
  readonly verdict: Verdict;
  /** SHA-256 of the other files of the folder, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** An attempt as it stands in its folder. */
export interface RecordedTrial {
  readonly record: TrialRecord;
  /** SHA-256 of `trial.json`. */
  readonly recordSha256: string;
  readonly samples: readonly Sample[];
  /** Null without a load that a generator sends. */
  readonly requests: RequestLog | null;
  readonly spans: readonly Span[];
  /** Null without a policy. */
  readonly control: ControlLog | null;
}

/** What a trial measured, beside the evidence. */
export type TrialData = Pick<RecordedTrial, 'samples' | 'requests' | 'spans' | 'control'>;

/** Without a load there is no request. */
const noRequests: RequestLog = {
  dueMs: new Float64Array(),
  endpoint: new Uint8Array(),
  payloadSeed: new Uint32Array(),
  sentMs: new Float64Array(),
  doneMs: new Float64Array(),
  outcome: new Uint8Array(),
  status: new Uint16Array(),
  bytes: new Uint32Array(),
};

/** The files beside the record: those of an application only if there was one. */
function fileNames({ application, policy }: Pick<TrialEvidence, 'application' | 'policy'>): readonly string[] {
  const tables = [...trialTables, ...(application === null ? [] : applicationTables)].map(({ file }) => file);
  return policy === null ? tables : [...tables, decisionsFile];
}

/** Writes what was measured, then the record. Returns the SHA-256 of the record, for the journal. */
export async function writeTrial(
  experiment: ExperimentPaths,
  trial: Omit<TrialRecord, 'format' | 'files'>,
  { samples, requests, spans, control }: TrialData,
): Promise<string> {
  const paths = trialPaths(experiment, trial.id);
  makeFolder(paths.folder);
  const hasApplication = trial.evidence.application !== null;
  await writeSamples(paths, samples, hasApplication);
  if (hasApplication) {
    await writeRequests(paths.requests, requests ?? noRequests);
    await writeSpans(paths.spans, spans);
  }
  if (trial.evidence.policy !== null) writeDecisions(paths.decisions, control ?? { steps: [], actions: [] });
  const files = fileNames(trial.evidence).map((name): [string, string] => [
    name,
    sha256OfFile(join(paths.folder, name)),
  ]);
  const whole: TrialRecord = { format: 1, ...trial, files: Object.fromEntries(files) };
  const text = `${JSON.stringify(whole, null, 2)}\n`;
  writeWholeFile(paths.record, text);
  return sha256(text);
}

const kind = (word: Verdict['kind']): { readonly kind: Check } => ({ kind: oneOf(word) });
const isVerdict = anyOf(
  record(kind('valid')),
  record({ ...kind('failed'), code: oneOf(...Object.keys(failedCodes)), text: isText }),
  record({
    ...kind('invalid'),
    reasons: listOf(record<InvalidReason>({ code: oneOf(...Object.keys(invalidCodes)), text: isText })),
  }),
);

const eventShape: Shape<ReplicaEvent> = {
  atMs: isNumber,
  service: isText,
  replica: isText,
  type: oneOf(...replicaEventTypes),
  text: isText,
};

const applicationShape: Shape<NonNullable<TrialEvidence['application']>> = {
  events: listOf(record(eventShape)),
  startFailure: nullOr(isText),
};

const generatorShape: Shape<GeneratorEvidence> = {
  driver: oneOf('built-in', 'k6', 'sim'),
  version: isText,
  cpuCores: nullOr(isNumber),
  capacityCores: isNumber,
  priority: oneOf('real-time', 'normal'),
  priorityNote: nullOr(isText),
  death: nullOr(isText),
  scheduleSha256: isText,
};

const policyShape: Shape<PolicyEvidence> = {
  name: isText,
  failure: nullOr(isText),
  steps: isCount,
  lateSteps: isCount,
  cpuSeconds: nullOr(isNumber),
  residentBytes: nullOr(isNumber),
};

export const evidenceShape: Shape<TrialEvidence> = {
  tracerDeath: nullOr(isText),
  disturbance: nullOr(
    record<NonNullable<TrialEvidence['disturbance']>>({
      program: isText,
      wanted: isCount,
      started: isCount,
      alive: isCount,
    }),
  ),
  canary: nullOr(record<NonNullable<TrialEvidence['canary']>>({ wakeups: isCount, skipped: isCount, alive: isFlag })),
  kernelNsPerEvent: nullOr(isNumber),
  application: nullOr(record(applicationShape)),
  policy: nullOr(record(policyShape)),
  loadFailure: nullOr(isText),
  generator: nullOr(record(generatorShape)),
};

export const trialRecordShape: Shape<TrialRecord> = {
  format: oneOf(1),
  id: isFolderName,
  block: isPlace,
  arm: isFolderName,
  attempt: isPlace,
  load: nullOr(isFolderName),
  seed: isInteger,
  startedAt: isInstant,
  endedAt: isInstant,
  evidence: record(evidenceShape),
  verdict: isVerdict,
  files: mapOf(isText),
};

/**
 * Reads an attempt and checks every hash.
 * @param recordSha256 what the journal says, or null to take the record on its own word
 * @returns what is damaged, as one sentence, instead of the trial
 */
export async function readTrial(
  experiment: ExperimentPaths,
  id: string,
  recordSha256: string | null,
): Promise<{ readonly ok: true; readonly trial: RecordedTrial } | { readonly ok: false; readonly damage: string }> {
  const paths = trialPaths(experiment, id);
  const damaged = (damage: string) => ({ ok: false, damage: `trials/${id}/${damage}` }) as const;
  const bytes = readRecorded(paths.record);
  if (bytes === null) return damaged('trial.json is missing');
  const hash = sha256(bytes);
  if (recordSha256 !== null && hash !== recordSha256) return damaged('trial.json was changed');
  const trial = parseRecord(bytes.toString());
  if (trial === null || trial.id !== id) return damaged('trial.json is not the record of this trial');
  for (const name of fileNames(trial.evidence)) {
    const table = readRecorded(join(paths.folder, name));
    if (table === null) return damaged(`${name} is missing`);
    if (trial.files[name] !== sha256(table)) return damaged(`${name} was changed`);
  }
  return { ok: true, trial: { record: trial, recordSha256: hash, ...(await readData(paths, trial.evidence)) } };
}

async function readData(paths: TrialPaths, { application, generator, policy }: TrialEvidence): Promise<TrialData> {
  const control = policy === null ? null : readDecisions(paths.decisions);
  if (application === null) return { samples: await readSamples(paths, false), requests: null, spans: [], control };
  return {
    control,
    samples: await readSamples(paths, true),
    requests: generator === null ? null : await readRequests(paths.requests),
    spans: await readSpans(paths.spans),
  };
}

function parseRecord(text: string): TrialRecord | null {
  try {
    const value: unknown = JSON.parse(text);
    return hasShape(value, trialRecordShape) ? value : null;
  } catch {
    return null;
  }
}
