import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findCause } from '../../src/report/failures/cause.ts';

const folder = new URL('provoked/', import.meta.url);
const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));

describe('failures that Spark was really made to have (provoked/provoke.py)', () => {
  it('are at least five', () => {
    expect(logs.length).toBeGreaterThanOrEqual(5);
  });

  it.each(logs)('%s is called by its name', (name) => {
    const text = readFileSync(new URL(name, folder), 'utf8');
    expect(findCause(text)?.signature.id.replace(':', '-')).toBe(name.split('.')[0]);
  });
});
