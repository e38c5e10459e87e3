/** Something that is measured on this machine, beside its peers, in one run. */
export interface Bench {
  run(options: BenchOptions): Promise<BenchResult>;
}

export interface BenchOptions {
  /** How often each arm is measured; null for the bench's own number. */
  readonly rounds: number | null;
  /** Called with a line for people, now and then. */
  readonly progress: (line: string) => void;
}

export interface BenchResult {
  /** Tables, with the machine that they were measured on. */
  readonly markdown: string;
  /** False if a budget of the design was missed. */
  readonly met: boolean;
}
