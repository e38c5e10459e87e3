/** Undoes what was begun and throws why; if undoing fails too, that comes second. */
export async function undoing(error: unknown, undo: () => Promise<void>): Promise<never> {
  try {
    await undo();
  } catch (failure) {
    throw new AggregateError([error, failure], 'What failed could not be undone.', { cause: failure });
  }
  throw error;
}
