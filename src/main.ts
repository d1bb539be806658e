#!/usr/bin/env node
/**
 * The entry point: without a command it serves MCP over stdio, with one it runs in the shell.
 * The only file that reads the command line and the environment. Modules are imported when a command needs them, so
 * that the server's first answer does not wait for the rest.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from './domain/version.ts';
import { askedTools, findHome, mergeEnvironment, settingsPlace } from './environment.ts';
import { log, logInsteadOfConsole } from './interfaces/log.ts';
import type { ProgressInShell } from './interfaces/progress.ts';
import type { Ports } from './ports/ports.ts';

/** A client may send its requests and close stdin at once: fast answers are still sent. */
const stdinGraceMs = 1000;
/** How long a call may record its state in the session after it is aborted. */
const abortGraceMs = 400;

const [command, ...args] = process.argv.slice(2);
const home = findHome(process.cwd());
const stop = new AbortController();
const shell = { out: printLine, err: printErrorLine, signal: stop.signal };
let composed: Promise<Ports> | undefined;

// The AWS SDK comes with the bundle: what it says about its next versions concerns our package.json, not the user.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

await run();

async function run(): Promise<void> {
  // Node's own warnings mean nothing to a shell user; the server logs them.
  process.removeAllListeners('warning');
  switch (command) {
    case undefined:
      return serveMcp();
    case '--version':
      return printLine(version);
    case '--help':
    case '-h':
    case 'help':
      return printHelp();
    case 'sandbox':
      return startSandbox();
    case 'demo':
      return playDemo();
    case 'docs':
      return printDocs();
    case 'approve':
      return approveReview();
    case 'explain':
      return explainLogs();
    case 'now':
      return printNow();
    case 'wait':
      return waitForRound();
    default:
      return callTool(command);
  }
}

async function serveMcp(): Promise<void> {
  logEverything();
  exitOnSignals();
  const { startServer } = await import('./interfaces/mcp/start.ts');
  for (const event of ['end', 'close', 'error'] as const)
    process.stdin.once(event, () => exitSoon(0, stdinGraceMs));
  const asksEveryTime = await askedTools(process.env, home);
  await startServer({ name: 'audit-load-test', version, ports, asksEveryTime }, stop.signal);
}

async function callTool(name: string): Promise<void> {
  exitOnSignals();
  const { runTool } = await import('./interfaces/cli/cli.ts');
  const drawsBar = process.stderr.isTTY && process.env.TERM !== 'dumb';
  const status = await runTool(name, args, ports, {
    ...shell,
    ...(drawsBar ? { progress: drawProgressBar } : {}),
    ...(process.stdin.isTTY ? { terminal: await terminalOpener() } : {}),
  });
  if (!stop.signal.aborted) process.exitCode = status;
}

async function approveReview(): Promise<void> {
  const { runApprove } = await import('./interfaces/cli/approve.ts');
  const terminal = process.stdin.isTTY ? (await terminalOpener())() : undefined;
  process.exitCode = await runApprove(args, ports, terminal, shell);
  terminal?.close();
}

async function explainLogs(): Promise<void> {
  const { runExplain } = await import('./interfaces/cli/explain.ts');
  process.exitCode = await runExplain(args, ports, shell);
}

async function printNow(): Promise<void> {
  const { currentStamp } = await import('./interfaces/cli/now.ts');
  printLine(await currentStamp(await ports()));
}

async function waitForRound(): Promise<void> {
  exitOnSignals();
  const { runWait } = await import('./interfaces/cli/wait.ts');
  const status = await runWait(args, ports, shell);
  if (!stop.signal.aborted) process.exitCode = status;
}

async function printHelp(): Promise<void> {
  const { help } = await import('./interfaces/cli/cli.ts');
  printLine(help(version));
}

async function printDocs(): Promise<void> {
  const { toolsPage, writePages } = await import('./interfaces/cli/docs.ts');
  if (args.includes('--write')) await writePages(process.cwd());
  else process.stdout.write(toolsPage());
}

async function startSandbox(): Promise<void> {
  const engine = await readEngine();
  if (engine === undefined) return;
  const { runSandbox } = await import('../sandbox/world/world.ts');
  await runSandbox({ dagsFolder: join(home, 'dags'), ...engine });
}

async function playDemo(): Promise<void> {
  exitOnSignals();
  const engine = await readEngine();
  if (engine === undefined) return;
  const options = {
    serverFile: fileURLToPath(import.meta.url),
    dagsFolder: join(home, 'dags'),
    print: printLine,
  };
  if (engine.spark === undefined) {
    const { runDemo } = await import('../sandbox/world/demo.ts');
    await runDemo(options);
  } else {
    const { runSparkDemo } = await import('../sandbox/world/sparkDemo.ts');
    await runSparkDemo({ ...options, spark: engine.spark });
  }
}

/** `--engine spark`: steps really run. Undefined, with the reason on stderr, where they cannot. */
async function readEngine() {
  const { chooseEngine } = await import('../sandbox/spark/places.ts');
  const chosen = await chooseEngine(args, home, printErrorLine);
  if ('problem' in chosen) {
    printErrorLine(chosen.problem);
    process.exitCode = 1;
    return undefined;
  }
  return chosen;
}

/** Reads the settings and builds the adapters, on the first call only. */
function ports(): Promise<Ports> {
  composed ??= composePorts();
  return composed;
}

async function composePorts(): Promise<Ports> {
  const [{ compose }, { readSettings }] = await Promise.all([
    import('./compose.ts'),
    import('./settings.ts'),
  ]);
  return compose(readSettings(await mergeEnvironment(process.env, home), home, settingsPlace()));
}

/** Aborts running calls after `graceMs`, and ends the process even if they do not return. */
function exitSoon(status: number, graceMs = 0): void {
  process.exitCode = status;
  setTimeout(() => stop.abort(), graceMs).unref();
  setTimeout(() => endNow(status), graceMs + abortGraceMs).unref();
}

/** Node's own exit waits for ever for a file or a name server that does not answer. */
function endNow(status: number): void {
  const isStuck = process.getActiveResourcesInfo().some((name) => /^(?:FSReq|GetAddrInfo)/.test(name));
  if (isStuck) process.kill(process.pid, 'SIGKILL');
  process.exit(status);
}

function exitOnSignals(): void {
  process.once('SIGTERM', () => exitSoon(143)).once('SIGINT', () => exitSoon(130));
  process.stdout.on('error', () => exitSoon(0));
  process.stderr.on('error', () => undefined);
}

/** Keeps stdout for the protocol: console output, warnings and uncaught errors become JSON lines on stderr. */
function logEverything(): void {
  logInsteadOfConsole();
  process.on('warning', ({ name, message }) => log('warn', name, { message }));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error: unknown) => {
      log('error', event, { stack: error instanceof Error ? error.stack : String(error) });
      exitSoon(1);
    });
}

/** Asks on stderr: stdout is for results. */
async function terminalOpener() {
  const { createInterface } = await import('node:readline/promises');
  return () => createInterface({ input: process.stdin, output: process.stderr });
}

/** Clears the bar also when the process exits during a call. */
async function drawProgressBar(): Promise<ProgressInShell> {
  const { progressBar } = await import('./interfaces/cli/progressBar.ts');
  const bar = progressBar(process.stderr);
  process.once('exit', bar.end);
  return bar;
}

function printLine(text: string): void {
  process.stdout.write(`${text}\n`);
}

function printErrorLine(text: string): void {
  process.stderr.write(`${text}\n`);
}
