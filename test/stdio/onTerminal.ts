/** Commands on a real terminal, by the pty module of python3. */
import { spawnSync } from 'node:child_process';

export const hasPython = spawnSync('python3', ['-c', 'import pty']).status === 0;

/**
 * Runs its words on a terminal of their own and hands on what is typed. What is drawn there goes to stdout; with `apart`
 * it goes to stderr, and the command's stdout is a pipe.
 */
const terminal = `
import os, pty, select, sys
apart, words = sys.argv[1] == 'apart', sys.argv[2:]
pipe = os.dup(1)
child, screen = pty.fork()
if child == 0:
    if apart: os.dup2(pipe, 1)
    os.execvp(words[0], words)
heard = [screen, 0]
while True:
    ready = select.select(heard, [], [])[0]
    if 0 in ready:
        typed = os.read(0, 1024)
        if typed: os.write(screen, typed)
        else: heard.remove(0)
    if screen in ready:
        try: drawn = os.read(screen, 1024)
        except OSError: break
        if not drawn: break
        os.write(2 if apart else 1, drawn)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
`;

/** The arguments of python3 that run a command on a terminal. */
export function onTerminal(words: string[], how: 'apart' | 'together' = 'together'): string[] {
  return ['-c', terminal, how, ...words];
}
