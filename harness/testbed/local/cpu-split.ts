import type { Problem } from '../../core/errors.ts';
import type { TestbedSpec } from '../../plan/plan.ts';
import { formatCpuList, parseCpuList } from '../../core/cpu-list.ts';

/** Who runs on which CPUs, so that the harness does not take time from what it measures. */
export interface CpuSplit {
  readonly application: readonly number[];
  /** Of harness, load generator and tracer. */
  readonly harness: readonly number[];
}

/** CPUs of the profile; null to share them out. */
export type CpuWish = Pick<Extract<TestbedSpec, { kind: 'local' }>, 'applicationCpus' | 'harnessCpus'>;

/** From here on the harness has a second core: it has as many requests more to send. */
const coresForOne = 4;

/**
 * Without a wish the application has the first CPUs and the harness the last: one of up to four, else two. On one core both share it.
 * @param available ascending
 */
export function splitCpus(
  available: readonly number[],
  { applicationCpus, harnessCpus }: CpuWish,
): { readonly split: CpuSplit; readonly problems: readonly Problem[] } {
  const wishes = [readWish('applicationCpus', applicationCpus), readWish('harnessCpus', harnessCpus)] as const;
  const named = wishes.map(({ cpus }) => cpus);
  const problems = [...wishes.flatMap((wish) => wish.problems), ...unknownCpus(available, named.flatMap(listOrNone))];
  const [ours, theirs] = named;
  const without = (cpus: readonly number[]): readonly number[] => available.filter((cpu) => !cpus.includes(cpu));
  if (ours === undefined || theirs === undefined) throw new Error('two wishes');
  if (ours === null && theirs === null)
    return { split: defaultSplit(available), problems: [...problems, ...sharing(available)] };
  const split = {
    application: ours ?? without(theirs ?? []),
    harness: theirs ?? without(ours ?? []),
  };
  return { split, problems: problems.length > 0 ? problems : conflicts(split) };
}

function defaultSplit(available: readonly number[]): CpuSplit {
  if (available.length <= 1) return { application: available, harness: available };
  const forApplication = available.length - (available.length <= coresForOne ? 1 : 2);
  return { application: available.slice(0, forApplication), harness: available.slice(forApplication) };
}

/** One sentence for whoever reads a report. */
export function splitText({ application, harness }: CpuSplit): string {
  const [ours, theirs] = [cpuText(application), cpuText(harness)];
  return ours === theirs
    ? `Application, harness, load generator and tracer share ${ours}.`
    : `The application has ${ours}; harness, load generator and tracer have ${theirs}.`;
}

export const cpuText = (cpus: readonly number[]): string => `CPU${cpus.length === 1 ? '' : 's'} ${formatCpuList(cpus)}`;

const listOrNone = (cpus: readonly number[] | null): readonly number[] => cpus ?? [];

function readWish(
  field: keyof CpuWish,
  text: string | null,
): { readonly cpus: readonly number[] | null; readonly problems: readonly Problem[] } {
  if (text === null) return { cpus: null, problems: [] };
  const cpus = parseCpuList(text);
  if (cpus !== null && cpus.length > 0) return { cpus, problems: [] };
  return { cpus: [], problems: [wrong(`testbed.${field} is ${JSON.stringify(text)}, which names no CPUs.`)] };
}

function unknownCpus(available: readonly number[], named: readonly number[]): readonly Problem[] {
  const unknown = [...new Set(named)].filter((cpu) => !available.includes(cpu)).sort((a, b) => a - b);
  if (unknown.length === 0) return [];
  return [wrong(`The testbed names ${cpuText(unknown)}; there are ${cpuText(available)} for us.`)];
}

function conflicts({ application, harness }: CpuSplit): readonly Problem[] {
  const both = application.filter((cpu) => harness.includes(cpu));
  if (both.length > 0) return [wrong(`The testbed gives ${cpuText(both)} to both the application and the harness.`)];
  if (application.length === 0) return [wrong('The testbed leaves no CPU to the application.')];
  if (harness.length === 0) return [wrong('The testbed leaves no CPU to the harness.')];
  return [];
}

function sharing(available: readonly number[]): readonly Problem[] {
  if (available.length > 1) return [];
  const message = 'There is one CPU: the load generator takes time from the application that it measures.';
  return [{ severity: 'warning', code: 'cpus-shared', message, hint: 'Use a machine with two cores or more.' }];
}

function wrong(message: string): Problem {
  const hint = 'Name CPUs as `testbed: { kind: local, applicationCpus: "0", harnessCpus: "1" }`, or leave both out.';
  return { severity: 'error', code: 'cpus-wrong', message, hint };
}
