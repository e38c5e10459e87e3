import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';

/** Can a server listen on that port of 127.0.0.1? Asks the system, and lets the port go again. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

export interface PortHolder {
  readonly pid: number;
  /** As the process calls itself, at most 15 characters. */
  readonly name: string;
}

/** The process that listens on a TCP port of this machine; null if /proc does not show it to us. */
export function portHolder(port: number, proc = '/proc'): PortHolder | null {
  const sockets = ['tcp', 'tcp6'].flatMap((file) => listeningOn(port, textOf(`${proc}/net/${file}`)));
  if (sockets.length === 0) return null;
  const wanted = sockets.map((inode) => `socket:[${inode}]`);
  for (const pid of entriesOf(proc).filter((entry) => /^\d+$/.test(entry))) {
    const files = entriesOf(`${proc}/${pid}/fd`);
    if (!files.some((file) => wanted.includes(linkOf(`${proc}/${pid}/fd/${file}`)))) continue;
    return { pid: Number(pid), name: textOf(`${proc}/${pid}/comm`).trim() };
  }
  return null;
}

/** The state of a socket that listens, in `/proc/net/tcp`. */
const listening = '0A';

/** Inodes of the sockets. Fields: number, local address and port, remote ones, state, ..., the tenth is the inode. */
function listeningOn(port: number, table: string): readonly string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    return fields[1]?.endsWith(suffix) === true && fields[3] === listening ? [fields[9] ?? ''] : [];
  });
}

const textOf = (file: string): string => orElse('', () => readFileSync(file, 'utf8'));
const entriesOf = (folder: string): readonly string[] => orElse([], () => readdirSync(folder));
const linkOf = (file: string): string => orElse('', () => readlinkSync(file));

/** Processes end at any instant, and those of others are closed to us. */
function orElse<T>(otherwise: T, read: () => T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
