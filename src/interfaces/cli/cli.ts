/** The shell interface: every tool as a command. */
import { setMaxListeners } from 'node:events';
import type { Interface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { ToolError } from '../../domain/errors.ts';
import { nearestOf } from '../../domain/text.ts';
import type { Ports } from '../../ports/ports.ts';
import { tools } from '../../tools/index.ts';
import type { Answer, Tool, ToolCall } from '../../tools/tool.ts';
import { invoke, toolErrorIn } from '../invoke.ts';
import { type ProgressInShell, progressLines } from '../progress.ts';
import { inputSchemaOf, type JsonSchema, meaningOf, parseArguments } from '../schemas.ts';
import { saysYes } from './terminal.ts';

export interface Shell {
  out(text: string): void;
  err(text: string): void;
  readonly signal: AbortSignal;
  /** Where to ask the user; absent without a terminal. */
  readonly terminal?: () => Interface;
  /** How to show progress; plain lines when absent. */
  progress?(): Promise<ProgressInShell>;
}

/** Exit status: 0 done, 1 tool error or open question, 2 bad usage, 3 a round with failures (`wait`) or a gate that fails (`failOn`). */
export type ExitStatus = 0 | 1 | 2 | 3;

/** Runs the tool `name` with command-line options: `scaleConfigs --load 2x --dryRun`. */
export async function runTool(
  name: string,
  words: readonly string[],
  ports: () => Promise<Ports>,
  shell: Shell,
): Promise<ExitStatus> {
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined) return unknownCommand(name, shell);
  if (words.includes('--help') || words.includes('-h')) {
    shell.out(helpOn(tool));
    return 0;
  }
  let given: { json: boolean; parsed: Record<string, unknown> };
  try {
    const { json, ...options } = readOptions(tool, words);
    given = { json: json === true, parsed: parseArguments(tool, options) };
  } catch (error) {
    const expected = toolErrorIn(error);
    if (expected === undefined) throw error;
    shell.err(expected.text);
    return 2;
  }
  const { progress, end } = (await shell.progress?.()) ?? progressLines(shell.err);
  try {
    setMaxListeners(0, shell.signal);
    const call: ToolCall = {
      signal: shell.signal,
      progress,
      ask: async () => 'unanswered',
      ...(shell.terminal === undefined ? {} : { askAtTerminal: asking(shell.terminal, end) }),
    };
    const { structured, text } = await invoke(tool, given.parsed, await ports(), call).finally(end);
    shell.out(given.json ? JSON.stringify(structured, null, 2) : text);
    if (isQuestion(structured)) return 1;
    return hasFailedGate(structured) ? 3 : 0;
  } catch (error) {
    const expected = toolErrorIn(error);
    if (expected === undefined) return internalError(tool, error, shell);
    shell.err(
      given.json
        ? JSON.stringify({ code: expected.code, message: expected.message, next: expected.next })
        : expected.text,
    );
    return 1;
  }
}

/** Asks on the terminal, after clearing the progress line. */
function asking(terminal: () => Interface, clear: () => void) {
  return async (question: string): Promise<Answer> => {
    clear();
    const open = terminal();
    try {
      return (await saysYes(open, `${question}\nType yes: `)) ? 'accepted' : 'declined';
    } finally {
      open.close();
    }
  };
}

function internalError(tool: Tool, error: unknown, shell: Shell): ExitStatus {
  shell.err(
    shell.signal.aborted
      ? 'Stopped. Completed work was kept. Next: showSession shows the current state.'
      : `INTERNAL: ${tool.name} failed because of a bug in audit-load-test. Next: showSession shows the current state.\n${error instanceof Error ? error.stack : String(error)}`,
  );
  return 1;
}

/** The user has to act: an open question, or something that checkSetup found missing. */
function isQuestion(structured: Record<string, unknown>): boolean {
  if (structured.ok === false) return true;
  return ['awaiting_approval', 'needs_overwrite', 'needs_decision'].includes(String(structured.status));
}

function hasFailedGate({ failedOn }: Record<string, unknown>): boolean {
  return Array.isArray(failedOn) && failedOn.length > 0;
}

/** @throws ToolError BAD_INPUT for a positional argument */
function readOptions(tool: Tool, words: readonly string[]): Record<string, unknown> {
  const kinds = optionKinds(tool);
  const options = Object.fromEntries(
    [...kinds].map(([name, kind]) => [
      name,
      {
        type: kind === 'boolean' ? ('boolean' as const) : ('string' as const),
        // `--failOn missed --failOn failed` is a list of two.
        multiple: kind === 'array',
      },
    ]),
  );
  const { values, positionals } = parseArgs({
    args: joined(words, kinds),
    options: { ...options, json: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
    allowNegative: true,
  });
  const unknown = Object.keys(values).some((name) => name !== 'json' && !kinds.has(name));
  if (positionals.length > 0 && !unknown)
    throw new ToolError(
      'BAD_INPUT',
      `${JSON.stringify(positionals[0])} is not an option. Nothing was changed.`,
      {
        next: `name the argument, as in: audit-load-test ${tool.name} ${[...kinds.keys()].slice(0, 1).map((name) => `--${name} ${positionals[0]}`)}`,
      },
    );
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typed(value, kinds.get(name))]),
  );
}

/** Users write `--approved true` after reading `approved: true`; parseArgs accepts only `--approved=true`. */
function joined(words: readonly string[], kinds: ReadonlyMap<string, string>): string[] {
  return words.flatMap((word, index) => {
    const before = words[index - 1];
    if (isSwitch(before, kinds) && /^(true|false)$/.test(word)) return [];
    const next = words[index + 1];
    return isSwitch(word, kinds) && /^(true|false)$/.test(next ?? '') ? [`${word}=${next}`] : [word];
  });
}

function isSwitch(word: string | undefined, kinds: ReadonlyMap<string, string>): boolean {
  return word?.startsWith('--') === true && kinds.get(word.slice(2)) === 'boolean';
}

/** Converts to the argument's type; anything else stays as it is, and the schema refuses it. */
function typed(value: unknown, kind: string | undefined): unknown {
  if (kind === 'integer' && typeof value === 'string' && /^-?\d+$/.test(value)) return Number(value);
  if (kind === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}

function properties(tool: Tool): [string, JsonSchema][] {
  return Object.entries(inputSchemaOf(tool).properties ?? {});
}

function optionKinds(tool: Tool): Map<string, string> {
  return new Map(properties(tool).map(([name, property]) => [name, property.type ?? 'string']));
}

function unknownCommand(name: string, shell: Shell): ExitStatus {
  const meant = nearestOf(
    name,
    tools.map((tool) => tool.name),
  );
  shell.err(
    `There is no command ${JSON.stringify(name)}.${meant === undefined ? '' : ` Did you mean ${meant}?`} audit-load-test --help lists them.`,
  );
  return 2;
}

/** The list of commands, from the same registry as the MCP tools. */
export function help(version: string): string {
  const width = Math.max(...tools.map((tool) => tool.name.length));
  return [
    `audit-load-test ${version}: load-test audit checks, one load level after another.`,
    '',
    'audit-load-test                      serves MCP over stdio',
    'audit-load-test <tool> [--name value] [--json]   runs one tool',
    'audit-load-test approve <reviewId>   approves a review (terminal only)',
    'audit-load-test explain FILE… [--json]   says why a step failed, from its logs on disk',
    'audit-load-test now                  prints the current time by the clock of AWS',
    'audit-load-test wait [--schedule …]  waits until the latest round is done',
    'audit-load-test sandbox              runs an embedded AWS and a sample repository until stopped',
    'audit-load-test demo                 plays a whole load test in the sandbox',
    '',
    ...tools.map((tool) => `  ${tool.name.padEnd(width)}  ${tool.title}`),
    '',
    'audit-load-test <tool> --help lists its arguments. Exit status: 0 done, 1 error or open question, 2 bad usage, 3 steps did not complete (wait) or a gate of buildReport --failOn fails.',
  ].join('\n');
}

function helpOn(tool: Tool): string {
  const rows = properties(tool).map(([name, property]) => {
    const { type, description, default: standard } = property;
    const words = [
      ...(description === undefined ? [] : [description]),
      ...(type === undefined || type === 'boolean' || (type === 'string' && !property.enum)
        ? []
        : [meaningOf(property)]),
      ...(standard === undefined || standard === false ? [] : [`default ${String(standard)}`]),
    ];
    return `  --${name}${words.length === 0 ? '' : `  ${words.join('; ')}`}`;
  });
  return [
    `${tool.name}: ${tool.title}`,
    '',
    tool.description,
    ...(rows.length > 0 ? ['', ...rows] : []),
  ].join('\n');
}
