import { describe, expect, test } from 'vitest';
import { readSpans } from '../../../deathstarbench/client/read-spans.ts';
import { call, frontAndWork, operationOf, serviceOf } from '../small-application.ts';
import { ask, traceParent, TwinRig, whyNoTwin } from '../twin-rig.ts';

describe.skipIf(whyNoTwin() !== null)('CPU demands', () => {
  test('are really used, by the thread that answers, and scaled to the machine', async () => {
    const rig = await TwinRig.open(frontAndWork({ micros: 40_000, changes: { cpuScale: 0.5 } }));
    const front = await rig.start('front');
    const work = await rig.start('work');
    for (let index = 0; index < 5; index++) {
      await ask(front.port, '/ask', { headers: { traceparent: traceParent(index, index) } });
    }
    await rig.unregister(work);
    work.drain();
    await work.exited;
    const spans = (await readSpans(rig.files.spans, 0)).filter(({ service }) => service === 'work');
    expect(spans.map(({ demandMicros }) => demandMicros)).toEqual([20_000, 20_000, 20_000, 20_000, 20_000]);
    // The clock is looked at until a microsecond before the end.
    for (const { cpuMs } of spans) expect(cpuMs).toBeGreaterThan(19.98);
    expect((await front.counters())?.cpuSeconds).toBeLessThan(0.05);
  });

  test('a part is used before the first call and the rest after the last, and after a failed call none', async () => {
    const application = frontAndWork({ changes: { cpuFirstShare: 0.25 } });
    const [, work] = application.services;
    const ask100ms = operationOf('ask', { micros: 100_000, steps: [call('work', 'do')] });
    const services = [serviceOf('front', 'front', [ask100ms]), ...(work ? [work] : [])];
    const rig = await TwinRig.open({ ...application, services });
    const front = await rig.start('front');
    expect(await ask(front.port, '/ask')).toEqual({ status: 500, body: 'A call of the application failed' });
    const first = (await front.counters())?.cpuSeconds ?? 0;
    expect(first).toBeGreaterThan(0.0249);
    expect(first).toBeLessThan(0.1);
    await rig.start('work');
    expect((await ask(front.port, '/ask')).status).toBe(200);
    expect((await front.counters())?.cpuSeconds ?? 0).toBeGreaterThan(first + 0.0999);
  });
});
