import { expect, it } from 'vitest';
import { tokenBucket } from '../../src/adapters/aws/limits.ts';

function standingClock() {
  const clock = {
    atMs: 0,
    slept: [] as number[],
    nowMs: () => clock.atMs,
    random: () => 0.5,
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      clock.slept.push(ms);
    },
  };
  return clock;
}

it('lets a burst pass at once and spaces later requests, with jitter', async () => {
  const clock = standingClock();
  const bucket = tokenBucket({ burst: 3, perSecond: 0.5 }, clock);
  for (let request = 0; request < 5; request += 1) await bucket.take();
  expect(clock.slept).toEqual([2_000 + 125, 4_000 + 125]);
});

it('refills, and never above the burst', async () => {
  const clock = standingClock();
  const bucket = tokenBucket({ burst: 2, perSecond: 1 }, clock);
  await bucket.take();
  await bucket.take();
  clock.atMs = 60_000;
  await bucket.take();
  await bucket.take();
  expect(clock.slept).toEqual([]);
  await bucket.take();
  expect(clock.slept).toEqual([1_125]);
});

it('returns the token of a caller that was cancelled while waiting', async () => {
  const clock = standingClock();
  const bucket = tokenBucket({ burst: 1, perSecond: 1 }, clock);
  await bucket.take();
  await expect(bucket.take(AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' });
  await bucket.take();
  expect(clock.slept).toEqual([1_125]);
});

it('gives a caller that may not wait a token that is there, and takes none otherwise', async () => {
  const clock = standingClock();
  const bucket = tokenBucket({ burst: 2, perSecond: 0.5 }, clock);
  expect([bucket.takeNow(), bucket.takeNow(), bucket.takeNow(), bucket.takeNow()]).toEqual([
    true,
    true,
    false,
    false,
  ]);
  await bucket.take();
  expect(clock.slept).toEqual([2_125]);
  clock.atMs = 3_000;
  expect(bucket.takeNow()).toBe(false);
  clock.atMs = 4_000;
  expect(bucket.takeNow()).toBe(true);
});
