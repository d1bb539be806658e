/** Reads the user's price table, or the one that this project ships. */
import { basename, dirname } from 'node:path';
import * as z from 'zod';
import example from '../../../docs/prices.example.json' with { type: 'json' };
import { ToolError } from '../../domain/errors.ts';
import type { Prices } from '../../ports/project.ts';
import { openDisk } from '../disk/disk.ts';

const price = z.number().min(0).max(10_000);

const priceTableSchema = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/),
  date: z.iso.date(),
  /** For the maintainer of the file. */
  region: z.string().optional(),
  note: z.string().optional(),
  perHour: z.record(
    z.string(),
    z.strictObject({ onDemand: price.optional(), spot: price.optional(), emr: price.optional() }),
  ),
});

/** @param path from PRICE_TABLE, absolute; undefined for the shipped example */
export function createPrices(path: string | undefined): Prices {
  return {
    async read() {
      if (path === undefined) return { ...priceTableSchema.parse(example), isExample: true };
      const bytes = await openDisk(dirname(path), 'PRICE_TABLE').read(basename(path));
      if (bytes === undefined) throw invalidTable('it does not exist', path);
      const json = parsed(bytes.toString('utf8'), path);
      const table = priceTableSchema.safeParse(json);
      if (table.success) return table.data;
      const [issue] = table.error.issues;
      throw invalidTable(`${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'unknown'}`, path);
    },
  };
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalidTable('it is not JSON', path, cause);
  }
}

function invalidTable(why: string, path: string, cause?: unknown): ToolError {
  return new ToolError(
    'CONFIG',
    `PRICE_TABLE (${path}) is not a valid price table: ${why}. Nothing was changed.`,
    {
      next: 'fix the file (docs/prices.example.json is an example), or remove PRICE_TABLE from .env.',
      cause,
    },
  );
}
