import { expect, test } from 'vitest';
import { sandboxClock } from '../../sandbox/clock.ts';

const startMs = Date.parse('2025-12-08T15:30:00Z');

test('a clock starts at the given time and runs faster than real time', async () => {
  const clock = sandboxClock({ speed: 1_000_000, startMs });
  const before = clock.nowMs();
  await new Promise((resolve) => setImmediate(resolve));
  expect(before).toBeGreaterThanOrEqual(startMs);
  expect(clock.nowMs()).toBeGreaterThan(before);
});

test('a clock of speed 0 moves only when it is advanced, and never back', () => {
  const clock = sandboxClock({ speed: 0, startMs });
  clock.advance(250);
  expect(clock.nowMs()).toBe(startMs + 250);
  expect(() => clock.advance(-1)).toThrow(RangeError);
});
