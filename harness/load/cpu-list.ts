/** How many CPUs a list such as `0-3,6` names. */
export function countCpus(list: string): number {
  const cpus = new Set<number>();
  for (const part of list.split(',')) {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part.trim()) ?? [];
    if (first === undefined || Number(last) < Number(first)) throw new Error(`${list} is no list of CPUs`);
    for (let cpu = Number(first); cpu <= Number(last); cpu++) cpus.add(cpu);
  }
  return cpus.size;
}
