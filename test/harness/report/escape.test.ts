import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  escapeHtml,
  escapeMarkdown,
  printable,
  scriptJson,
  scriptProgram,
  shellArgument,
} from '../../../harness/report/escape.ts';

test('JSON inside a script element is the same data and cannot end the element', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('</script>', '<!--', ']]>', '\u2028', '\u2029'), (value, ending) => {
      const text = scriptJson({ value, ending });
      expect(text).not.toMatch(/[<>\u2028\u2029]/);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify({ value, ending })));
    }),
  );
});

test('a program inside a script element cannot end it and means the same', () => {
  const program = scriptProgram('["</script>", "</SCRIPT >", "<!-- x", /^<!--$/u.test("<!--")].join()');
  expect(program).not.toMatch(/<\/script|<!--/i);
  // Run as a program of its own, so that what it means is what a browser would see.
  expect(execFileSync(process.execPath, ['-p', program], { encoding: 'utf8' })).toBe(
    '</script>,</SCRIPT >,<!-- x,true\n',
  );
});

test('HTML text has no character that could open an element or end an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(escapeHtml(text)).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
    }),
  );
  expect(escapeHtml(`<b a="1">'&`)).toBe('&lt;b a=&quot;1&quot;&gt;&#39;&amp;');
});

test('Markdown text stays in its table cell and is no markup', () => {
  expect(escapeMarkdown('a|b `c` *d* [e](f) <g>\n# h')).toBe('a\\|b \\`c\\` \\*d\\* \\[e\\](f) &lt;g&gt;\ufffd\\# h');
});

test('control characters and marks that turn the direction of text are replaced', () => {
  expect(printable('a\u0000\u001b[31mb\nc\u202ed\u2066')).toBe('a\ufffd[31mb\ufffdc\ufffdd\ufffd');
  expect(printable('naïve 调度 🙂')).toBe('naïve 调度 🙂');
});

test('an argument is quoted for a shell only if it has to be', () => {
  expect(shellArgument('results/runqueue/2026-1')).toBe('results/runqueue/2026-1');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
      fc.pre(!text.includes('\0'));
      const said = execFileSync('/bin/sh', ['-c', `printf %s ${shellArgument(text)}`], { encoding: 'utf8' });
      expect(said).toBe(text);
    }),
    { numRuns: 20 },
  );
});
