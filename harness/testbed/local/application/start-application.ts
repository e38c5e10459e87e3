import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { Cleanup } from '../../../core/cleanup.ts';
import { armApplication } from '../../../plan/arm-application.ts';
import type { Plan, PlannedArm } from '../../../plan/plan.ts';
import { trialFaults } from '../../../plan/trial-faults.ts';
import { kernelAheadMs } from '../kernel-clock.ts';
import type { LocalDependencies } from '../local-dependencies.ts';
import type { ApplicationParts } from '../local-trial.ts';
import type { ResourceGroup } from '../resource-group.ts';
import { removeFolder } from '../run-folder.ts';
import type { WatchList } from '../watch-list.ts';
import { LocalApplication } from './local-application.ts';
import { ServiceReader } from './service-reader.ts';
import { twinPrograms } from './twin-programs.ts';

export interface TrialApplication {
  /** As the arm sees it. */
  readonly plan: Plan;
  readonly arm: PlannedArm;
  /** Of the run. */
  readonly group: ResourceGroup;
  /** Of the run; each trial has one in it. */
  readonly folder: string;
  /** Ascending. */
  readonly cpus: readonly number[];
  readonly watched: WatchList;
}

/** A replica keeps what it has to tell of the spans for a quarter of a second at most (`SPAN_FLUSH_NS`). */
const spanFlushMs = 300;

/**
 * Starts the application of a trial with the allocation of its arm: all of it is new.
 * @param cleanup is told how to end it
 * @throws HarnessError `testbed-failed`
 */
export async function startApplication(
  { plan, arm, group, folder: runFolder, cpus, watched }: TrialApplication,
  dependencies: LocalDependencies,
  cleanup: Cleanup,
  signal: AbortSignal,
): Promise<ApplicationParts> {
  const { clock } = dependencies;
  const { testbed, sampleMs } = plan;
  const model = armApplication(plan, arm);
  if (model === null) throw new Error('a plan without an application');
  // Short: the path of a socket in it has at most 107 bytes.
  const folder = mkdtempSync(join(runFolder, 't'));
  cleanup.defer(() => {
    removeFolder(folder);
  });
  const programs = await twinPrograms(model, folder, dependencies);
  const port = testbed.kind === 'local' ? testbed.port : null;
  const options = { clock, twins: programs, group, meter: watched, cpus, port, pid: dependencies.pid };
  const application = cleanup.use(await LocalApplication.start(model, arm.allocation ?? {}, options, signal));
  const aheadMs = kernelAheadMs(clock);
  const reader = new ServiceReader(application.services, { clock, kernelAheadMs: aheadMs, sampleMs });
  const readSpans: ApplicationParts['readSpans'] = async (originMs) => {
    await clock.sleep(spanFlushMs);
    return programs.readSpans((originMs + aheadMs) / 1000);
  };
  return {
    ...{ application, reader, faults: trialFaults(plan), trialMs: plan.trialMs },
    ...{ workFolder: join(folder, 'load'), cpus, hasMemoryLimits: group.placeOf('memory') !== null, readSpans },
  };
}
