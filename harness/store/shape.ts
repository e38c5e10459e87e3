/** A test of one value of recorded JSON. A folder may come from anybody: nothing in it is believed before it was looked at. */
export type Check = (value: unknown) => boolean;

/** One check for each field of T; a field more in T does not compile without one. */
export type Shape<T> = { readonly [Field in keyof T]-?: Check };

/** Has the value every field of the shape, each as it should be? Fields more do no harm. */
export function hasShape<T>(value: unknown, shape: Shape<T>): value is T {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  return Object.entries<Check>(shape).every(([name, check]) => check(fields.get(name)));
}

export const record =
  <T>(shape: Shape<T>): Check =>
  (value) =>
    hasShape(value, shape);

export const oneOf =
  (...words: readonly (string | number)[]): Check =>
  (value) =>
    words.some((word) => word === value);

export const anyOf =
  (...checks: readonly Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));

/** One of a union of objects that differ in `kind`: a kind more does not compile without its shape. */
export const unionOf =
  <Union extends { readonly kind: string }>(shapes: {
    readonly [Kind in Union['kind']]: Shape<Omit<Extract<Union, { readonly kind: Kind }>, 'kind'>>;
  }): Check =>
  (value) =>
    hasShape<{ kind: string }>(value, { kind: isText }) &&
    Object.entries<Shape<object>>(shapes).some(([kind, shape]) => kind === value.kind && hasShape(value, shape));

/** For a field that need not be there. */
export const orMissing = (check: Check): Check => anyOf((value) => value === undefined, check);

export const nullOr = (check: Check): Check => anyOf((value) => value === null, check);

export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

export const mapOf =
  (check: Check): Check =>
  (value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(check);

export const isText: Check = (value) => typeof value === 'string';
export const isFlag: Check = (value) => typeof value === 'boolean';
export const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);
export const isPositive: Check = (value) => typeof value === 'number' && value > 0 && value < Infinity;
export const isInteger: Check = (value) => Number.isSafeInteger(value);
/** From 0. */
export const isCount: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
/** From 1. */
export const isPlace: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 1;

/** ISO 8601 in UTC with milliseconds. */
export const isInstant: Check = (value) =>
  typeof value === 'string' &&
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) &&
  Number.isFinite(Date.parse(value));

/** A name that stays in the folder it is joined to. */
export const isFolderName: Check = (value) =>
  typeof value === 'string' && value !== '' && value !== '.' && value !== '..' && !/[/\\\0]/.test(value);
/** The same for a path of several folders. */
export const isFolderPath: Check = (value) => typeof value === 'string' && value.split('/').every(isFolderName);
