import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildExit } from '../../../../../harness/core/process.ts';
import type { Twins } from '../../../../../harness/testbed/local/application/context.ts';
import { Cgroup } from '../../../../../harness/testbed/local/cgroup.ts';
import { ResourceGroup } from '../../../../../harness/testbed/local/resource-group.ts';
import { deferred } from '../../../../../tracer/client/waiting.ts';
import type { RegistryEntry, TwinCounters } from '../../../../../deathstarbench/client/twin.ts';
import { temporaryFolder } from '../../../../rig/temporary-folder.ts';

/** How a replica that is played in this process goes. */
export interface Course {
  /** It is ready at once; without a port it ends before. */
  readonly port?: number;
  /** It ends like this at once, or when that resolves, else when it is told to. */
  readonly exit?: Partial<ChildExit> | Promise<Partial<ChildExit>>;
  /** It ends like this when it is told to finish what it has. */
  readonly drained?: Partial<ChildExit>;
  /** What it says of itself; without it, it does not answer. */
  readonly counters?: TwinCounters;
  /** It is not ready before it is given up, and has entered no group by then: only its own SIGKILL ends it. */
  readonly isLate?: boolean;
}

/** Replicas without processes: what each does is said when it is started. */
export class FakeTwins implements Twins {
  /** In the order of their start. */
  readonly started: string[] = [];
  readonly published: (readonly RegistryEntry[])[] = [];
  /** How long a publication takes. */
  onPublish: () => Promise<void> = () => Promise.resolve();
  readonly #course: (replica: string) => Course;

  constructor(course: (replica: string) => Course) {
    this.#course = course;
  }

  readonly start: Twins['start'] = ({ replica }, signal) => {
    this.started.push(replica);
    const { port, exit, drained, counters = null, isLate = false } = this.#course(replica);
    const killed = deferred<ChildExit>();
    const onItsOwn = Promise.resolve(exit).then((how): ChildExit => ({
      exitCode: null,
      signal: null,
      stderrTail: '',
      ...how,
    }));
    const kill = (): void => {
      killed.resolve({ exitCode: null, signal: 'SIGKILL', stderrTail: '' });
    };
    const givenUp = deferred<never>();
    givenUp.promise.catch(() => undefined);
    signal.addEventListener('abort', () => {
      givenUp.reject(new Error('given up'));
      if (!isLate) kill();
    });
    const ready =
      port === undefined ? Promise.reject(new Error('it ended before it was ready')) : Promise.resolve(port);
    ready.catch(() => undefined);
    return Promise.resolve({
      pid: 1,
      ready: isLate ? givenUp.promise : ready,
      exited: exit === undefined ? killed.promise : onItsOwn,
      counters: () => Promise.resolve(counters),
      drain: () => {
        killed.resolve({ exitCode: 0, signal: null, stderrTail: '', ...drained });
      },
      kill,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  };

  readonly publish: Twins['publish'] = (entries) => {
    this.published.push(entries);
    return this.onPublish();
  };
}

/** A group that is a folder, without anything that could be limited. */
export function folderGroup(): ResourceGroup {
  return new ResourceGroup([{ cgroup: Cgroup.existing(temporaryFolder()), version: 2, controllers: [] }]);
}

/** A group that was throttled for so long. */
export function throttledGroup(seconds: number): ResourceGroup {
  const folder = temporaryFolder();
  writeFileSync(
    join(folder, 'cpu.stat'),
    `usage_usec 1\nnr_periods 9\nnr_throttled 9\nthrottled_usec ${seconds * 1e6}\n`,
  );
  return new ResourceGroup([{ cgroup: Cgroup.existing(folder), version: 2, controllers: ['cpu'] }]);
}
