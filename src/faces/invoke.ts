/** How either face calls a tool: settings required, the result checked, text derived. */
import { ToolError } from '../errors.ts';
import type { Ports } from '../ports.ts';
import type { Tool, ToolCall } from '../tools/tool.ts';

export interface Answered {
  readonly structured: Record<string, unknown>;
  readonly text: string;
}

/** Runs a tool whose arguments were parsed. Whatever it throws leaves as it is: the face has the one catch. */
export async function invoke(
  tool: Tool,
  parsed: Record<string, unknown>,
  ports: Ports,
  call: ToolCall,
): Promise<Answered> {
  if (tool.needsNoSettings !== true) requireSettings(ports);
  const told = await tool.run(parsed, ports, call);
  const output = tool.output.parse({ ...told, summary: `${told.summary}${forgotten(ports)}` });
  return { structured: output, text: tool.render(output) };
}

/** A session that lost something must not be believed in silence, whichever tool is called. */
function forgotten({ sessions }: Pick<Ports, 'sessions'>): string {
  if (sessions.damaged().length === 0) return '';
  return ' Part of what this session remembers cannot be read, so approvals, uploads or rounds may be missing: showSession names the files.';
}

/** @throws ToolError CONFIG with every problem and its fix */
export function requireSettings({ problems }: Pick<Ports, 'problems'>): void {
  if (problems.length === 0) return;
  throw new ToolError(
    'CONFIG',
    `${problems.map(({ name, problem }) => `${name} ${problem}`).join('; ')}. Nothing was changed.`,
    { next: `${problems.map(({ fix }) => fix).join(' ')} Then checkSetup.` },
  );
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
  ENOTDIR: 'A file lies where a directory has to be',
  EEXIST: 'A file lies where a directory has to be',
  EISDIR: 'A directory lies where a file has to be',
  EIO: 'The disk does not answer',
};
