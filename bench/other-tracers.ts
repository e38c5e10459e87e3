import { $ } from 'zx/core';

const tracingTypes: readonly string[] = ['tracing', 'raw_tracepoint', 'tracepoint', 'kprobe', 'perf_event'];

/** How many BPF programs of the tracing kinds the kernel holds. Anyone's: those of another tracer would count as our cost. */
export async function countTracingPrograms(): Promise<number> {
  const { stdout } = await $({ quiet: true })`PATH=$PATH:/usr/sbin bpftool -j prog show`;
  const programs = JSON.parse(stdout) as readonly { readonly type: string }[];
  return programs.filter(({ type }) => tracingTypes.includes(type)).length;
}
