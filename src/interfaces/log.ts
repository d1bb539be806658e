import { format } from 'node:util';
import { maskSecrets } from '../domain/foreignText.ts';

/** One JSON line per event on stderr; stdout belongs to the protocol. */
export function log(
  level: 'info' | 'warn' | 'error',
  event: string,
  details: Record<string, unknown> = {},
): void {
  const line = { at: new Date().toISOString(), level, event, ...maskSecrets(details) };
  process.stderr.write(`${JSON.stringify(line)}\n`);
}

/** Sends what libraries print to the log: stdout belongs to the protocol. */
export function logInsteadOfConsole(): void {
  const say =
    (level: 'info' | 'warn' | 'error') =>
    (...words: unknown[]) =>
      log(level, 'a library printed', { message: format(...words) });
  const [info, warn, error] = [say('info'), say('warn'), say('error')];
  Object.assign(globalThis.console, { log: info, info, debug: info, trace: info, dir: info, warn, error });
}
