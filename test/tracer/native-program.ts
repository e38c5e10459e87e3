import { startChild } from '../../harness/core/process.ts';
import type { Child } from '../../harness/core/process.ts';

/** A program that speaks in JSON lines, and what it has said so far. */
export interface NativeProgram extends Child {
  readonly lines: readonly string[];
  /** The first line, from the beginning on or from a position, that has these fields; waits for it. */
  line(fields: Readonly<Record<string, unknown>>, from?: number): Promise<Message>;
}

export type Message = Readonly<Record<string, unknown>>;

export async function startNative(file: string, args: readonly string[]): Promise<NativeProgram> {
  const lines: string[] = [];
  let wake: () => void = () => undefined;
  const child = await startChild(file, args, {
    onLine: (line) => {
      lines.push(line);
      wake();
    },
  });
  let hasEnded = false;
  void child.exited.then(() => {
    hasEnded = true;
    wake();
  });
  return {
    ...child,
    lines,
    async line(fields, from = 0) {
      for (let index = from; ; index++) {
        while (index >= lines.length) {
          if (hasEnded) throw new Error(`no line with ${JSON.stringify(fields)} in ${JSON.stringify(lines)}`);
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        const message = parseMessage(lines[index] ?? '');
        if (Object.entries(fields).every(([name, value]) => message[name] === value)) return message;
      }
    },
  };
}

/** Throws if the line is no JSON object. */
export function parseMessage(line: string): Message {
  const message: unknown = JSON.parse(line);
  if (typeof message !== 'object' || message === null) throw new Error(`not an object: ${line}`);
  // An object's fields are names with unknown values.
  return message as Message;
}
