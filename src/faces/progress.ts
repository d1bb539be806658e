/** Progress on its way out: to an MCP client, or to a person in the shell. */
import type { Watch } from '../ports.ts';

type Progress = Watch['progress'];

/** Milliseconds between two words on progress. */
const everyMs = 2000;

/** What is added where only the words are new: too little to be taken for work that was done. */
const nudge = 0.001;

/** Strictly rising and at most every two seconds, whatever the tool says how often, and through all its phases. */
export function risingProgress(
  send: (done: number, total: number | undefined, message: string) => void,
): Progress {
  let lastMs = 0;
  let last = -1;
  let lastMessage = '';
  /** Where the present phase begins, and how far it has come. */
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
  /** Takes away a line that was being rewritten. */
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
