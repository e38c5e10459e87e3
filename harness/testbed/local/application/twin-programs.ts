import type { Application } from '../../../application/application.ts';
import type { Span } from '../../../telemetry/span.ts';
import { readSpans } from '../../../../deathstarbench/client/read-spans.ts';
import { Registry } from '../../../../deathstarbench/client/registry.ts';
import { prepareRunFolder } from '../../../../deathstarbench/client/run-folder.ts';
import { startTwin } from '../../../../deathstarbench/client/start-twin.ts';
import type { LocalDependencies } from '../local-dependencies.ts';
import type { Twins } from './context.ts';

export interface TwinPrograms extends Twins {
  /** @param originSeconds start of the trial, on the kernel's monotonic clock */
  readSpans(originSeconds: number): Promise<readonly Span[]>;
}

/** The programs that play an application, with what they share in a folder of the trial. */
export async function twinPrograms(
  application: Application,
  folder: string,
  { runner, clock, twin, workload }: LocalDependencies,
): Promise<TwinPrograms> {
  const files = await prepareRunFolder(folder, application);
  const registry = new Registry(files.registry);
  return {
    start: (order, signal) =>
      startTwin({ ...order, program: twin, launcher: workload, runFolder: folder }, { runner, clock, signal }),
    publish: (entries) => registry.publish(entries),
    readSpans: (originSeconds) => readSpans(files.spans, originSeconds),
  };
}
