import type { SandboxClock } from './service.ts';

/**
 * A clock that starts at `startMs` (now) and runs `speed` times as fast as the machine's, so that checks take
 * realistic minutes while a person waits seconds. It never goes back: it follows the monotonic clock.
 */
export function runningClock(options: { speed?: number; startMs?: number } = {}): SandboxClock {
  const speed = options.speed ?? 1;
  const startMs = options.startMs ?? Date.now();
  const startedAt = performance.now();
  return { speed, nowMs: () => Math.floor(startMs + (performance.now() - startedAt) * speed) };
}

export interface ManualClock extends SandboxClock {
  advance(ms: number): void;
}

/** A clock that stands still until a test moves it on. */
export function manualClock(startMs: number): ManualClock {
  let nowMs = startMs;
  return {
    speed: 0,
    nowMs: () => nowMs,
    advance: (ms) => {
      if (ms < 0) throw new RangeError('time does not run backwards');
      nowMs += ms;
    },
  };
}
