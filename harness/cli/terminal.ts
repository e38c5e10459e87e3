import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

/** Where the command line writes. What a person asked for goes to `out`, everything about the way there to `err`. */
export interface Terminal {
  readonly isInteractive: boolean;
  readonly columns: number;
  out(text: string): void;
  err(text: string): void;
  /** Replaces the live line; an empty text removes it. Only on a terminal. */
  live(text: string): void;
  style(style: Style, text: string): string;
  /** Aborted when nobody reads standard output any more, as after `| head`. */
  readonly unread: AbortSignal;
}

/** Colour is decided once, here: NO_COLOR and FORCE_COLOR, else whether a person is looking. */
export function makeTerminal(environment: NodeJS.ProcessEnv): Terminal {
  const isInteractive = process.stderr.isTTY;
  const hasColour =
    environment['NO_COLOR'] === undefined &&
    (environment['FORCE_COLOR'] !== undefined || (isInteractive && process.stdout.isTTY));
  let liveText = '';
  const clearLive = (): void => {
    if (liveText !== '') process.stderr.write('\r\u001b[K');
  };
  const unread = new AbortController();
  // A reader that goes away, such as `head`, ends the output and is no fault.
  process.stdout.on('error', () => {
    unread.abort(new Error('nobody reads the output'));
  });
  process.stderr.on('error', () => undefined);
  return {
    isInteractive,
    columns: process.stdout.isTTY ? process.stdout.columns : 80,
    out: (text) => {
      clearLive();
      process.stdout.write(text);
      if (liveText !== '') process.stderr.write(liveText);
    },
    err: (text) => {
      clearLive();
      process.stderr.write(text);
      if (liveText !== '') process.stderr.write(liveText);
    },
    live: (text) => {
      if (!isInteractive) return;
      clearLive();
      // Longer than the terminal is wide, it would wrap and could not be removed.
      liveText = text.slice(0, (process.stderr.columns || 80) - 1);
      process.stderr.write(liveText);
    },
    // The array form prints codes whatever the stream is; whether it should was decided above.
    unread: unread.signal,
    style: (style, text) => (hasColour ? styleText([style], text) : text),
  };
}
