/** Progress for a person at a terminal: a spinner, and a bar where the end is known, on one line that goes again. */
import type { WriteStream } from 'node:tty';
import ora from 'ora';
import type { ProgressInShell } from './progress.ts';

const barWidth = 24;

/** Draws on `terminal` alone; stdin stays as it is, for Ctrl-C and for questions. */
export function progressBar(terminal: WriteStream): ProgressInShell {
  // A terminal that was never told its size says 0.
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

/** The bar with its figures and words; the words alone where nobody knows how much there is to do. */
export function barText(done: number, total: number | undefined, message: string): string {
  if (total === undefined || total === 0) return message;
  const filled = Math.round(barWidth * Math.min(1, done / total));
  return `${'█'.repeat(filled)}${'░'.repeat(barWidth - filled)} ${done}/${total} ${message}`;
}
