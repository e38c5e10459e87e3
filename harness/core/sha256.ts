import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** In hexadecimal. Text as UTF-8. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

export function sha256OfFile(path: string): string {
  return sha256(readFileSync(path));
}
