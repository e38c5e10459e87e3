import { readFileSync } from 'node:fs';

/**
 * How many requests k6 counts in the summary that it writes at its end.
 * @returns why there is no summary, as text: a summary that cannot be written does not change the exit status
 */
export async function summarizedRequests(file: string): Promise<number | string> {
  const { z } = await import('zod');
  const metric = z.object({ name: z.string(), values: z.record(z.string(), z.unknown()) });
  const summary = z.object({ results: z.object({ metrics: z.array(metric) }) });
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return 'it left no summary that can be read';
  }
  const parsed = summary.safeParse(value);
  if (!parsed.success) return 'its summary is not of the form that is known';
  const requests = parsed.data.results.metrics.find(({ name }) => name === 'http_reqs');
  // A metric without samples is absent.
  return typeof requests?.values['count'] === 'number' ? requests.values['count'] : 0;
}
