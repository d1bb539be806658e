import * as z from 'zod';
import type { Tool } from '../tools/tool.ts';

type JsonSchema = { type: 'object'; [key: string]: unknown };

/** The JSON schema of a tool's arguments, without redundant keywords. */
export function inputSchemaOf(tool: Tool): JsonSchema {
  return toJsonSchema(tool.input, 'input');
}

export function outputSchemaOf(tool: Tool): JsonSchema {
  return toJsonSchema(tool.output, 'output');
}

function toJsonSchema(schema: z.ZodObject, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    override: ({ jsonSchema }) => shorten(jsonSchema),
  });
  return JSON.parse(JSON.stringify(json), portable) as JsonSchema;
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
