import { setImmediate } from 'node:timers/promises';

/** Runs tasks one after the other. */
export type InTurn = <Result>(task: () => Promise<Result>) => Promise<Result>;

/** Between two tasks whoever waits for something else has its turn: starting a process keeps everybody waiting for milliseconds. */
export function inTurn(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const turn = last.then(() => setImmediate()).then(task);
    last = turn.catch(() => undefined);
    return turn;
  };
}
