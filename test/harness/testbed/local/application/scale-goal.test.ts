import { describe, expect, test } from 'vitest';
import { ScaleGoal, type ScaledReplica } from '../../../../../harness/testbed/local/application/scale-goal.ts';

type Life = 'known' | 'starting' | 'leaving' | 'ended';
const replica = (life: Life): ScaledReplica => ({
  state: life === 'known' ? 'ready' : life === 'leaving' ? 'draining' : life,
  isWanted: life === 'known' || life === 'starting',
  isKnown: life === 'known' || life === 'leaving',
});
const lives = (...of: readonly Life[]): readonly ScaledReplica[] => of.map(replica);

describe('a scaling out', () => {
  const goal = new ScaleGoal(3, lives('known', 'starting', 'starting'), []);
  test('is reached when callers know all that are wanted', () => {
    expect(goal.isReached(lives('known', 'known', 'starting'))).toBe(false);
    expect(goal.isReached(lives('known', 'known', 'known'))).toBe(true);
  });

  test('is not held up by those that an earlier one told to go', () => {
    expect(goal.isReached(lives('leaving', 'known', 'known', 'known'))).toBe(true);
  });

  test('is not reached by those who leave or have ended', () => {
    expect(goal.isReached(lives('known', 'known', 'leaving', 'ended'))).toBe(false);
  });
});

describe('a scaling in', () => {
  test('is reached when those that it told to go have gone', () => {
    const leaver = { ...replica('leaving') };
    const goal = new ScaleGoal(1, [replica('known'), leaver], [leaver]);
    expect(goal.isReached([replica('known'), leaver])).toBe(false);
    leaver.state = 'ended';
    expect(goal.isReached([replica('known'), leaver])).toBe(true);
  });

  test('is not held up by one that crashed, and is replaced', () => {
    const leaver = { ...replica('ended') };
    const goal = new ScaleGoal(2, lives('known', 'known'), [leaver]);
    expect(goal.isReached(lives('known', 'starting'))).toBe(true);
  });

  test('of which some were still starting is reached when those that stay are known too', () => {
    const leaver = { ...replica('ended') };
    const goal = new ScaleGoal(2, lives('known', 'starting'), [leaver]);
    expect(goal.isReached(lives('known', 'starting'))).toBe(false);
    expect(goal.isReached(lives('known', 'known'))).toBe(true);
  });
});
