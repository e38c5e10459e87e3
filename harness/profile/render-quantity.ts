/** Quantities as a profile writes them: read again, they are the same numbers. */

export const perSecond = (rate: number): string => `${plain(rate)}/s`;

export const milliseconds = (ms: number): string => {
  if (ms % 1000 === 0) return `${ms / 1000}s`;
  return Number.isInteger(ms) ? `${ms}ms` : `${plain(ms * 1000)}us`;
};

export const microseconds = (micros: number): string =>
  micros % 1000 === 0 ? milliseconds(micros / 1000) : `${micros}us`;

export const share = (value: number): string => `${plain(value * 100)} %`;

export const cores = (value: number): string => `${plain(value)} cores`;

export const bytes = (value: number): string => (value % 1_048_576 === 0 ? `${value / 1_048_576} MiB` : `${value} B`);

// 12 digits, as they are read: 0.07 * 100 is 7.000000000000001.
const digits = (value: number): number => Number(value.toPrecision(12));
const plain = (value: number): string => decimal(digits(value));

/** All digits of a number without an exponent, which neither a quantity nor a trace may have. Not negative, below 1e21. */
export function decimal(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e-');
  if (exponent === undefined) return mantissa;
  return `0.${'0'.repeat(Number(exponent) - 1)}${mantissa.replace('.', '')}`;
}
