#!/usr/bin/env node
/** Process entry: which face to show. The only reader of process.argv and process.env. */
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { findHome, mergeEnvironment } from './environment.ts';
import { log } from './faces/log.ts';
import type { Ports } from './ports.ts';
import { version } from './version.ts';

const [command, ...words] = process.argv.slice(2);
const home = findHome(process.cwd());
let made: Promise<Ports> | undefined;

/** Adapters are built on the first call: the first answer does not wait for them. */
function ports(): Promise<Ports> {
  made ??= Promise.all([import('./compose.ts'), import('./settings.ts')]).then(
    ([{ compose }, { readSettings }]) => compose(readSettings(mergeEnvironment(process.env, home), home)),
  );
  return made;
}

// Warnings of Node and of libraries are for the log: the server's stderr is one JSON line per event.
process.removeAllListeners('warning');
process.on('warning', ({ name, message }) => {
  if (command === undefined) log('warn', name, { message });
});

const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => leave(signal === 'SIGINT' ? 130 : 0));
process.stdout.on('error', () => leave(0));

/** Gives a call in flight a moment to record the truth, then goes. */
function leave(status: number): void {
  stop.abort();
  setTimeout(() => process.exit(status), 300).unref();
}

switch (command) {
  case undefined: {
    const { serveStdio } = await import('./faces/mcp.ts');
    process.stdin.once('end', () => leave(0)).once('close', () => leave(0));
    const asksEveryTime = process.env.REQUIRE_USER_INTERACTION !== 'false';
    await serveStdio({ name: 'audit-load-test', version, ports, asksEveryTime });
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
    const { runSandbox } = await import('./sandbox/runSandbox.ts');
    await runSandbox({ dagsFolder: join(home, 'dags') });
    break;
  }
  case 'demo': {
    const { runDemo } = await import('./sandbox/demo.ts');
    await runDemo({
      serverFile: fileURLToPath(import.meta.url),
      dagsFolder: join(home, 'dags'),
      print: (line) => process.stdout.write(`${line}\n`),
    });
    break;
  }
  case 'docs': {
    const { toolsPage } = await import('./faces/docs.ts');
    process.stdout.write(toolsPage());
    break;
  }
  case 'approve': {
    const { approve } = await import('./faces/approve.ts');
    const { toolErrorIn } = await import('./faces/invoke.ts');
    const terminal = process.stdin.isTTY
      ? createInterface({ input: process.stdin, output: process.stderr })
      : undefined;
    try {
      process.stdout.write(`${await approve(words[0], await ports(), terminal)}\n`);
    } catch (error) {
      const foreseen = toolErrorIn(error);
      if (foreseen === undefined) throw error;
      process.stderr.write(`${foreseen.text}\n`);
      process.exitCode = 1;
    } finally {
      terminal?.close();
    }
    break;
  }
  default: {
    const { runTool } = await import('./faces/cli.ts');
    const shell = {
      out: (text: string) => process.stdout.write(`${text}\n`),
      err: (text: string) => process.stderr.write(`${text}\n`),
      signal: stop.signal,
    };
    process.exitCode = await runTool(command, words, ports, shell).catch((error: unknown) => {
      log('error', `${command} failed`, { stack: error instanceof Error ? error.stack : String(error) });
      return 1;
    });
  }
}
