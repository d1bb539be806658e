/** Doing one thing for many, a few at a time. */

/**
 * Runs `task` over `items`, at most `limit` at once. The first failure stops the queue; what is under way is
 * awaited, so that the caller knows exactly what took effect, and then the failure is thrown.
 */
export async function concurrently<Item>(
  items: readonly Item[],
  limit: number,
  signal: AbortSignal | undefined,
  task: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failure: { error: unknown } | undefined;
  const worker = async () => {
    while (failure === undefined) {
      const item = items[next++];
      if (item === undefined) return;
      try {
        if (signal?.aborted) throw new DOMException('The call was cancelled.', 'AbortError');
        await task(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failure !== undefined) throw failure.error;
}
