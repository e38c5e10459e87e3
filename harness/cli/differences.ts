/** What differs between two records of facts, each as `name: before then, after now`. */
export function differencesBetween(then: object, now: object): string[] {
  const present = new Map<string, unknown>(Object.entries(now));
  return Object.entries(then)
    .filter(([name, value]) => present.get(name) !== value)
    .map(([name, value]) => `${name}: ${String(value)} then, ${String(present.get(name))} now`);
}
