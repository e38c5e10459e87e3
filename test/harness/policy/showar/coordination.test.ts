import { describe, expect, test } from 'vitest';
import { Mailbox } from '../../../../harness/policy/showar/mailbox.ts';
import { asked, chainContext, mebibytes, Run, type Doing } from './showar-rig.ts';

const two = { front: ['back'], back: [] };
/** Nothing to do for the vertical loop once sizes are these. */
const still: Doing = { wanted: 4, cores: 1, bytes: mebibytes(64) };

test('a service that is resized keeps its replicas, and another one does not', () => {
  const run = new Run({}, chainContext(two));
  const decisions = run.step({ front: { ...still, cores: 0.3, waitMs: 200 }, back: { ...still, waitMs: 200 } });
  expect(decisions.map(asked)).toEqual(['front cpu 0.3/0.3', 'back replicas 5']);
});

test('in the next step it is scaled again', () => {
  const run = new Run({}, chainContext(two));
  const doing = { front: { ...still, cores: 0.3, waitMs: 200 }, back: still };
  expect(run.step(doing).map(asked)).toEqual(['front cpu 0.3/0.3']);
  expect(run.step(doing).map(asked)).toEqual(['front replicas 5']);
});

test('a hold of two minutes keeps it out of two steps', () => {
  const run = new Run({ hold: '2m' }, chainContext(two));
  const doing = { front: { ...still, cores: 0.3, waitMs: 200 }, back: still };
  expect([1, 2, 3].map(() => run.step(doing).map(asked))).toEqual([['front cpu 0.3/0.3'], [], ['front replicas 5']]);
});

describe('a service above one core', () => {
  test('gains replicas although its run-queue wait is in the band, and it is not resized', () => {
    const run = new Run({ horizontal: { reading: 'rebased' } }, chainContext(two));
    const [decision, ...others] = run.step({ front: { ...still, cores: 1.5, waitMs: 15 }, back: still });
    expect(others).toEqual([]);
    expect(decision && asked(decision)).toBe('front replicas 5');
    expect(decision?.reason).toMatchObject({
      rule: 'one-core rule',
      numbers: { oneCoreRuleCores: 1, replicas: 4, step: 1 },
    });
    expect(decision?.reason.numbers['estimateCores']).toBeCloseTo(1.5, 9);
    expect(decision?.reason.numbers['comparedMs']).toBeLessThan(16.5);
  });

  test('gains them although it waits for nothing at all', () => {
    const run = new Run({}, chainContext(two));
    expect(run.step({ front: { ...still, cores: 1.5 }, back: still }).map(asked)).toEqual(['front replicas 5']);
  });

  test('gains them one step at a time, as long as the estimate stays there', () => {
    const run = new Run({ vertical: { window: '60s' } }, chainContext(two));
    const cores = [1.5, 1.5, 1.1];
    const steps = cores.map((one, index) =>
      run.step({ front: { ...still, wanted: 4 + index, cores: one }, back: still }),
    );
    expect(steps.map((decisions) => decisions.map(asked))).toEqual([['front replicas 5'], ['front replicas 6'], []]);
  });

  test('whose memory is resized in the same step is resized first, and scaled in the next', () => {
    const run = new Run({}, chainContext(two));
    const doing = { front: { ...still, cores: 1.5, bytes: mebibytes(20) }, back: still };
    expect(run.step(doing).map(asked)).toEqual(['front memory 20 MiB']);
    expect(run.step(doing).map(asked)).toEqual(['front replicas 5']);
  });

  test('and falls back to it while it is on hold, is not scaled out when the hold ends', () => {
    const run = new Run({ hold: '2m', vertical: { window: '60s' } }, chainContext(two));
    const cores = [1.5, 1, 1];
    const steps = cores.map((one) => run.step({ front: { ...still, cores: one, bytes: mebibytes(20) }, back: still }));
    expect(steps.map((decisions) => decisions.map(asked))).toEqual([['front memory 20 MiB'], [], []]);
  });

  test('without the horizontal loop nothing is done', () => {
    const run = new Run({ horizontal: 'off' }, chainContext(two));
    expect(run.step({ front: { ...still, cores: 1.5 }, back: still })).toEqual([]);
  });
});

test('the vertical loop may be slower than the horizontal one: its request is served once', () => {
  const run = new Run({ vertical: { every: '2m' }, horizontal: { reading: 'rebased' } }, chainContext(two));
  const doing = { front: { ...still, cores: 1.5 }, back: still };
  expect([1, 2, 3, 4].map(() => run.step(doing).map(asked))).toEqual([
    [],
    ['front replicas 5'],
    [],
    ['front replicas 5'],
  ]);
});

describe('the mailbox', () => {
  test('a hold without a time covers one horizontal step, whenever it comes', () => {
    const mailbox = new Mailbox(null, 1000);
    mailbox.hold('one', 60_000);
    expect([mailbox.takeHold('one', 600_000), mailbox.takeHold('one', 660_000)]).toEqual([true, false]);
    expect(mailbox.takeHold('other', 60_000)).toBe(false);
  });

  test('a hold with a time covers the step that it was made in, however short it is, and no step at its end', () => {
    const mailbox = new Mailbox(10, 1000);
    mailbox.hold('one', 60_000);
    expect([mailbox.takeHold('one', 60_000), mailbox.takeHold('one', 61_000)]).toEqual([true, false]);
    const minute = new Mailbox(60_000, 1000);
    minute.hold('one', 60_000);
    // The next step may come a little early.
    expect([minute.takeHold('one', 60_000), minute.takeHold('one', 119_800)]).toEqual([true, false]);
  });

  test('a request is taken once, and can be taken back', () => {
    const mailbox = new Mailbox(null, 1000);
    const request = { estimateCores: 1.2, oneCoreRuleCores: 1 };
    mailbox.requestScaleOut('one', request);
    expect([mailbox.takeScaleOut('one'), mailbox.takeScaleOut('one')]).toEqual([request, null]);
    mailbox.requestScaleOut('one', request);
    mailbox.takeBackScaleOut('one');
    expect(mailbox.takeScaleOut('one')).toBeNull();
  });
});
