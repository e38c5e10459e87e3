/** The Parquet files of a trial, column by column. `results/README.md` shows these texts; a test holds the two together. */
export interface Column {
  readonly name: string;
  readonly type: 'DOUBLE' | 'BIGINT' | 'VARCHAR' | 'UINTEGER[]';
  readonly nullable: boolean;
  readonly meaning: string;
}

export interface Table {
  readonly file: string;
  readonly meaning: string;
  readonly columns: readonly Column[];
}

export type Cell = number | string | readonly number[] | null;

const column = (name: string, type: Column['type'], meaning: string): Column => ({
  name,
  type,
  nullable: false,
  meaning,
});
const nullable = (name: string, type: Column['type'], meaning: string): Column => ({
  name,
  type,
  nullable: true,
  meaning,
});

export const samplesTable = {
  file: 'samples.parquet',
  meaning: 'One row per sample.',
  columns: [
    column('atMs', 'DOUBLE', 'End of the sample, milliseconds from the start of the trial, warm-up included.'),
    column('intervalMs', 'DOUBLE', 'Its measured length, milliseconds.'),
    column(
      'clockOffsetMs',
      'DOUBLE',
      'Wall clock minus monotonic clock, relative to the start of the trial, milliseconds.',
    ),
    column('source', 'VARCHAR', 'Where the waits came from: bpf, schedstat or sim.'),
    column('waitReadings', 'BIGINT', 'Rows of this sample in runqueue.parquet; -1 if the tracer gave nothing.'),
    nullable('busySeconds', 'DOUBLE', 'CPU time used by everything on the machine.'),
    nullable('stolenSeconds', 'DOUBLE', 'CPU time a hypervisor gave to others although this machine had work for it.'),
    nullable('capacitySeconds', 'DOUBLE', 'CPU time there was: cores times the interval.'),
    nullable('contextSwitches', 'BIGINT', 'Context switches of all CPUs.'),
    nullable('tracerCpuSeconds', 'DOUBLE', 'CPU time of the tracer helper, user and system.'),
    nullable('tracerResidentBytes', 'BIGINT', 'Its resident memory.'),
    nullable('tracerSwitches', 'BIGINT', 'Context switches it saw.'),
    nullable('tracerWakeups', 'BIGINT', 'Wake-ups it saw.'),
    nullable(
      'tracerLost',
      'BIGINT',
      'Events lost: something could not be stored, or a program ran already on that CPU.',
    ),
    nullable('tracerNegative', 'BIGINT', 'Waits dropped because the clocks of two CPUs disagreed.'),
    nullable('tracerUnknown', 'BIGINT', 'Switch-ins without a known start of their wait.'),
  ],
} as const satisfies Table;

export const runqueueTable = {
  file: 'runqueue.parquet',
  meaning: 'One row per sample, group of threads and cause: the waits that ended in the sample.',
  columns: [
    column('atMs', 'DOUBLE', 'The sample: as in samples.parquet.'),
    column('group', 'VARCHAR', 'canary, disturbance, or all (every task of the machine, the other two included).'),
    column('cause', 'VARCHAR', 'contention, throttled (by a CPU quota), or any where the source cannot tell.'),
    column('count', 'BIGINT', 'Waits that ended.'),
    column('waitSeconds', 'DOUBLE', 'Their exact sum.'),
    nullable(
      'slots',
      'UINTEGER[]',
      'Waits by slot, 192 of them, 8 linear steps per octave from 125 ns; null without histogram.',
    ),
  ],
} as const satisfies Table;

export const tables: readonly Table[] = [samplesTable, runqueueTable];
