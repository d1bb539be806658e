/** The arguments of a tool: their JSON schema, and how a call is checked against it, with error messages of our own. */
import * as z from 'zod';
import { ToolError } from '../domain/errors.ts';
import { cleanLine } from '../domain/foreignText.ts';
import { nearestOf } from '../domain/text.ts';
import type { Tool } from '../tools/tool.ts';

/** @throws ToolError BAD_INPUT that names each wrong argument, its valid values and a likely correction */
export function parseArguments(tool: Tool, given: unknown): Record<string, unknown> {
  const parsed = tool.input.safeParse(given ?? {});
  if (parsed.success) return parsed.data;
  const { properties = {} } = inputSchemaOf(tool);
  const names = Object.keys(properties);
  const problems = new Set(parsed.error.issues.flatMap((issue) => problemsIn(issue, given, properties)));
  throw new ToolError('BAD_INPUT', `${[...problems].join('; ')}. Nothing was changed.`, {
    next: `call ${tool.name} again${names.length === 0 ? ' without arguments' : `; its arguments are ${names.join(', ')}`}.`,
  });
}

function problemsIn(
  issue: z.core.$ZodIssue,
  given: unknown,
  properties: Readonly<Record<string, JsonSchema>>,
): string[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => {
      const meant = nearestOf(key, Object.keys(properties));
      return `there is no argument ${quoted(key)}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`;
    });
  const name = String(issue.path[0] ?? '');
  const property = properties[name];
  if (property === undefined) return ['the arguments must be one object'];
  // Messages of our own schemas begin like this; zod's do not.
  const rule = issue.message.startsWith('must ') ? issue.message : `must be ${meaningOf(property)}`;
  const value = (given as Readonly<Record<string, unknown>> | undefined)?.[name];
  return [value === undefined ? `${name} is missing: it ${rule}` : `${name} ${rule}, not ${quoted(value)}`];
}

function quoted(value: unknown): string {
  return cleanLine(JSON.stringify(value), 80);
}

/** The valid values of an argument: `a whole number from 0 to 50`. */
export function meaningOf(property: JsonSchema): string {
  const { type, minimum, maximum, minLength, maxLength } = property;
  if (property.enum !== undefined) return `one of ${property.enum.join(', ')}`;
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return `a list: each ${meaningOf(property.items ?? {})}`;
  if (type === 'integer') return `a whole number${span(minimum, maximum)}`;
  if (type !== 'string') return 'of another type';
  return maxLength === undefined ? 'text' : `text of ${minLength ?? 0} to ${maxLength} characters`;
}

function span(from: number | undefined, to: number | undefined): string {
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`;
  return from === undefined ? '' : `, ${from} or more`;
}

/** What is read of a JSON schema. */
export type JsonSchema = {
  readonly type?: string;
  readonly enum?: string[];
  readonly anyOf?: JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Record<string, JsonSchema>;
  readonly required?: string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly description?: string;
  readonly default?: string | number | boolean;
};

type ObjectSchema = JsonSchema & { readonly type: 'object' };

/** The JSON schema of a tool's arguments, without redundant keywords. */
export function inputSchemaOf(tool: Tool): ObjectSchema {
  return toJsonSchema(tool.input, 'input');
}

export function outputSchemaOf(tool: Tool): ObjectSchema {
  const output = toJsonSchema(tool.output, 'output');
  if (tool.question === undefined) return output;
  const question = toJsonSchema(tool.question.output, 'output');
  const properties = { ...output.properties, ...question.properties, ...output.properties };
  const { status } = output.properties ?? {};
  const statuses = [...(status?.enum ?? []), 'needs_decision'];
  if (status !== undefined) properties.status = { ...status, enum: [...new Set(statuses)] };
  return { ...output, properties, required: ['summary', 'nextSteps'] };
}

function toJsonSchema(schema: z.ZodObject, io: 'input' | 'output'): ObjectSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    override: ({ jsonSchema }) => shorten(jsonSchema),
  });
  return JSON.parse(JSON.stringify(json), portable) as ObjectSchema;
}

/** Forms that every client understands: one `type` per schema, and `true` for any value. */
function portable(name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (name === 'additionalProperties' && Object.keys(value).length === 0) return true;
  if (!('type' in value) || !Array.isArray(value.type)) return value;
  const { type, ...rest } = value;
  return { ...rest, anyOf: type.map((one: string) => ({ type: one })) };
}

/** Drops zod's safe-integer bounds and the default of optional switches (off): both only cost tokens. */
function shorten(json: z.core.JSONSchema.BaseSchema): void {
  if (json.default === false) delete json.default;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
}
