/** Numbers behind a request to scale out, for the reason of the decision that follows. */
export interface ScaleOutRequest {
  readonly estimateCores: number;
  readonly oneCoreRuleCores: number;
}

/**
 * The channel between the two loops, by service. The vertical loop speaks, the horizontal one listens before it acts, and the vertical one has
 * priority. How long a hold lasts is not in the paper: until the next horizontal step, or for a given time (ours).
 */
export class Mailbox {
  readonly #holdMs: number | null;
  readonly #halfSampleMs: number;
  readonly #heldUntilMs = new Map<string, number>();
  readonly #requests = new Map<string, ScaleOutRequest>();

  /** @param holdMs after time compression; null until the next horizontal step */
  constructor(holdMs: number | null, sampleMs: number) {
    this.#holdMs = holdMs;
    this.#halfSampleMs = sampleMs / 2;
  }

  /** The service was resized at `nowMs`. */
  hold(service: string, nowMs: number): void {
    // Steps come with the samples, which end a little early or late; a hold covers the step that it is made in in any case.
    const untilMs =
      this.#holdMs === null ? Infinity : nowMs + Math.max(this.#holdMs - this.#halfSampleMs, this.#halfSampleMs);
    this.#heldUntilMs.set(service, untilMs);
  }

  /** Asked once in a horizontal step, which ends a hold that has no time of its own. */
  takeHold(service: string, nowMs: number): boolean {
    const untilMs = this.#heldUntilMs.get(service);
    if (untilMs === undefined) return false;
    if (this.#holdMs === null || nowMs >= untilMs) this.#heldUntilMs.delete(service);
    return nowMs < untilMs;
  }

  /** Instead of a size above one core. It stays until it is served, or the next estimate takes it back. */
  requestScaleOut(service: string, request: ScaleOutRequest): void {
    this.#requests.set(service, request);
  }

  takeBackScaleOut(service: string): void {
    this.#requests.delete(service);
  }

  takeScaleOut(service: string): ScaleOutRequest | null {
    const request = this.#requests.get(service) ?? null;
    this.#requests.delete(service);
    return request;
  }
}
