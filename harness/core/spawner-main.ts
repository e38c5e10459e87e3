import { messageOf } from './all-errors.ts';
import { startChild, type Child } from './process.ts';
import type { SpawnerReport, SpawnerRequest } from './spawner-message.ts';

/** The process that starts children for the harness; see `spawner.ts`. */

const children = new Map<number, Child>();

const tell = (report: SpawnerReport): void => {
  // After the end of the harness there is nobody to be told.
  if (process.connected) process.send?.(report);
};

async function start({ child: number, file, args, environment, workingFolder }: StartRequest): Promise<void> {
  try {
    const child = await startChild(file, args, {
      onOutput: (text) => {
        tell({ kind: 'output', child: number, text });
      },
      ...(environment === null ? {} : { environment }),
      ...(workingFolder === null ? {} : { workingFolder }),
    });
    children.set(number, child);
    tell({ kind: 'started', child: number, pid: child.pid });
    const exit = await child.exited;
    children.delete(number);
    tell({ kind: 'exited', child: number, exit });
  } catch (error) {
    tell({ kind: 'failed', child: number, message: messageOf(error) });
  }
}

type StartRequest = Extract<SpawnerRequest, { kind: 'start' }>;

process.on('message', (request: SpawnerRequest) => {
  switch (request.kind) {
    case 'start':
      void start(request);
      break;
    case 'write':
      children.get(request.child)?.writeLine(request.line);
      break;
    case 'stop':
      void children.get(request.child)?.stop(request.graceMs ?? undefined);
      break;
  }
});

// The harness is gone: children that asked for it die with this process.
// eslint-disable-next-line no-restricted-properties -- a process of its own, with nobody left to leave that to
process.on('disconnect', () => process.exit());
