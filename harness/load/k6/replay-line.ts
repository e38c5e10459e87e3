/** What `deathstarbench/k6/replay.js` says on its console, one line each. Instants in milliseconds from the origin of the schedule. */
export type ReplayLine =
  | { readonly kind: 'read'; readonly requests: number; readonly sha256: string; readonly requestsSha256: string }
  /** The origin, in milliseconds of Unix time. */
  | { readonly kind: 'origin'; readonly wallMs: number }
  | { readonly kind: 'sent'; readonly request: number; readonly sentMs: number }
  | {
      readonly kind: 'done';
      readonly request: number;
      readonly doneMs: number;
      /** Of HTTP; 0 without an answer. */
      readonly status: number;
      /** Of k6: 0, or what went wrong. */
      readonly errorCode: number;
      /** Null if the answer does not say how long its body is. */
      readonly bytes: number | null;
    }
  /** k6 could not make a request of it. */
  | { readonly kind: 'fail'; readonly request: number; readonly doneMs: number; readonly text: string }
  /** Not sent, because too many were in flight. */
  | { readonly kind: 'held'; readonly request: number; readonly atMs: number }
  /** Not sent, because it had timed out before its turn came. */
  | { readonly kind: 'late'; readonly request: number; readonly atMs: number }
  | { readonly kind: 'end'; readonly sent: number; readonly done: number }
  /** Anything else, as it came. */
  | { readonly kind: 'unreadable'; readonly text: string };

/** @param line of the console file, in any log format of k6: a JSON object with the text in `msg`, or the bare text */
export function parseReplayLine(line: string): ReplayLine {
  const text = messageOf(line);
  const [word = '', ...fields] = text.split(' ');
  return readFields(word, fields) ?? { kind: 'unreadable', text: line };
}

function messageOf(line: string): string {
  if (!line.startsWith('{')) return line;
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && 'msg' in value && typeof value.msg === 'string')
      return value.msg;
  } catch {
    // Then it is no line of ours, and is told as it came.
  }
  return line;
}

function readFields(word: string, fields: readonly string[]): ReplayLine | null {
  const [first, second, third] = fields;
  switch (word) {
    case 'read':
      if (fields.length !== 3 || !isWhole(first) || !isHash(second) || !isHash(third)) return null;
      return { kind: 'read', requests: Number(first), sha256: second, requestsSha256: third };
    case 't0':
      return fields.length === 1 && isInstant(first) ? { kind: 'origin', wallMs: Number(first) } : null;
    case 'sent':
      if (fields.length !== 3 || !isWhole(first) || !isInstant(second) || !isInstant(third)) return null;
      return { kind: 'sent', request: Number(first), sentMs: Number(third) };
    case 'done':
      return readDone(fields);
    case 'fail':
      if (fields.length < 3 || !isWhole(first) || !isInstant(second)) return null;
      return { kind: 'fail', request: Number(first), doneMs: Number(second), text: fields.slice(2).join(' ') };
    case 'held':
    case 'late':
      if (fields.length !== 2 || !isWhole(first) || !isInstant(second)) return null;
      return { kind: word, request: Number(first), atMs: Number(second) };
    case 'end':
      if (fields.length !== 3 || !isWhole(first) || !isWhole(second) || !isWhole(third)) return null;
      return { kind: 'end', sent: Number(second), done: Number(third) };
    default:
      return null;
  }
}

function readDone(fields: readonly string[]): ReplayLine | null {
  // The recordings are older than the length of the body.
  const [request, done, status, errorCode, blocked, duration, bytes = '-'] = fields;
  if (fields.length < 6 || fields.length > 7 || !isInstant(blocked) || !isInstant(duration)) return null;
  if (!isWhole(request) || !isInstant(done) || !isWhole(status) || !isWhole(errorCode)) return null;
  if (bytes !== '-' && !isWhole(bytes)) return null;
  return {
    kind: 'done',
    request: Number(request),
    doneMs: Number(done),
    status: Number(status),
    errorCode: Number(errorCode),
    bytes: bytes === '-' ? null : Number(bytes),
  };
}

/** At most ten digits: more than any schedule or status has, and exact. */
function isWhole(field: string | undefined): field is string {
  return field !== undefined && /^\d{1,10}$/.test(field);
}

function isInstant(field: string | undefined): field is string {
  return field !== undefined && /^-?\d{1,15}(\.\d{1,9})?$/.test(field);
}

function isHash(field: string | undefined): field is string {
  return field !== undefined && /^[0-9a-f]{64}$/.test(field);
}
