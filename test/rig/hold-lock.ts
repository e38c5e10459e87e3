/** Takes the lock of a folder, says whether it got it, and holds it until it is killed. Argument: the folder. */
import { lockFolder } from '../../harness/core/lock.ts';

const lock = await lockFolder(process.argv[2] ?? '');
process.stdout.write(lock === null ? 'refused\n' : 'held\n');
// The lock alone does not keep a process alive.
if (lock !== null) setInterval(() => undefined, 60_000);
