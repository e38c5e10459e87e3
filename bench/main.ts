/** `npm run bench -- NAME [options]`: measures what the design promises, beside the peers that it names. */
import type { Bench } from './bench.ts';

const benches: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Bench> }>> = {
  tracer: {
    summary: 'cost of the run-queue tracer, beside runqlat and perf sched record',
    load: async () => (await import('./tracer.ts')).tracerBench,
  },
  twin: {
    summary: 'cost of the replicas of the local testbed beside what the model asks of them',
    load: async () => (await import('./twin.ts')).twinBench,
  },
  load: {
    summary: 'lateness and cost of the load driver, beside k6, hey and wrk',
    load: async () => (await import('./load.ts')).loadBench,
  },
};

const usage = `usage: npm run bench -- NAME [--rounds N] [--write]

${Object.entries(benches)
  .map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`)
  .join('\n')}

  --rounds N  how often each is measured; the default is the bench's own
  --write     put the result into docs/performance.md
`;

interface Command {
  readonly name: string;
  readonly rounds: number | null;
  readonly write: boolean;
}

/** Null if the command line is not one of the usage. */
function parseCommand(words: readonly string[]): Command | null {
  const [name, ...rest] = words;
  if (name === undefined || !Object.hasOwn(benches, name)) return null;
  const command = { name, rounds: null as number | null, write: false };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === '--write') command.write = true;
    else if (word === '--rounds' && /^[1-9]\d{0,3}$/.test(rest[0] ?? '')) command.rounds = Number(rest.shift());
    else return null;
  }
  return command;
}

const command = parseCommand(process.argv.slice(2));
const bench = command === null ? undefined : benches[command.name];
if (command === null || bench === undefined) {
  process.stderr.write(usage);
  process.exitCode = 2;
} else {
  const result = await (
    await bench.load()
  ).run({
    rounds: command.rounds,
    progress: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${result.markdown}\n`);
  if (command.write) {
    const { writeSection } = await import('./performance-page.ts');
    await writeSection('docs/performance.md', command.name, result.markdown);
  }
  if (!result.met) process.exitCode = 6;
}
