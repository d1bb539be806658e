import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

/** How an adapter waits for somebody else: a quota, a lock. In tests it takes no real time. */
export interface WaitingClock {
  /** Milliseconds on a monotonic clock. */
  nowMs(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

export const machineClock: WaitingClock = {
  nowMs: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal && { signal });
  },
  random: Math.random,
};
