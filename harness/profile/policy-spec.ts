import type { z } from 'zod';
import type { MetricName } from './metric.ts';

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The policy of an arm. */
export interface PolicySpec {
  /** Which kind: `hpa`, `showar`. */
  readonly name: string;
  /** Its options as the profile writes them. */
  readonly written: JsonObject;
  /** The same as they take effect: defaults filled in, quantities in the unit of their names. */
  readonly options: JsonObject;
  readonly demands: PolicyDemandsSpec;
  /** Missing where nothing was published. */
  readonly published?: readonly PublishedResult[];
}

/** A number that the authors of a policy published. It stands beside measured ones, never as a target (design 4.10). */
export interface PublishedResult {
  readonly claim: string;
  readonly against: string;
  readonly setUp: string;
  readonly source: string;
  /** What of an experiment is nearest to it: a metric, and the kind of policy that it is compared with; missing if nothing is. */
  readonly comparable?: { readonly metric: MetricName; readonly against: string };
}

/** What it asks of a trial. Words are those of the policy port. Seconds are before time compression. */
export interface PolicyDemandsSpec {
  readonly intervalSeconds: number;
  readonly longestWindowSeconds: number;
  readonly needs: readonly string[];
  readonly acts: readonly string[];
}

/** A kind of policy that a profile may name: handed in from above, because this room knows none (design, section 2). */
export interface PolicyOffer {
  readonly name: string;
  readonly options: z.ZodType<JsonObject>;
  readonly published?: readonly PublishedResult[];
  demands(options: JsonObject): PolicyDemandsSpec;
}
