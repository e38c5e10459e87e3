// What k6 has and @types/k6 2.3.0 does not declare. Nothing else of a browser or of Node is there.
declare const console: { log(text: string): void };
declare function setTimeout(callback: () => void, delayMs: number): number;
