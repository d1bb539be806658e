/** The time limit of a whole call: clients give up after a minute, and then nobody knows what happened. */
import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { ToolError } from '../domain/errors.ts';
import type { Clock } from '../ports/time.ts';
import type { ToolCall } from '../tools/tool.ts';

/** A call is told to stop then, the time that the user takes to answer aside. */
const longestCallMs = 47_000;
/** What stops is given this long, so that every call has answered after 50 s. */
const stoppingMs = 2_000;

/** Runs a call within its time. @throws ToolError UPSTREAM when the time is up */
export async function withinCallDeadline<Result>(
  clock: Pick<Clock, 'timer'>,
  tool: string,
  call: ToolCall,
  run: (call: ToolCall) => Promise<Result>,
): Promise<Result> {
  const timeUp = new AbortController();
  let giveUp = (_error: ToolError) => {};
  const overdue = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  let cancel = () => {};
  let leftMs = longestCallMs;
  let sinceMs = 0;

  function start(): void {
    sinceMs = performance.now();
    cancel = clock.timer(leftMs, () => {
      timeUp.abort();
      cancel = clock.timer(stoppingMs, () => giveUp(stopped(tool, false)));
    });
  }

  function pausing(ask: ToolCall['ask']): ToolCall['ask'] {
    return async (question) => {
      cancel();
      leftMs -= performance.now() - sinceMs;
      try {
        return await ask(question);
      } finally {
        start();
      }
    };
  }

  start();
  try {
    const signal = AbortSignal.any([call.signal, timeUp.signal]);
    // One upload adds hundreds of listeners to the signal.
    setMaxListeners(0, signal);
    const limited: ToolCall = {
      ...call,
      signal,
      ask: pausing(call.ask),
      ...(call.askAtTerminal && { askAtTerminal: pausing(call.askAtTerminal) }),
    };
    return await Promise.race([run(limited), overdue]);
  } catch (error) {
    // A failure with a code of its own says more, for example that AWS throttles.
    if (!timeUp.signal.aborted || call.signal.aborted || error instanceof ToolError) throw error;
    throw stopped(tool, true);
  } finally {
    cancel();
  }
}

function stopped(tool: string, hasEnded: boolean): ToolError {
  const state = hasEnded ? 'was stopped' : 'was told to stop, and may still be stopping';
  return new ToolError(
    'UPSTREAM',
    `${tool} did not end within ${(longestCallMs + stoppingMs) / 1000} s and ${state}. Completed work was kept.`,
    {
      next: `call ${tool} again: it continues where it stopped. showSession shows the current state.`,
    },
  );
}
