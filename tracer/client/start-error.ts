import { HarnessError } from '../../harness/core/errors.ts';
import type { ChildExit } from '../../harness/core/process.ts';
import { unreachable } from '../../harness/core/unreachable.ts';
import type { StartError, StartErrorCode } from './line.ts';

const otherwise = 'or take the source `schedstat`, which gives counts and means but no histogram';

/** What can be done about each reason for not starting. */
export function remedyFor(code: StartErrorCode): string {
  switch (code) {
    case 'no-btf':
      return `Use a kernel built with CONFIG_DEBUG_INFO_BTF=y, so that /sys/kernel/btf/vmlinux exists, ${otherwise}.`;
    case 'no-permission':
      return `Run as root, or give the helper the capabilities CAP_BPF and CAP_PERFMON, ${otherwise}.`;
    case 'verifier':
      return `This kernel refuses a program that other kernels accept: report the message together with \`uname -r\`, ${otherwise}.`;
    case 'kernel-too-old':
      return `Use Linux 5.11 or newer, ${otherwise}.`;
    case 'other':
      return `Remove the cause that the message names, ${otherwise}.`;
    default:
      return unreachable(code);
  }
}

/** The helper said why it cannot start. */
export function refusedStart(error: StartError): HarnessError {
  return new HarnessError('tracer-unavailable', `The run-queue tracer cannot start: ${error.message}`, {
    hint: remedyFor(error.code),
  });
}

/** There is no program to start. */
export function missingHelper(file: string, cause: unknown): HarnessError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HarnessError('tracer-unavailable', `The run-queue tracer ${file} cannot be run: ${reason}.`, {
    hint: `Build it with \`make -C tracer/runq\` (needs clang, llvm, bpftool, libbpf-dev, libelf-dev and zlib1g-dev), ${otherwise}.`,
    cause,
  });
}

/** It was started but did not begin to work. */
export function failedStart(file: string, what: string): HarnessError {
  return new HarnessError('tracer-unavailable', `The run-queue tracer ${file} was started but ${what}.`, {
    hint: `Build it again with \`make -C tracer/runq\`, run it by hand to see what it says, ${otherwise}.`,
  });
}

/** How a child ended, as the end of a sentence: `ended with exit code 1; its last words were: ...`. */
export function describeExit({ exitCode, signal, stderrTail }: ChildExit): string {
  const how = signal === null ? `ended with exit code ${exitCode ?? 'unknown'}` : `was ended by ${signal}`;
  const lastWords = stderrTail.trim().split('\n').slice(-3).join(' | ').trim();
  return lastWords === '' ? how : `${how}; its last words were: ${lastWords}`;
}
