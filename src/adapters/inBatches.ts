import { setImmediate as nextTurn } from 'node:timers/promises';

/** So many files are open at once. */
const batchSize = 32;

/** Does the work for every item, some at a time; answers the results in order. `told` hears how many are done. */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  told: (done: number) => void = () => undefined,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += batchSize) {
    results.push(...(await Promise.all(items.slice(start, start + batchSize).map(work))));
    told(results.length);
    // Work that never waits would leave no turn to anybody else: to a cancellation, to another call.
    await nextTurn();
  }
  return results;
}
