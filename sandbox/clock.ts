import type { SandboxClock } from './service.ts';

export interface AdjustableClock extends SandboxClock {
  /** Skips time. @throws RangeError for a negative number */
  advance(ms: number): void;
}

/**
 * A clock that starts at `startMs` (default: now) and runs `speed` times as fast as real time, so that checks take
 * realistic minutes while you wait seconds. At speed 0 it stands still and only `advance` moves it. It never goes
 * back: it follows the monotonic clock.
 */
export function sandboxClock({ speed = 1, startMs = Date.now() } = {}): AdjustableClock {
  const startedAt = performance.now();
  let skippedMs = 0;
  return {
    nowMs: () => Math.floor(startMs + skippedMs + (performance.now() - startedAt) * speed),
    advance(ms) {
      if (ms < 0) throw new RangeError('time does not run backwards');
      skippedMs += ms;
    },
  };
}
