import { clamped } from './clamped.ts';

/** 0 to 10 each (PID equation). */
export interface Gains {
  readonly proportional: number;
  readonly integral: number;
  readonly derivative: number;
}

/** One step of the controller. In the unit of the error. */
export interface PidStep {
  readonly error: number;
  /** Errors in the window of the integral; one step is the unit of time. */
  readonly errorSum: number;
  /** Error minus the one before; 0 in the first step. */
  readonly errorChange: number;
  /** kP error + kI errorSum + kD errorChange. */
  readonly output: number;
}

/** u(t) = kP e(t) + kI integral of e from t - w to t + kD de/dt, in steps (the paper's PID equation). */
export class Pid {
  readonly #windowSteps: number | null;
  readonly #clamp: number;
  #errors: number[] = [];
  #unboundedSum = 0;
  #before: number | null = null;

  /**
   * @param windowSteps w; null for the whole history, which may grow without limit
   * @param clamp the sum of errors is never further from 0; null without anti-windup
   */
  constructor(windowSteps: number | null, clamp: number | null = null) {
    this.#windowSteps = windowSteps;
    this.#clamp = clamp ?? Infinity;
  }

  step(error: number, gains: Gains): PidStep {
    const errorSum = this.#sumWith(error);
    const errorChange = this.#before === null ? 0 : error - this.#before;
    this.#before = error;
    const output = gains.proportional * error + gains.integral * errorSum + gains.derivative * errorChange;
    return { error, errorSum, errorChange, output };
  }

  #sumWith(error: number): number {
    const bounds = { least: -this.#clamp, most: this.#clamp };
    // What is kept is the clamped sum, so that the way back begins at once.
    if (this.#windowSteps === null) return (this.#unboundedSum = clamped(this.#unboundedSum + error, bounds));
    this.#errors = [...this.#errors, error].slice(-this.#windowSteps);
    // Added up anew: what left the window leaves nothing behind.
    const sum = this.#errors.reduce((total, one) => total + one, 0);
    return clamped(sum, bounds);
  }
}
