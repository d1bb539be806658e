import { expect, test } from 'vitest';
import { lookWithin } from '../../src/workflow/deadline.ts';

/** A timer that a test fires. */
function handTimer() {
  let fire = () => {};
  let cancelled = 0;
  return {
    timer: (_ms: number, due: () => void) => {
      fire = due;
      return () => void cancelled++;
    },
    fire: () => fire(),
    cancelled: () => cancelled,
  };
}

const untilAborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const watchOf = (signal: AbortSignal) => ({ signal, progress: () => undefined });

test('a look that ends in time returns what it found, and its timer is cancelled', async () => {
  const clock = handTimer();
  const look = await lookWithin(clock, watchOf(new AbortController().signal), 1000, async () => 7);
  expect(look).toEqual({ found: 7 });
  expect(clock.cancelled()).toBe(1);
});

test('a look whose time is up is stopped, and says so', async () => {
  const clock = handTimer();
  const pending = lookWithin(clock, watchOf(new AbortController().signal), 1000, ({ signal }) =>
    untilAborted(signal),
  );
  clock.fire();
  expect(await pending).toEqual({ late: true });
});

test('the caller’s cancellation and a failure of the look itself pass through', async () => {
  const call = new AbortController();
  const pending = lookWithin(handTimer(), watchOf(call.signal), 1000, ({ signal }) => untilAborted(signal));
  call.abort(new Error('cancelled'));
  await expect(pending).rejects.toThrow('cancelled');
  const failing = lookWithin(handTimer(), watchOf(new AbortController().signal), 1000, async () => {
    throw new Error('denied');
  });
  await expect(failing).rejects.toThrow('denied');
});
