import type { Manifest } from '../../store/manifest.ts';

/** Cores that the application could use, from the list of CPUs in the testbed's facts, such as `0-2,5`; null if none is there. */
export function applicationCores({ testbed }: Pick<Manifest, 'testbed'>): number | null {
  const list = testbed.details['applicationCpus'];
  if (typeof list !== 'string' || !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(list)) return null;
  return list.split(',').reduce((cores, range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return cores + last - first + 1;
  }, 0);
}
