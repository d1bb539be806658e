#!/usr/bin/env node
/** Process entry: chooses the interface. The only reader of process.argv and process.env. */
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { asksEveryTime, findHome, mergeEnvironment, settingsPlace } from './environment.ts';
import { log, logInsteadOfConsole } from './faces/log.ts';
import type { ProgressInShell } from './faces/progress.ts';
import type { Ports } from './ports.ts';
import { version } from './version.ts';

const [command, ...words] = process.argv.slice(2);
const home = findHome(process.cwd());
let made: Promise<Ports> | undefined;

/** Adapters are built on the first call: the first answer does not wait for them. */
function ports(): Promise<Ports> {
  made ??= Promise.all([import('./compose.ts'), import('./settings.ts')]).then(
    ([{ compose }, { readSettings }]) =>
      compose(readSettings(mergeEnvironment(process.env, home), home, settingsPlace())),
  );
  return made;
}

/** A client may send its requests and close stdin at once: what is quickly answered still is. */
const stdinGraceMs = 400;
const stop = new AbortController();

/** Ends the process soon, also while a call runs; `graceMs` is for what is about to be answered. */
function leave(status: number, graceMs = 0): void {
  process.exitCode = status;
  setTimeout(() => stop.abort(), graceMs).unref();
  setTimeout(() => process.exit(status), graceMs + 400).unref();
}

/** For the faces: told to stop, the call in flight has a moment to leave the truth in the session. */
function leaveWhenTold(): void {
  process.once('SIGTERM', () => leave(143)).once('SIGINT', () => leave(130));
  process.stdout.on('error', () => leave(0));
  process.stderr.on('error', () => undefined);
}

/** stdout is the protocol's, stderr one JSON line an event, whoever prints. */
function quieten(): void {
  logInsteadOfConsole();
  process.on('warning', ({ name, message }) => log('warn', name, { message }));
  for (const what of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(what, (error: unknown) => {
      log('error', what, { stack: error instanceof Error ? error.stack : String(error) });
      leave(1);
    });
}

// A library's warning that Node is old is nothing to a person in the shell; the server's log keeps it.
process.removeAllListeners('warning');
const shell = {
  out: (text: string) => void process.stdout.write(`${text}\n`),
  err: (text: string) => void process.stderr.write(`${text}\n`),
  signal: stop.signal,
};
/** Where a person sits who can type a yes. */
const terminal = process.stdin.isTTY
  ? () => createInterface({ input: process.stdin, output: process.stderr })
  : undefined;

/** Loaded by a tool that runs on a terminal alone; also a process that must go at once leaves no half of a line. */
async function drawnBar(): Promise<ProgressInShell> {
  const { progressBar } = await import('./faces/progressBar.ts');
  const bar = progressBar(process.stderr);
  process.once('exit', bar.end);
  return bar;
}

switch (command) {
  case undefined: {
    quieten();
    leaveWhenTold();
    const { serveStdio } = await import('./faces/mcp.ts');
    for (const ending of ['end', 'close', 'error'] as const)
      process.stdin.once(ending, () => leave(0, stdinGraceMs));
    await serveStdio(
      { name: 'audit-load-test', version, ports, asksEveryTime: asksEveryTime(process.env, home) },
      stop.signal,
    );
    break;
  }
  case '--version':
    process.stdout.write(`${version}\n`);
    break;
  case '--help':
  case '-h':
  case 'help': {
    const { help } = await import('./faces/cli.ts');
    process.stdout.write(`${help(version)}\n`);
    break;
  }
  case 'sandbox': {
    const { runSandbox } = await import('../sandbox/world/runSandbox.ts');
    await runSandbox({ dagsFolder: join(home, 'dags') });
    break;
  }
  case 'demo': {
    const { runDemo } = await import('../sandbox/demo/demo.ts');
    await runDemo({
      serverFile: fileURLToPath(import.meta.url),
      dagsFolder: join(home, 'dags'),
      print: (line) => process.stdout.write(`${line}\n`),
    });
    break;
  }
  case 'docs': {
    const { toolsPage, writePages } = await import('./faces/docs.ts');
    if (words.includes('--write')) writePages(process.cwd());
    else process.stdout.write(toolsPage());
    break;
  }
  case 'approve': {
    const { runApprove } = await import('./faces/approve.ts');
    const open = terminal?.();
    process.exitCode = await runApprove(words, ports, open, shell);
    open?.close();
    break;
  }
  default: {
    leaveWhenTold();
    const { runTool } = await import('./faces/cli.ts');
    const draws = process.stderr.isTTY && process.env.TERM !== 'dumb';
    const status = await runTool(command, words, ports, {
      ...shell,
      ...(draws ? { progress: drawnBar } : {}),
      ...(terminal === undefined ? {} : { terminal }),
    });
    if (!stop.signal.aborted) process.exitCode = status;
  }
}
