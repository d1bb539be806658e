import { expect, test } from 'vitest';
import { manualClock, runningClock } from '../../sandbox/clock.ts';

test('a running clock starts where it is told and goes forward faster than ours', async () => {
  const startMs = Date.parse('2025-12-08T15:30:00Z');
  const clock = runningClock({ speed: 1_000_000, startMs });
  const before = clock.nowMs();
  await new Promise((resolve) => setImmediate(resolve));
  expect(before).toBeGreaterThanOrEqual(startMs);
  expect(clock.nowMs()).toBeGreaterThan(before);
  expect(clock.speed).toBe(1_000_000);
});

test('a manual clock moves only when a test moves it, and never back', () => {
  const clock = manualClock(1000);
  clock.advance(250);
  expect(clock.nowMs()).toBe(1250);
  expect(() => clock.advance(-1)).toThrow(RangeError);
});
