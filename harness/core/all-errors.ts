/**
 * Every error that one error stands for, the original before what went wrong while cleaning up after it: the members of an
 * AggregateError, and the two of a SuppressedError (what `await using` throws if the body and the clean-up both fail).
 */
export function allErrors(error: unknown): readonly unknown[] {
  if (error instanceof AggregateError) return error.errors.flatMap(allErrors);
  if (isSuppressedError(error)) return [...allErrors(error.suppressed), ...allErrors(error.error)];
  return [error];
}

/** By its name: Node 20 has no such class, and the compiler makes up for it. */
function isSuppressedError(error: unknown): error is Error & { readonly error: unknown; readonly suppressed: unknown } {
  return error instanceof Error && error.name === 'SuppressedError' && 'suppressed' in error && 'error' in error;
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
