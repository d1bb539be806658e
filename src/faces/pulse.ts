/** Milliseconds between two pings: a short call sends none, and a process that nobody listens to is gone in a second. */
const everyMs = 600;

/**
 * Pings the client while `work` lasts. A pipe that nobody reads shows only when something is written to it, and a long
 * call may write nothing; whether a client answers, or how, is nothing to us.
 */
export async function withPulse<Result>(
  ping: () => Promise<unknown>,
  work: () => Promise<Result>,
): Promise<Result> {
  const timer = setInterval(() => void ping().catch(() => undefined), everyMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
