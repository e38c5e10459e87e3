import type { Application, Operation } from '../../application/application.ts';
import { drawQuantity } from '../../application/draw-quantity.ts';
import { deriveDraw, uniformDraw } from '../../application/draw.ts';

/** Far from the numbers that quantities and the parts of a request have: as in `deathstarbench/twin/demand.c`. */
const workNumber = 1_000_000;

/**
 * CPU time in milliseconds that a request takes of the operation of its endpoint, drawn from its seed: the same as the twin draws, but for the last
 * bit of a logarithm. All arms of a block have the same requests, and so the same work.
 */
export function requestWorkMs(application: Application, { cpu }: Operation, payloadSeed: number): number {
  const { cpuScale, quantities } = application;
  let items = 0;
  for (const name of cpu.items) {
    const index = quantities.findIndex((quantity) => quantity.name === name);
    const quantity = quantities[index];
    if (quantity !== undefined) items += drawQuantity(quantity.distribution, uniformDraw(payloadSeed, index));
  }
  const meanMs = ((cpu.meanMicros + cpu.perItemMicros * items) * cpuScale) / 1000;
  if (cpu.shape === 'constant') return meanMs;
  return -meanMs * Math.log(uniformDraw(deriveDraw(payloadSeed, workNumber), 0));
}
