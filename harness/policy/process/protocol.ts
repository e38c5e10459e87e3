import type { Allocation, Bounds, JsonObject } from '../../plan/plan.ts';
import type { Action } from '../../telemetry/action.ts';
import type { PolicyService } from '../port.ts';
import type { WireSample } from './sample-on-wire.ts';

/** The version of everything in this file and in `sample-on-wire.ts`. `docs/policies/process.md` describes it to the letter. */
export const protocolVersion = 1;

/** What a program is told before the trial: the first line. */
export interface Hello {
  readonly type: 'hello';
  readonly protocol: number;
  readonly context: WireContext;
  /** As the profile writes them. */
  readonly options: JsonObject;
}

/** The context of the policy port, of which functions and streams cannot be sent. */
export interface WireContext {
  readonly services: readonly PolicyService[];
  readonly allocation: Allocation;
  readonly bounds: Bounds;
  readonly capacityCores: number;
  /** As the profile writes it. */
  readonly intervalSeconds: number;
  /** The same after time compression: between two windows. */
  readonly intervalMs: number;
  readonly sampleMs: number;
  readonly timeCompression: number;
  readonly objectiveMs: number;
  /** 0 to 2^32 - 1; another one in each trial, the same when the trial is repeated by `rerun`. */
  readonly seed: number;
}

/** Asks for the decisions of one step. */
export interface WindowMessage {
  readonly type: 'window';
  /** 1, 2, 3, ... */
  readonly step: number;
  readonly nowMs: number;
  readonly samples: readonly WireSample[];
  readonly pending: readonly Action[];
  readonly settled: readonly Action[];
}

/** The trial is over. Standard input closes behind it. */
export interface Stop {
  readonly type: 'stop';
}

export type HarnessMessage = Hello | WindowMessage | Stop;

/** What a program answers to `hello`. */
export interface Ready {
  readonly type: 'ready';
  readonly protocol: number;
  readonly name: string;
  /** If it only works with this one: as published, before time compression. */
  readonly intervalSeconds?: number | undefined;
  /** If it only works with these: words of the port. */
  readonly needs?: readonly string[] | undefined;
  readonly acts?: readonly string[] | undefined;
}

/** What a program answers to `window`. Decisions are looked at by whoever carries them out. */
export interface Decisions {
  readonly type: 'decisions';
  readonly step: number;
  readonly decisions: readonly unknown[];
}
