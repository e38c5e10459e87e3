import { z } from 'zod';

/**
 * Validates by whichever schema suits what was written. A union of schemas would tell the mistakes of all of them, or of none; this
 * tells those of the one that was meant.
 */
export function instead<Output>(choose: (input: unknown) => z.ZodType<Output>): z.ZodType<Output> {
  return z.unknown().transform((input, context): Output => {
    const { data, error } = choose(input).safeParse(input);
    if (error === undefined) return data;
    // An issue of a finished parse has its message, which is all that is wanted of it here.
    for (const issue of error.issues) context.issues.push({ ...issue, input } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
}

export function isMapping(input: unknown): input is Readonly<Record<string, unknown>> {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}
