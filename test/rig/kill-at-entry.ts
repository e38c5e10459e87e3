/**
 * Runs an experiment on the simulator and kills its own process with SIGKILL at a journal entry: `before` it is written or `after`.
 * Arguments: results folder, number of the entry from 1, before or after. Entry 0 kills never.
 */
import { OpenExperiment } from '../../harness/experiment/open-experiment.ts';
import { planToKill, runInRig, simTestbed, watchedTestbed } from './experiment-rig.ts';

const [results = '', entry = '0', moment = 'after'] = process.argv.slice(2);
// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its experiment below
const { append } = OpenExperiment.prototype;
let appended = 0;
OpenExperiment.prototype.append = function (this: OpenExperiment, ...args): void {
  const isIt = ++appended === Number(entry);
  if (isIt && moment === 'before') process.kill(process.pid, 'SIGKILL');
  append.apply(this, args);
  if (isIt && moment === 'after') process.kill(process.pid, 'SIGKILL');
};

const plan = planToKill();
// On the clock of a real testbed, so that a pause counts.
await runInRig(results, plan, { testbed: { ...watchedTestbed(simTestbed(plan), []), time: 'wall' } });
