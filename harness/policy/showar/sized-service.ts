import type { Range, ServiceAllocation, ServiceBounds } from '../../plan/plan.ts';
import type { Decision } from '../../telemetry/action.ts';
import type { CpuSize } from './cpu-size.ts';
import type { Resource } from './usage-reading.ts';
import { UsageWindow } from './usage-window.ts';

/** What the vertical loop knows of one service. */
export class SizedService {
  readonly bounds: ServiceBounds;
  readonly windows: Readonly<Record<Resource, UsageWindow>>;
  /** Sizes of the last evaluation, applied or not. */
  readonly evaluated: Record<Resource, number | null> = { cpu: null, memory: null };
  /** Since the last evaluation. */
  oomKills = 0;
  #cpu: CpuSize;
  #cpuBefore: CpuSize;
  #memoryBytes: number | null;
  #memoryBytesBefore: number | null;

  /** @param given what the trial begins with, which is the first size that estimates are compared with */
  constructor(bounds: ServiceBounds, given: ServiceAllocation | undefined, capacity: number) {
    this.bounds = bounds;
    this.windows = { cpu: new UsageWindow(capacity), memory: new UsageWindow(capacity) };
    this.#cpu = { limitCores: given?.cpuLimitCores ?? null, requestCores: given?.cpuRequestCores ?? null };
    this.#cpuBefore = this.#cpu;
    this.#memoryBytes = given?.memoryLimitBytes ?? null;
    this.#memoryBytesBefore = this.#memoryBytes;
  }

  get cpu(): CpuSize {
    return this.#cpu;
  }

  get memoryBytes(): number | null {
    return this.#memoryBytes;
  }

  boundsOf(resource: Resource): Range {
    return resource === 'cpu' ? this.bounds.cpuCores : this.bounds.memoryBytes;
  }

  resizeCpu(size: { readonly limitCores: number; readonly requestCores?: number }): void {
    this.#cpuBefore = this.#cpu;
    this.#cpu = { ...this.#cpu, ...size };
  }

  resizeMemory(bytes: number): void {
    this.#memoryBytesBefore = this.#memoryBytes;
    this.#memoryBytes = bytes;
  }

  takeBack(decision: Decision): void {
    if (decision.kind === 'cpu' && decision.limitCores === this.#cpu.limitCores) this.#cpu = this.#cpuBefore;
    if (decision.kind === 'memory' && decision.limitBytes === this.#memoryBytes) {
      this.#memoryBytes = this.#memoryBytesBefore;
    }
  }
}
