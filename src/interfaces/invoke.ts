/** How both interfaces call a tool: check the settings, run it, check the result, render the text. */
import { ToolError } from '../domain/errors.ts';
import type { Ports } from '../ports/ports.ts';
import type { Watch } from '../ports/time.ts';
import type { Tool, ToolCall } from '../tools/tool.ts';
import { withinCallDeadline } from './callDeadline.ts';

export interface Answered {
  readonly structured: Record<string, unknown>;
  readonly text: string;
}

/** Runs a tool with parsed arguments. Errors pass through: each interface has its one catch. */
export async function invoke(
  tool: Tool,
  parsed: Record<string, unknown>,
  ports: Ports,
  call: ToolCall,
): Promise<Answered> {
  if (tool.needsNoSettings !== true) requireSettings(ports);
  const output = await withinCallDeadline(ports.clock, tool.name, call, (limited) => {
    const run = (watch: Watch) => tool.run(parsed, ports, { ...limited, ...watch });
    return tool.writesInTarget ? ports.target.exclusively(tool.name, limited, run) : run(limited);
  });
  const structured = tool.output.parse({ ...output, summary: `${output.summary}${damageNotice(ports)}` });
  return { structured, text: tool.render(structured) };
}

/** Every tool says when part of the session was lost. */
function damageNotice({ sessions }: Pick<Ports, 'sessions'>): string {
  if (sessions.damaged().length === 0) return '';
  return ' Part of the session cannot be read, so approvals, uploads or rounds may be missing: showSession names the files.';
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

/** The expected failure that was thrown; undefined for a bug. */
export function toolErrorIn(error: unknown): ToolError | undefined {
  return error instanceof ToolError ? error : undefined;
}
