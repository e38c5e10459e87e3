/** Text with an explicit unit, as profiles write quantities. Each parser answers null for anything else, bare numbers included. */

const durationUnitsMs: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};
const byteUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};
const coreUnits: Readonly<Record<string, number>> = { core: 1, cores: 1, millicores: 0.001 };
const shareUnits: Readonly<Record<string, number>> = { '%': 0.01 };

function parseQuantity(text: string, units: Readonly<Record<string, number>>): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z%]+)$/.exec(text.trim());
  const scale = match?.[2] === undefined ? undefined : units[match[2]];
  return match?.[1] === undefined || scale === undefined ? null : Number(match[1]) * scale;
}

/** `100us`, `200ms`, `5s`, `1.5m`, `2h` to milliseconds. */
export const parseDurationMs = (text: string): number | null => parseQuantity(text, durationUnitsMs);
/** `256 MiB`, `1 GB` to bytes. */
export const parseBytes = (text: string): number | null => parseQuantity(text, byteUnits);
/** `1.5 cores`, `250 millicores` to cores. */
export const parseCores = (text: string): number | null => parseQuantity(text, coreUnits);
/** `2 %` to a share, 0.02. */
export const parseShare = (text: string): number | null => parseQuantity(text, shareUnits);
/** `200/s`, `30/min` to a rate per second. */
export function parseRatePerSecond(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*\/\s*(s|min|h)$/.exec(text.trim());
  if (match?.[1] === undefined || match[2] === undefined) return null;
  return Number(match[1]) / { s: 1, min: 60, h: 3600 }[match[2] as 's' | 'min' | 'h'];
}

/** Three significant digits with the unit that suits: `420 ns`, `13.5 us`, `7.86 s`. */
export function formatSeconds(seconds: number): string {
  const size = Math.abs(seconds);
  const [scale, unit] =
    size === 0 || size >= 1 ? [1, 's'] : size >= 1e-3 ? [1e3, 'ms'] : size >= 1e-6 ? [1e6, 'µs'] : [1e9, 'ns'];
  return `${formatNumber(seconds * scale)} ${unit}`;
}

/** Wall time for people: `45 s`, `2 min 56 s`, `3 h 36 min`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return joinParts(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  return joinParts(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function joinParts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** Three significant digits, without an exponent and without trailing zeros that say nothing. */
export function formatNumber(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 12));
}

/** `12.3 %`. */
export const formatShare = (share: number): string => `${formatNumber(share * 100)} %`;
