/** How both interfaces call a tool: check the settings, run it, check the result, render the text. */
import * as z from 'zod';
import { OpenQuestion, ToolError } from '../domain/errors.ts';
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
  const running = withinCallDeadline(ports.clock, tool.name, call, (limited) => {
    const run = (watch: Watch) => tool.run(parsed, ports, { ...limited, ...watch });
    return tool.writesInTarget ? ports.target.exclusively(tool.name, limited, run) : run(limited);
  });
  const output = await running.catch(questionIn);
  if (output instanceof OpenQuestion) return answerOf(tool, output, ports);
  const checked = tool.output.parse({ ...output, summary: `${output.summary}${damageNotice(ports)}` });
  const structured = withoutEmptyLists(tool.output, checked) as typeof checked;
  return { structured, text: tool.render(structured) };
}

function questionIn(error: unknown): OpenQuestion {
  if (error instanceof OpenQuestion) return error;
  throw error;
}

/** A question that stopped the work, as the tool answers it. @throws OpenQuestion when the tool has no result for it */
export function answerOf({ question }: Tool, open: OpenQuestion, ports: Pick<Ports, 'sessions'>): Answered {
  if (question === undefined) throw open;
  const summary = `${open.question.summary}${damageNotice(ports)}`;
  const structured = question.output.parse({ ...open.question, summary });
  return { structured, text: question.render(structured) };
}

/** Leaves out, at any depth, the empty lists that the schema lets be absent, and their totals. */
function withoutEmptyLists(schema: z.ZodType, value: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return withoutEmptyLists(schema.unwrap() as z.ZodType, value);
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.map((one) => withoutEmptyLists(schema.element as z.ZodType, one));
  if (!(schema instanceof z.ZodObject) || typeof value !== 'object' || value === null) return value;
  const isNothing = (name: string, part: unknown) =>
    schema.shape[name] instanceof z.ZodOptional &&
    (Array.isArray(part) ? part.length === 0 : part === 0 && name.endsWith('Total'));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) =>
      isNothing(name, part) ? [] : [[name, withoutEmptyLists(schema.shape[name] as z.ZodType, part)]],
    ),
  );
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
