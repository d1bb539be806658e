/** Milliseconds between two pings: a call that ends sooner sends none. */
const pingEveryMs = 5000;

/**
 * Pings the client while `work` runs. A dead pipe shows only on a write, and a long call may write nothing; without a
 * ping the process would outlive its client until the call ends. The answer, or its absence, is ignored.
 */
export async function withPulse<Result>(
  ping: () => Promise<unknown>,
  work: () => Promise<Result>,
): Promise<Result> {
  const timer = setInterval(() => void ping().catch(() => undefined), pingEveryMs);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
