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
    column('serviceReadings', 'BIGINT', 'Rows of this sample in services.parquet; -1 without an application.'),
    column('loadReadings', 'BIGINT', 'Rows of this sample in load.parquet; -1 without a load generator.'),
    nullable('loadInFlight', 'BIGINT', 'Requests sent and not yet answered at the end; null without a load generator.'),
    nullable('generatorCpuSeconds', 'DOUBLE', 'CPU time of the load generator.'),
    nullable('latenessP99Ms', 'DOUBLE', 'p99 of send instant minus due instant of what was sent in the sample.'),
    nullable('busySeconds', 'DOUBLE', 'CPU time used by everything, on the CPUs that the harness may use.'),
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
    column(
      'group',
      'VARCHAR',
      'canary, disturbance, the id of a replica, or all (every task of the machine, all the others included).',
    ),
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

const atMs = column('atMs', 'DOUBLE', 'The sample: as in samples.parquet.');

export const servicesTable = {
  file: 'services.parquet',
  meaning: 'One row per sample and service. Only with an application, like all that follow.',
  columns: [
    atMs,
    column('service', 'VARCHAR', 'Its name in the model.'),
    column('wanted', 'BIGINT', 'Replicas that the allocation asks for at the end of the sample.'),
    column('replicas', 'BIGINT', 'Rows of this sample and service in replicas.parquet.'),
    nullable(
      'p50Ms',
      'DOUBLE',
      'Time from arrival at a replica to its answer, milliseconds; null if nothing was answered.',
    ),
    nullable('p95Ms', 'DOUBLE', 'The same.'),
    nullable('p99Ms', 'DOUBLE', 'The same.'),
  ],
} as const satisfies Table;

export const replicasTable = {
  file: 'replicas.parquet',
  meaning: 'One row per sample and replica that lived in it.',
  columns: [
    atMs,
    column('service', 'VARCHAR', 'Its service.'),
    column('id', 'VARCHAR', 'Unique in the trial; also its group in runqueue.parquet.'),
    column('state', 'VARCHAR', 'starting, ready, draining or ended, at the end of the sample.'),
    column(
      'startedAtMs',
      'DOUBLE',
      'Start of its process, milliseconds from the start of the trial; negative if before.',
    ),
    nullable('readyAtMs', 'DOUBLE', 'When it could be called.'),
    nullable('firstServedAtMs', 'DOUBLE', 'When it had answered for the first time.'),
    nullable('cpuSeconds', 'DOUBLE', 'CPU time used in the sample.'),
    nullable('cpuLimitCores', 'DOUBLE', 'Its limit; null without one.'),
    nullable('cpuRequestCores', 'DOUBLE', 'Its request; null without one.'),
    nullable('quotaPeriods', 'BIGINT', 'Periods of the CPU quota in the sample in which it had work.'),
    nullable('throttledPeriods', 'BIGINT', 'Those of them in which it was throttled.'),
    nullable('throttledSeconds', 'DOUBLE', 'For how long; with two throttled CPUs both count.'),
    nullable('memoryBytes', 'BIGINT', 'At the end of the sample.'),
    nullable('memoryLimitBytes', 'BIGINT', 'Its limit; null without one.'),
    nullable('oomKills', 'BIGINT', 'Processes killed for its memory limit in the sample.'),
    nullable('cpuPressureShare', 'DOUBLE', 'Share of the sample in which some task of it waited for a CPU.'),
    nullable('requests', 'BIGINT', 'Answered since the last sample in which the replica told its counters.'),
    nullable('errors', 'BIGINT', 'Of these with an error.'),
    nullable('inFlight', 'BIGINT', 'Being answered at the end of the sample.'),
    nullable('busyConnections', 'BIGINT', 'Connections of its pools in use at the end of the sample.'),
    nullable('queuedForConnection', 'BIGINT', 'Requests that waited for one at the end of the sample.'),
  ],
} as const satisfies Table;

/** In the place of an endpoint; no name begins like this. */
export const wholeApplication = '(all)';

export const loadTable = {
  file: 'load.parquet',
  meaning:
    'One row per sample and endpoint, and one for all of them together, as far as it was known at the end of the sample.',
  columns: [
    atMs,
    column(
      'endpoint',
      'VARCHAR',
      'Its name in the model; (all) in the row of the whole application, which counts all the others again.',
    ),
    column('offered', 'BIGINT', 'Requests due in the sample.'),
    column('sent', 'BIGINT', 'Sent in it.'),
    column('completed', 'BIGINT', 'Answered in it with success.'),
    column('failed', 'BIGINT', 'Answered with an error, timed out or not connected in it.'),
    column('notSent', 'BIGINT', 'Held back in it.'),
    nullable('p50Ms', 'DOUBLE', 'Latency from the due instant of what was completed in it; null if nothing was.'),
    nullable('p95Ms', 'DOUBLE', 'The same.'),
    nullable('p99Ms', 'DOUBLE', 'The same.'),
  ],
} as const satisfies Table;

export const requestsTable = {
  file: 'requests.parquet',
  meaning: 'One row per request, in the order of the schedule. Milliseconds from the start of the trial.',
  columns: [
    column('dueMs', 'DOUBLE', 'When it was due.'),
    column('endpoint', 'BIGINT', 'Index into the endpoints of the model.'),
    column('payloadSeed', 'BIGINT', 'All that was drawn for it depends on this.'),
    nullable('sentMs', 'DOUBLE', 'When it was sent; null if it was not.'),
    nullable('doneMs', 'DOUBLE', 'When it was answered or had failed; null if neither happened.'),
    column(
      'outcome',
      'VARCHAR',
      'ok, error-status, timed-out, connection-failed, not-sent-in-flight, not-sent-generator or unfinished.',
    ),
    column('status', 'BIGINT', 'HTTP status; 0 without an answer.'),
    column('bytes', 'BIGINT', 'Of the body of the answer.'),
  ],
} as const satisfies Table;

export const spansTable = {
  file: 'spans.parquet',
  meaning: 'One row per operation of a sampled request.',
  columns: [
    column('request', 'BIGINT', 'Row of requests.parquet, from 0.'),
    column('id', 'BIGINT', 'Unique within the request, from 1.'),
    column('parent', 'BIGINT', 'The span that called it; 0 for the one at the front.'),
    column('service', 'VARCHAR', 'Its service.'),
    column('operation', 'VARCHAR', 'Its operation.'),
    column('replica', 'VARCHAR', 'Its replica.'),
    column('startMs', 'DOUBLE', 'From the start of the trial.'),
    column('endMs', 'DOUBLE', 'From the start of the trial.'),
    column('cpuMs', 'DOUBLE', 'CPU time of its thread.'),
    nullable('waitMs', 'DOUBLE', 'Run-queue wait of its thread, throttling included, as the kernel counts it.'),
    column('connectionMs', 'DOUBLE', 'Waiting for a free connection.'),
    column('downstreamMs', 'DOUBLE', 'Waiting for answers of what it called.'),
    column('isError', 'BIGINT', '1 if it answered with an error.'),
  ],
} as const satisfies Table;

export const scheduleTable = {
  file: 'schedule.parquet',
  meaning: 'The arrivals of a block, in `blocks/<number>/`: one row per request, the same for all of its arms.',
  columns: [
    column('dueMs', 'DOUBLE', 'Milliseconds from the start of the trial.'),
    column('endpoint', 'BIGINT', 'Index into the endpoints of the model.'),
    column('payloadSeed', 'BIGINT', 'All that is drawn for the request depends on this.'),
  ],
} as const satisfies Table;

/** Those of every trial, and those that only a trial with an application has. */
export const trialTables: readonly Table[] = [samplesTable, runqueueTable];
export const applicationTables: readonly Table[] = [servicesTable, replicasTable, loadTable, requestsTable, spansTable];
export const tables: readonly Table[] = [...trialTables, ...applicationTables, scheduleTable];
