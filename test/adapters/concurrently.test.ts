import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { concurrently } from '../../src/adapters/pool.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

test('results come in the order of the items, whatever finishes first', async () => {
  const task = async (item: number) => {
    for (let turns = item % 3; turns > 0; turns -= 1) await nextTurn();
    return item * 10;
  };
  expect(await concurrently(numbers(50), { limit: 8 }, task)).toEqual(numbers(50).map((item) => item * 10));
});

test('exactly as many tasks as the limit run at once', async () => {
  let running = 0;
  let most = 0;
  await concurrently(numbers(20), { limit: 4 }, async () => {
    running += 1;
    most = Math.max(most, running);
    await nextTurn();
    running -= 1;
  });
  expect(most).toBe(4);
});

test('the first failure stops the queue, and is thrown when the running tasks have ended', async () => {
  const ended: number[] = [];
  const task = async (item: number) => {
    if (item === 1) throw new Error('second');
    await nextTurn();
    ended.push(item);
  };
  await expect(concurrently(numbers(100), { limit: 3 }, task)).rejects.toThrow('second');
  expect(ended).toEqual([0, 2]);
});

test('an aborted signal starts no further task and rejects with an AbortError', async () => {
  const controller = new AbortController();
  const started: number[] = [];
  const task = async (item: number) => {
    started.push(item);
    if (item === 1) controller.abort('the person pressed escape');
    await nextTurn();
  };
  const pool = { limit: 2, signal: controller.signal };
  await expect(concurrently(numbers(10), pool, task)).rejects.toMatchObject({ name: 'AbortError' });
  expect(started).toEqual([0, 1]);
});

test('progress is reported after every batch and at the end; an error from it stops the queue', async () => {
  const seen: number[] = [];
  const task = async () => undefined;
  await concurrently(numbers(10), { limit: 4, onProgress: (done) => seen.push(done) }, task);
  expect(seen).toEqual([4, 8, 10]);

  const onProgress = () => {
    throw new Error('enough');
  };
  await expect(concurrently(numbers(10), { limit: 4, onProgress }, task)).rejects.toThrow('enough');
});

test('tasks that never wait leave the event loop a turn after every batch', async () => {
  let started = 0;
  let startedBeforeTurn = 0;
  setImmediate(() => {
    startedBeforeTurn = started;
  });
  await concurrently(numbers(1000), { limit: 8 }, async () => {
    started += 1;
  });
  expect(started).toBe(1000);
  expect(startedBeforeTurn).toBeLessThanOrEqual(16);
});

test('an empty list gives no results, and an item may be undefined', async () => {
  expect(await concurrently([], { limit: 4 }, async () => 1)).toEqual([]);
  expect(await concurrently([undefined, undefined], { limit: 1 }, async () => 1)).toEqual([1, 1]);
});

test('a limit that falls meanwhile lets the running tasks end, and starts no more than it says', async () => {
  let limit = 8;
  let running = 0;
  const most: number[] = [];
  const done = await concurrently(numbers(60), { limit: () => limit }, async (item) => {
    running += 1;
    most[item] = running;
    await nextTurn();
    if (item === 4) limit = 3;
    running -= 1;
    return item;
  });
  expect(done).toEqual(numbers(60));
  expect(Math.max(...most)).toBe(8);
  expect(Math.max(...most.slice(20))).toBe(3);
});
