import { messageOf } from '../../core/all-errors.ts';
import type { Problem } from '../../core/errors.ts';
import { findProgram, isRunnable } from '../../core/find-program.ts';
import type { ProcessRunner } from '../../core/process.ts';

/** The program k6, which is never bundled: it has a licence of its own (AGPL). */
export interface K6Program {
  readonly path: string;
  /** Such as `2.2.0`. */
  readonly version: string;
}

/** The first with `--new-machine-readable-summary`. */
const oldestVersion: readonly [number, number] = [1, 5];

const installHint =
  'Install k6 1.5 or newer (https://grafana.com/docs/k6/latest/set-up/install-k6/; Debian has no package of its own), ' +
  'put it on PATH or name it by K6_BIN; or choose the built-in driver.';

/**
 * @param named by the user in K6_BIN, or null
 * @param searchPath a PATH
 */
export async function findK6(
  runner: ProcessRunner,
  named: string | null,
  searchPath: string,
): Promise<K6Program | Problem> {
  if (named !== null && !isRunnable(named)) {
    return lacking('k6-missing', `K6_BIN names ${named}, which is not a program that can be run.`);
  }
  const path = named ?? findProgram('k6', searchPath);
  if (path === null) return lacking('k6-missing', 'The load driver is k6, and no program k6 is on PATH.');
  const answer = await askVersion(runner, path, searchPath);
  const [, version = '', major = '', minor = ''] = /^k6(?:\.exe)? v((\d+)\.(\d+)\.\S+)/m.exec(answer) ?? [];
  if (version === '') {
    const said = answer === '' ? 'said nothing' : `said: ${answer}`;
    return lacking('k6-unusable', `${path} does not tell its version as k6 does: \`${path} version\` ${said}.`);
  }
  const [oldestMajor, oldestMinor] = oldestVersion;
  const isNewEnough = Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor);
  if (isNewEnough) return { path, version };
  return lacking('k6-too-old', `${path} is k6 ${version}; the load driver needs ${oldestVersion.join('.')} or newer.`);
}

function lacking(code: string, message: string): Problem {
  return { severity: 'error', code, message, hint: installHint };
}

/** The first lines of what it says, or why it cannot be started. */
async function askVersion(runner: ProcessRunner, path: string, searchPath: string): Promise<string> {
  const lines: string[] = [];
  try {
    const child = await runner(path, ['version'], {
      environment: { PATH: searchPath },
      onLine: (line) => {
        if (lines.length < 5) lines.push(line);
      },
    });
    const { stderrTail } = await child.exited;
    return [...lines, stderrTail.slice(0, 300)].join('\n').trim();
  } catch (error) {
    return messageOf(error);
  }
}
