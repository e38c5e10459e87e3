import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256, sha256OfFile } from '../../../harness/core/sha256.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

test('the hash is that of the standard, in hexadecimal', () => {
  // FIPS 180-2, appendix B.1.
  expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test('text is hashed as UTF-8, and a file by its bytes', () => {
  const path = join(temporaryFolder(), 'file');
  writeFileSync(path, 'é∞');
  expect(sha256OfFile(path)).toBe(sha256('é∞'));
  expect(sha256(Buffer.from('é∞'))).toBe(sha256('é∞'));
});
