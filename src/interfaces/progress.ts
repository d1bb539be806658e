/** Progress for MCP clients and for the shell. */
import type { Watch } from '../ports/time.ts';

type Progress = Watch['progress'];

/** Milliseconds between two reports. */
const everyMs = 2000;

/** Added when only the message is new: too small to read as completed work. */
const nudge = 0.001;

/** Strictly rising, at most every two seconds, across all phases of a tool. */
export function risingProgress(
  send: (done: number, total: number | undefined, message: string) => void,
): Progress {
  let lastMs = 0;
  let last = -1;
  let lastMessage = '';
  /** Where the current phase began, and its progress. */
  let start = 0;
  let reached = 0;
  return (done, total, message) => {
    if (done < reached) start += reached;
    reached = done;
    const nowMs = Date.now();
    const rises = start + done > last;
    if ((!rises && message === lastMessage) || nowMs - lastMs < everyMs) return;
    last = rises ? start + done : last + nudge;
    lastMs = nowMs;
    lastMessage = message;
    send(last, total === undefined ? undefined : start + total, message);
  };
}

export interface ProgressInShell {
  readonly progress: Progress;
  /** Clears the progress line. */
  end(): void;
}

/** Plain lines, at most one every two seconds. */
export function progressLines(say: (line: string) => void): ProgressInShell {
  let lastMs = Date.now();
  return {
    progress(done, total, message) {
      const nowMs = Date.now();
      if (nowMs - lastMs < everyMs) return;
      lastMs = nowMs;
      say(`${total === undefined ? '' : `${done}/${total} `}${message}`);
    },
    end: () => undefined,
  };
}
