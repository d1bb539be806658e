import * as z from 'zod';
import type { Tool } from '../tools/tool.ts';

type JsonSchema = { type: 'object'; [key: string]: unknown };

/** The JSON schema of a tool's arguments, as short as it can be said. */
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

/** The spellings that every client maps: one `type` a schema, and `true` for what may be anything. */
function portable(name: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (name === 'additionalProperties' && Object.keys(value).length === 0) return true;
  if (!('type' in value) || !Array.isArray(value.type)) return value;
  const { type, ...rest } = value;
  return { ...rest, anyOf: type.map((one: string) => ({ type: one })) };
}

/**
 * zod prints the safe-integer range as bounds of every whole number: no reader gains from them. A switch that may be
 * left out is off.
 */
function shorten(json: z.core.JSONSchema.BaseSchema): void {
  if (json.default === false) delete json.default;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
}
