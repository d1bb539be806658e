/** `wait`: blocks until the latest round is done, for a background shell. */
import { setTimeout as sleep } from 'node:timers/promises';
import { schedules } from '../../domain/schedules.ts';
import type { Ports } from '../../ports/ports.ts';
import { pollCluster } from '../../tools/pollCluster.ts';
import { invoke, toolErrorIn } from '../invoke.ts';
import type { ExitStatus, Shell } from './cli.ts';

/** Between two lines of progress. */
const lineMs = 10 * 60_000;
/** Failures of AWS in a row after which waiting is given up. */
const mostFailures = 10;
const pauseAfterFailureMs = 60_000;

interface Waiting {
  readonly now: () => number;
  readonly pause: (ms: number) => Promise<void>;
}

const realTime = (signal: AbortSignal): Waiting => ({
  now: Date.now,
  pause: async (ms) => {
    await sleep(ms, undefined, { signal });
  },
});

/**
 * Returns the exit status as the round's outcome: 0 if every step completed, 3 if steps failed or were cut off, 1 for a question or
 * an error, 2 for bad usage. AWS may be away for a while.
 */
export async function runWait(
  args: readonly string[],
  ports: () => Promise<Ports>,
  shell: Pick<Shell, 'out' | 'err' | 'signal'>,
  time: Waiting = realTime(shell.signal),
): Promise<ExitStatus> {
  const given = scheduleIn(args);
  if (given === undefined) {
    shell.err(usage);
    return args.includes('--help') || args.includes('-h') ? 0 : 2;
  }
  let nextLineMs = time.now() + lineMs;
  let failures = 0;
  for (;;) {
    try {
      const answer = pollCluster.output.parse((await look(given, await ports(), shell)).structured);
      failures = 0;
      if (answer.status === 'done' || answer.status === 'ended_without_steps') {
        shell.out(answer.summary);
        return answer.done && answer.steps.completed === answer.steps.total ? 0 : 3;
      }
      if (answer.status === 'needs_decision') {
        shell.out([answer.summary, ...answer.nextSteps].join('\n'));
        return 1;
      }
      if (time.now() >= nextLineMs) {
        shell.out(answer.summary);
        nextLineMs = time.now() + lineMs;
      }
      await time.pause(answer.pollAfterSeconds * 1000);
    } catch (error) {
      const expected = toolErrorIn(error);
      if (expected === undefined) throw error;
      failures += 1;
      if (expected.code !== 'UPSTREAM' || failures >= mostFailures) {
        shell.err(expected.text);
        return 1;
      }
      await time.pause(pauseAfterFailureMs);
    }
  }
}

function look(given: { schedule?: string }, ports: Ports, shell: Pick<Shell, 'signal'>) {
  const call = { signal: shell.signal, progress: () => undefined, ask: async () => 'unanswered' as const };
  return invoke(pollCluster, { ...given, waitSeconds: 0 }, ports, call);
}

/** `--schedule hourly` or `--schedule=hourly`; undefined for anything else. */
function scheduleIn(args: readonly string[]): { schedule?: string } | undefined {
  if (args.length === 0) return {};
  const [option = '', value = ''] = args.length === 1 ? (args[0] ?? '').split('=') : args;
  const schedule = schedules.find((one) => one === value);
  return option === '--schedule' && args.length <= 2 && schedule !== undefined ? { schedule } : undefined;
}

const usage = `audit-load-test wait [--schedule ${schedules.join('|')}]

Waits until the latest round is done, with a line every ten minutes. Exit status: 0 every step completed, 3 steps failed or the round was cut short, 1 error or open question, 2 bad usage.`;
