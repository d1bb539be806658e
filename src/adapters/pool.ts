/** Runs many tasks, a few at a time. */
import { setImmediate as nextTurn } from 'node:timers/promises';

export interface Pool {
  /** How many tasks run at once; a function may lower the number meanwhile. */
  readonly limit: number | (() => number);
  /** No further task starts once it is aborted. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every `limit` finished tasks and after the last one; an error it throws stops the pool. */
  readonly onProgress?: (done: number) => void;
}

/**
 * Runs `task` over `items` and returns the results in the order of the items. The first failure stops the queue. It is
 * thrown after the running tasks have ended, so that the caller knows exactly what took effect.
 */
export async function concurrently<Item, Result>(
  items: readonly Item[],
  { limit, signal, onProgress }: Pool,
  task: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Array<Result>(items.length);
  const queue = items.entries();
  let done = 0;
  let failure: { error: unknown } | undefined;
  let turn: Promise<void> | undefined;
  const most = () => (typeof limit === 'number' ? limit : limit());
  const worker = async (number: number) => {
    for (const [index, item] of queue) {
      try {
        if (signal?.aborted) throw new DOMException('The call was cancelled.', 'AbortError');
        results[index] = await task(item);
        done += 1;
        if (done % most() === 0 || done === items.length) {
          onProgress?.(done);
          // Tasks that never wait for anything would keep the event loop from a cancellation or another call.
          turn = nextTurn();
        }
        await turn;
      } catch (error) {
        failure ??= { error };
      }
      if (failure !== undefined || number >= most()) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(most(), items.length) }, (_, number) => worker(number)));
  if (failure !== undefined) throw failure.error;
  return results;
}

/** The items in their order, `size` in each part but the last. */
export function inParts<Item>(items: readonly Item[], size: number): (readonly Item[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}
