// Bundles page.ts with the Vega runtime into dist/harness/report/page.js, the one program of an HTML report.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = new URL('../../../', import.meta.url);

await build({
  entryPoints: [fileURLToPath(new URL('page.ts', import.meta.url))],
  outfile: fileURLToPath(new URL('dist/harness/report/page.js', root)),
  bundle: true,
  format: 'iife',
  minify: true,
  platform: 'browser',
  target: 'es2022',
  // The bytes must not depend on where the checkout is.
  absWorkingDir: fileURLToPath(root),
  legalComments: 'none',
  logLevel: 'warning',
});
