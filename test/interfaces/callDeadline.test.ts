import { expect, test } from 'vitest';
import { ToolError } from '../../src/domain/errors.ts';
import { withinCallDeadline } from '../../src/interfaces/callDeadline.ts';
import type { ToolCall } from '../../src/tools/tool.ts';

/** A clock whose timers the test fires; `set` lists how long each waits that was not cancelled. */
function handClock() {
  const timers = new Map<() => void, number>();
  return {
    timer: (ms: number, due: () => void) => {
      timers.set(due, ms);
      return () => void timers.delete(due);
    },
    set: () => [...timers.values()].map((ms) => Math.round(ms / 1000)),
    fire() {
      const [due] = timers.keys();
      if (due === undefined) throw new Error('no timer is set');
      timers.delete(due);
      due();
    },
  };
}

const callOf = (signal = new AbortController().signal): ToolCall => ({
  signal,
  progress: () => undefined,
  ask: async () => 'accepted',
});
const untilStopped = ({ signal }: ToolCall) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

test('a call that ends in time is not touched, and leaves no timer', async () => {
  const clock = handClock();
  expect(await withinCallDeadline(clock, 'pollCluster', callOf(), async () => 7)).toBe(7);
  expect(clock.set()).toEqual([]);
});

test('a call whose time is up is stopped, and the answer says what to do', async () => {
  const clock = handClock();
  const pending = withinCallDeadline(clock, 'uploadChecks', callOf(), untilStopped);
  expect(clock.set()).toEqual([47]);
  clock.fire();
  await expect(pending).rejects.toMatchObject({
    code: 'UPSTREAM',
    message: 'uploadChecks did not end within 49 s and was stopped. Completed work was kept.',
    next: 'call uploadChecks again: it continues where it stopped. showSession shows the current state.',
  });
});

test('a call that does not stop is answered anyway, and not called stopped', async () => {
  const clock = handClock();
  const pending = withinCallDeadline(clock, 'uploadChecks', callOf(), () => new Promise(() => undefined));
  clock.fire();
  expect(clock.set()).toEqual([2]);
  clock.fire();
  await expect(pending).rejects.toThrow('was told to stop, and may still be stopping');
});

test('a failure with a code of its own, and the client’s cancellation, stay what they are', async () => {
  const clock = handClock();
  const throttled = new ToolError('UPSTREAM', 'EMR throttles.', { next: 'wait' });
  const failing = withinCallDeadline(clock, 'markRound', callOf(), (call) =>
    untilStopped(call).catch(() => Promise.reject(throttled)),
  );
  clock.fire();
  await expect(failing).rejects.toBe(throttled);
  const client = new AbortController();
  const cancelled = withinCallDeadline(clock, 'markRound', callOf(client.signal), untilStopped);
  client.abort(new Error('cancelled by the client'));
  await expect(cancelled).rejects.toThrow('cancelled by the client');
});

test('the time that the user takes to answer does not count', async () => {
  const clock = handClock();
  let answer = (_answer: 'accepted') => {};
  const call: ToolCall = {
    ...callOf(),
    ask: () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  };
  const pending = withinCallDeadline(clock, 'uploadChecks', call, (limited) => limited.ask('Upload?'));
  expect(clock.set()).toEqual([]);
  answer('accepted');
  expect(await pending).toBe('accepted');
  expect(clock.set()).toEqual([]);
});
