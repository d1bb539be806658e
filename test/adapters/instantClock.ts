/** A clock that does not really wait, and adds up the waiting time. */
export function instantClock() {
  let nowMs = 0;
  const clock = {
    waitedMs: 0,
    nowMs: () => nowMs,
    random: () => 0,
    sleep: async (ms: number) => {
      nowMs += ms;
      clock.waitedMs += ms;
    },
  };
  return clock;
}
