/** Progress on a terminal: a spinner, plus a bar when the total is known, on one line that is cleared at the end. */

import type { WriteStream } from 'node:tty';
import ora from 'ora';
import type { ProgressInShell } from '../progress.ts';

const barWidth = 24;

/** Draws on `terminal` only; stdin is left alone for Ctrl-C and questions. */
export function progressBar(terminal: WriteStream): ProgressInShell {
  // A terminal without a size reports 0.
  if (terminal.columns === 0) terminal.columns = 80;
  const spinner = ora({ stream: terminal, isEnabled: true, discardStdin: false, hideCursor: false });
  return {
    progress(done, total, message) {
      spinner.text = barText(done, total, message);
      spinner.start();
    },
    end: () => void spinner.stop(),
  };
}

/** The bar with its numbers and message; only the message when the total is unknown. */
export function barText(done: number, total: number | undefined, message: string): string {
  if (total === undefined || total === 0) return message;
  const filled = Math.round(barWidth * Math.min(1, done / total));
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${done}/${total} ${message}`;
}
