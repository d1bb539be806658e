/** Conventions of every result, for its two readers: a user who sees the text, and a model that sees only the structure. */
import { expect } from 'vitest';
import { sampleChecks } from '../../sandbox/sample/checks.ts';
import { surface } from '../../src/interfaces/mcp/surface.ts';
import { tools } from '../../src/tools/index.ts';
import type { Structure } from './toolHarness.ts';

const names = tools.map((tool) => tool.name).join('|');
const step = new RegExp(`\\b(?:${names})\\b|\\buser\\b`);
/** Every name of an argument or a field, at any depth. */
const fields = new Set(surface.flatMap((listed) => propertiesIn([listed.inputSchema, listed.outputSchema])));
const known = new Set([...tools.map((tool) => tool.name), ...fields]);
const stems = sampleChecks.map(({ path }) => path.replace(/^.*\//, '').replace('.yml', ''));

/** Checked on every result in these suites. */
export function requireResultConventions(tool: string, structure: Structure, text: string): void {
  const { summary, nextSteps } = structure as { summary: string; nextSteps: string[] };
  const words = [summary, ...nextSteps].join('\n');
  const where = `${tool}: ${words}`;
  expect(Object.keys(structure).slice(0, 2), where).toEqual(['summary', 'nextSteps']);

  const sentences = summary.split(/[.!?](?=\s|$)/).filter((part) => part.trim() !== '').length;
  expect(sentences, `one to three sentences in ${where}`).toBeLessThanOrEqual(3);
  expect(sentences, where).toBeGreaterThanOrEqual(1);
  expect(nextSteps.length, where).toBeLessThanOrEqual(3);
  for (const one of nextSteps) {
    expect(one, `names a tool or the user, in ${where}`).toMatch(step);
    expect(unknownNames(one), `no unknown name, in ${where}`).toEqual([]);
  }

  for (const stem of stems) expect(words, `no file of the repository in ${where}`).not.toContain(stem);
  expect(words, `no YAML or SQL in ${where}`).not.toMatch(/\.ya?ml|INTERVAL\b/);

  for (const sentence of [summary, ...nextSteps])
    expect(text, 'the text says what the structure says').toContain(sentence);
  expect(text.length / 4, 'tokens of the text').toBeLessThan(2000);
  expect(JSON.stringify(structure).length / 4, 'tokens of the structure').toBeLessThan(2000);
}

/** Words that look like a tool, an argument or a field but are not; paths contain foreign names. */
function unknownNames(words: string): string[] {
  const named = words.replaceAll(/\S*\/\S*/g, '').match(/\b[a-z]+(?:[A-Z][a-z0-9]*)+\b/g) ?? [];
  return named.filter((name) => !known.has(name));
}

function propertiesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([name, inner]) =>
    name === 'properties'
      ? [...Object.keys(inner), ...propertiesIn(Object.values(inner))]
      : propertiesIn(inner),
  );
}
