import type { Problem } from '../core/errors.ts';
import type { Terminal } from './terminal.ts';

export function printProblems(problems: readonly Problem[], terminal: Terminal): void {
  for (const { severity, message, hint } of problems) {
    const label = terminal.style(severity === 'error' ? 'red' : 'yellow', severity);
    terminal.err(`${label}: ${message}\n  ${hint}\n`);
  }
}
