/** How either face calls a tool: arguments checked in our words, settings required, the result checked, text derived. */
import type * as z from 'zod';
import { ToolError } from '../errors.ts';
import { nearestOf } from '../nearest.ts';
import type { Ports } from '../ports.ts';
import type { Tool, ToolCall } from '../tools/tool.ts';

export interface Answered {
  readonly structured: Record<string, unknown>;
  readonly text: string;
}

/** @throws ToolError BAD_INPUT that names every wrong argument, what it may be, and what was probably meant */
export function parseArguments(tool: Tool, given: unknown): Record<string, unknown> {
  const parsed = tool.input.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const names = Object.keys(tool.input.shape);
  const problems = parsed.error.issues.flatMap((issue) => describeIssue(issue, names));
  throw new ToolError('BAD_INPUT', `${problems.join('; ')}. Nothing was changed.`, {
    next: `call ${tool.name} again${names.length === 0 ? ' without arguments' : `; its arguments are ${names.join(', ')}`}.`,
  });
}

/** Runs a tool whose arguments were parsed. Whatever it throws leaves as it is: the face has the one catch. */
export async function invoke(
  tool: Tool,
  parsed: Record<string, unknown>,
  ports: Ports,
  call: ToolCall,
): Promise<Answered> {
  if (ports.problems.length > 0 && tool.needsNoSettings !== true)
    throw new ToolError(
      'CONFIG',
      `${ports.problems.map(({ name, problem }) => `${name} ${problem}`).join('; ')}. Nothing was changed.`,
      {
        next: `${ports.problems.map(({ fix }) => fix).join(' ')} Then checkSetup.`,
      },
    );
  const output = tool.output.parse(await tool.run(parsed, ports, call));
  return { structured: output, text: tool.render(output) };
}

/** The foreseen failure in whatever was thrown; undefined for a bug. */
export function toolErrorIn(error: unknown): ToolError | undefined {
  if (error instanceof ToolError) return error;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  const why = code === undefined ? undefined : diskProblems[code];
  if (why === undefined) return undefined;
  const path = (error as NodeJS.ErrnoException).path;
  return new ToolError(
    'CONFIG',
    `${why}${path === undefined ? '' : ` (${path})`}. What was done before that stays; nothing else was changed.`,
    {
      next: 'mend that, then call the same tool again: it goes on where it stopped.',
      cause: error,
    },
  );
}

const diskProblems: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full',
  EDQUOT: 'The disk quota is used up',
  EROFS: 'The file system is read-only',
  EACCES: 'The file system denies access',
  EPERM: 'The file system does not permit it',
  EMFILE: 'Too many files are open',
};

function describeIssue(issue: z.core.$ZodIssue, names: readonly string[]): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const meant = nearestOf(key, names);
      return `there is no argument ${JSON.stringify(key.slice(0, 60))}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`;
    });
  const name = issue.path.join('.') || 'the arguments';
  return [`${name}: ${issue.message}${received(issue.input)}`];
}

function received(input: unknown): string {
  return input === undefined ? '' : `, not ${JSON.stringify(input)?.slice(0, 80)}`;
}
