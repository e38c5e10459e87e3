import { isAbsolute, join, dirname } from 'node:path';
import { messageOf } from '../core/all-errors.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Mistake } from '../yaml/diagnostic.ts';
import { fieldMistakes, type FieldMistake } from '../yaml/field-mistake.ts';
import { formatPath } from '../yaml/field-path.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { sourceText } from '../yaml/source-text.ts';
import { placeAt, toValue } from '../yaml/sourced-node.ts';
import { type ParsedArrivals } from './load-arrivals-schema.ts';
import { readInstants, readRates, type ColumnReading } from './load-columns.ts';
import { microsToMs, type ParsedRate } from './load-rate-schema.ts';
import { loadFileSchema, type ParsedLoad, type ParsedLoadFile } from './load-schema.ts';
import type { ArrivalProcess, Load, RateShape } from './load.ts';

/** Gives the text of a file that a load names, or throws an error whose message is the reason. */
export type ReadFile = (path: string) => string;

/** A load, or all that is wrong with it. */
export type LoadConversion =
  | { readonly ok: true; readonly load: Load }
  | {
      readonly ok: false;
      /** With paths from the entry on. */
      readonly fields: readonly FieldMistake[];
      /** In the files that it names; their places have those as sources. */
      readonly files: readonly Mistake[];
    };

/**
 * Makes a load of what was written.
 * @param read takes paths as they are seen from the folder of the profile
 */
export function toLoad(parsed: ParsedLoad, read: ReadFile): LoadConversion {
  const { name, file } = parsed;
  if (file === undefined) return new Converter(name, '.', read).convert(parsed);
  const reading = attempt(file, ['file'], read);
  if (reading.text === undefined) return { ok: false, fields: [reading.mistake], files: [] };
  const result = loadFromText({ text: reading.text, fileName: file, name, read });
  return result.ok ? result : { ok: false, fields: [], files: result.mistakes };
}

export interface LoadText {
  readonly text: string;
  /** As the user named the file. Files that it names are looked for in its folder. */
  readonly fileName: string;
  readonly name: string;
  readonly read: ReadFile;
}

export type LoadedLoad =
  { readonly ok: true; readonly load: Load } | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** Reads a load file. Any mistake, and all of them, come back in the order of the file. */
export function loadFromText({ text, fileName, name, read }: LoadText): LoadedLoad {
  const isTooLarge = Buffer.byteLength(text) > mostBytes;
  const source = sourceText(fileName, isTooLarge ? '' : text.replace(/^\uFEFF/, ''));
  const refuse = (message: string): LoadedLoad => {
    return { ok: false, mistakes: [{ place: { source, offset: 0 }, path: '', message }] };
  };
  if (isTooLarge) return refuse('larger than 10 MB, expected a load');
  const { node, mistakes } = readYaml(source);
  if (node === null || mistakes.length > 0) return { ok: false, mistakes };
  if (node.kind === 'scalar' && node.value === null)
    return refuse('nothing in it, expected a load: a mapping with at least rate');
  const { data, error } = loadFileSchema.safeParse(toValue(node));
  const place = ({ path, message, at }: FieldMistake): Mistake => {
    return { place: placeAt(node, path, at ?? 'value'), path: formatPath(path), message };
  };
  if (data === undefined) return { ok: false, mistakes: fieldMistakes(error.issues).map(place) };
  const result = new Converter(name, dirname(fileName), read).convert(data);
  return result.ok ? result : { ok: false, mistakes: [...result.fields.map(place), ...result.files] };
}

const mostBytes = 10_000_000;

/** @param path of the field that names the file */
function attempt(
  file: string,
  path: readonly string[],
  read: ReadFile,
): { readonly text: string } | { readonly text?: undefined; readonly mistake: FieldMistake } {
  try {
    return { text: read(file) };
  } catch (error) {
    return { mistake: { path, message: `the file cannot be read: ${messageOf(error)}` } };
  }
}

/** Makes one load, and gathers what is wrong in the files it names. */
class Converter {
  readonly #name: string;
  readonly #folder: string;
  readonly #read: ReadFile;
  readonly #fields: FieldMistake[] = [];
  readonly #files: Mistake[] = [];

  constructor(name: string, folder: string, read: ReadFile) {
    this.#name = name;
    this.#folder = folder;
    this.#read = read;
  }

  convert({ rate, arrivals, mix }: ParsedLoadFile): LoadConversion {
    const process = this.#arrivals(arrivals ?? { process: 'poisson' });
    const shape = rate === undefined ? rateOfInstants(process) : this.#rate(rate);
    if (this.#fields.length + this.#files.length > 0) return { ok: false, fields: this.#fields, files: this.#files };
    return { ok: true, load: { name: this.#name, rate: shape, arrivals: process, mix: mix ?? null } };
  }

  #rate(rate: ParsedRate): RateShape {
    switch (rate.shape) {
      case 'constant':
        return { kind: 'constant', perSecond: rate.rate };
      case 'steps': {
        const steps = rate.steps.map((step) => ({ perSecond: step.rate, durationMs: microsToMs(step.for) }));
        return { kind: 'steps', steps };
      }
      case 'ramp':
        return { kind: 'ramp', fromPerSecond: rate.from, toPerSecond: rate.to, durationMs: microsToMs(rate.over) };
      case 'sine':
        return {
          kind: 'sine',
          meanPerSecond: rate.mean,
          amplitudePerSecond: rate.amplitude,
          periodMs: microsToMs(rate.period),
        };
      case 'diurnal':
        return { kind: 'diurnal', lowPerSecond: rate.low, highPerSecond: rate.high, dayMs: microsToMs(rate.day) };
      case 'spike':
        return {
          kind: 'spike',
          basePerSecond: rate.base,
          peakPerSecond: rate.peak,
          atMs: microsToMs(rate.at),
          riseMs: microsToMs(rate.rise),
          holdMs: microsToMs(rate.hold),
          fallMs: microsToMs(rate.fall),
        };
      case 'trace': {
        const perSecond = this.#numbers(rate.file, rate.rates, ['rate'], 'rates', readRates);
        return { kind: 'trace', file: rate.file, perSecond, scale: rate.scale, stepMs: 1000 };
      }
      default:
        return unreachable(rate);
    }
  }

  #arrivals(arrivals: ParsedArrivals): ArrivalProcess {
    switch (arrivals.process) {
      case 'poisson':
      case 'even':
        return { kind: arrivals.process };
      case 'bursty':
        return {
          kind: 'bursty',
          burstFactor: arrivals.factor,
          burstMs: microsToMs(arrivals.burst),
          calmMs: microsToMs(arrivals.calm),
        };
      case 'instants': {
        const atMs = this.#numbers(arrivals.file, arrivals.instants, ['arrivals'], 'instants', readInstants);
        return { kind: 'instants', file: arrivals.file, atMs };
      }
      default:
        return unreachable(arrivals);
    }
  }

  /** From the text that stands in place of the file, or from the file. */
  #numbers(
    file: string,
    inPlace: string | undefined,
    path: readonly string[],
    field: string,
    parse: (source: ReturnType<typeof sourceText>) => ColumnReading,
  ): readonly number[] {
    const seen = isAbsolute(file) ? file : join(this.#folder, file);
    if (inPlace !== undefined) {
      const { values, mistakes } = parse(sourceText(file, inPlace));
      for (const { message, place } of mistakes) {
        const line = place.source.lineStarts.indexOf(place.offset) + 1;
        this.#fields.push({ path: [...path, field], message: `line ${line} of it: ${message}` });
      }
      return values;
    }
    const reading = attempt(seen, [...path, 'file'], this.#read);
    if (reading.text === undefined) {
      this.#fields.push(reading.mistake);
      return [];
    }
    const { values, mistakes } = parse(sourceText(seen, reading.text.replace(/^\uFEFF/, '')));
    this.#files.push(...mistakes);
    return values;
  }
}

/** Arrivals that are given make their own rate: how many there are in each second, and none after the last. */
function rateOfInstants(process: ArrivalProcess): RateShape {
  if (process.kind !== 'instants') throw new Error('a load without a rate whose arrivals are no instants');
  const counts = new Array<number>(Math.floor((process.atMs.at(-1) ?? 0) / 1000) + 2).fill(0);
  for (const atMs of process.atMs) counts[Math.floor(atMs / 1000)] = (counts[Math.floor(atMs / 1000)] ?? 0) + 1;
  return { kind: 'trace', file: process.file, perSecond: counts, scale: 1, stepMs: 1000 };
}
