import { expect, test } from 'vitest';
import { replaceSection } from '../../bench/performance-page.ts';

test('a bench replaces its own part of the page and nothing else', () => {
  const page = 'before\n\n<!-- bench:tracer -->\n\nold\n\n<!-- /bench:tracer -->\n\nafter\n';
  const replaced = replaceSection(page, 'tracer', 'new\n');
  expect(replaced).toBe('before\n\n<!-- bench:tracer -->\n\nnew\n\n<!-- /bench:tracer -->\n\nafter\n');
  expect(replaceSection(replaced, 'tracer', 'new')).toBe(replaced);
});

test('a page without the part of the bench is refused', () => {
  expect(() => replaceSection('<!-- bench:load -->\n<!-- /bench:load -->', 'tracer', 'new')).toThrow(
    'The page has no part between <!-- bench:tracer --> and <!-- /bench:tracer -->.',
  );
});
