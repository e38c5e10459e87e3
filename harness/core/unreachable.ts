/** Closes a switch: a forgotten case does not compile, and if it happens at run time it is loud. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
