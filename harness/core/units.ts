/**
 * Text with an explicit unit, as profiles write quantities. Each parser answers null for anything else, bare numbers included.
 *
 * A unit is a fraction of whole numbers, so that a value is rounded once: `700us` is 0.7 ms and not 0.7000000000000001.
 */
type Units = ReadonlyMap<string, readonly [times: number, per: number]>;

const durationUnits: Units = new Map([
  ['us', [1, 1000]],
  ['ms', [1, 1]],
  ['s', [1000, 1]],
  ['m', [60_000, 1]],
  ['min', [60_000, 1]],
  ['h', [3_600_000, 1]],
]);
const coreUnits: Units = new Map([
  ['core', [1, 1]],
  ['cores', [1, 1]],
  ['millicores', [1, 1000]],
]);
const shareUnits: Units = new Map([['%', [1, 100]]]);
const rateUnits: Units = new Map([
  ['/s', [1, 1]],
  ['/min', [1, 60]],
  ['/h', [1, 3600]],
]);
const byteUnits: Units = new Map([
  ['B', [1, 1]],
  ['kB', [1000, 1]],
  ['MB', [1_000_000, 1]],
  ['GB', [1_000_000_000, 1]],
  ['KiB', [1024, 1]],
  ['MiB', [1024 ** 2, 1]],
  ['GiB', [1024 ** 3, 1]],
]);

function parseQuantity(text: string, units: Units): number | null {
  const [, whole, decimals = '', unit] = /^(\d+)(?:\.(\d+))?\s*(%|[A-Za-z]+|\/\s*[a-z]+)$/.exec(text.trim()) ?? [];
  const fraction = units.get(unit?.replace(/\s/g, '') ?? '');
  if (whole === undefined || fraction === undefined) return null;
  const [times, per] = fraction;
  const value = (Number(whole + decimals) * times) / (Number(`1e${decimals.length}`) * per);
  return Number.isFinite(value) ? value : null;
}

/** `100us`, `200ms`, `5s`, `1.5m`, `2h` to milliseconds. */
export const parseDurationMs = (text: string): number | null => parseQuantity(text, durationUnits);
/** `1.5 cores`, `250 millicores` to cores. */
export const parseCores = (text: string): number | null => parseQuantity(text, coreUnits);
/** `2 %` to a share, 0.02. */
export const parseShare = (text: string): number | null => parseQuantity(text, shareUnits);
/** `200/s`, `30/min` to a rate per second. */
export const parseRatePerSecond = (text: string): number | null => parseQuantity(text, rateUnits);
/** `24 MiB`, `4 kB`, `512 B` to bytes: `k` and `M` are thousands, `Ki` and `Mi` are 1024s. */
export const parseBytes = (text: string): number | null => parseQuantity(text, byteUnits);

/** Three significant digits with the unit that suits: `420 ns`, `13.5 µs`, `7.86 s`. */
export function formatSeconds(seconds: number): string {
  // Rounded first: 999.9 ms is 1.00 s.
  const size = Math.abs(Number(seconds.toPrecision(3)));
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

/** Without rounding, for what was planned: `5 s`, `2.5 s`, `200 ms`, `2 min 30 s`. */
export function exactDuration(ms: number): string {
  if (ms % 1000 === 0) return formatDuration(ms);
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}

function joinParts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

/** Three significant digits without an exponent, for what was measured: `0.125`, `2.00`, `61.3`, and `1235` from 1000 on; 0 is `0`. */
export function formatNumber(value: number): string {
  const rounded = Number(value.toPrecision(3));
  if (rounded === 0) return '0';
  const decimals = 2 - Math.floor(Math.log10(Math.abs(rounded)));
  return value.toFixed(Math.min(Math.max(0, decimals), 100));
}

/** `12.3 %`. */
export const formatShare = (share: number): string => `${formatNumber(share * 100)} %`;
