import type { ExitStatus } from '../core/errors.ts';
import { printable } from '../report/escape.ts';
import type { Composition } from './compose.ts';

/** Shows what runs that were killed have left on this machine, and removes it. */
export async function gcCommand({ show }: { readonly show: boolean }, world: Composition): Promise<ExitStatus> {
  const { terminal } = world;
  const leftovers = await world.leftovers();
  const { cgroups, processes, folders, units, busy } = leftovers.found;
  for (const path of cgroups) terminal.out(`cgroup   ${path}\n`);
  for (const { pid, command } of processes) terminal.out(`process  ${pid}  ${printable(command)}\n`);
  for (const path of folders) terminal.out(`folder   ${path}\n`);
  for (const unit of units) terminal.out(`unit     ${unit}\n`);
  if (busy !== null) terminal.out(`${busy} It is left alone.\n`);
  if (cgroups.length + folders.length + units.length === 0) {
    terminal.out('Nothing is left of runs that were killed.\n');
  } else if (show) {
    terminal.out('All of it is of runs that were killed; `npx scalelab gc` removes it.\n');
  } else {
    await leftovers.remove();
    terminal.out('Removed.\n');
  }
  return 0;
}
