import type { Terminal } from './terminal.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal asks for a clean end; a second one ends at once, which costs no more than the running trial. */
export function onInterruption(
  terminal: Terminal,
  message = 'Stopping: cleaning up and saving.',
): Disposable & { readonly signal: AbortSignal } {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) {
      terminal.live('');
      // Children notice that our end of their input is closed.
      process.exit(130);
    }
    terminal.live('');
    terminal.err(`${message} Once more to stop at once.\n`);
    controller.abort(new Error('interrupted'));
  };
  for (const signal of signals) process.on(signal, listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}
