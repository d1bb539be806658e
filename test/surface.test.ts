/**
 * What a client sees of the tools, frozen in test/surface as one JSON file a tool. A change shows up in the review as
 * a change of that file; `npx vitest run test/surface.test.ts -u` writes the files anew.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { instructions } from '../src/interfaces/mcp/phrases.ts';
import { prompts } from '../src/interfaces/mcp/prompts.ts';
import { surface } from '../src/interfaces/mcp/surface.ts';
import { tools } from '../src/tools/index.ts';
import { builtProduct, envelope, initialize, startProcess } from './stdio/builtServer.ts';

// biome-ignore lint/suspicious/noExplicitAny: JSON schemas are walked by name
type Schema = Record<string, any>;

/** Every schema in a schema, with the path that leads to it. */
function* schemasIn(schema: Schema, path = ''): Generator<[string, Schema]> {
  yield [path, schema];
  for (const [name, inner] of Object.entries((schema.properties ?? {}) as Schema))
    yield* schemasIn(inner, `${path}.${name}`);
  if (schema.items !== undefined) yield* schemasIn(schema.items, `${path}[]`);
  for (const inner of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) yield* schemasIn(inner, path);
}

describe.each(surface)('$name', (listed) => {
  const { name, description, inputSchema, outputSchema, annotations } = listed;

  test('is what it was', async () => {
    await expect(`${JSON.stringify(listed, null, 2)}\n`).toMatchFileSnapshot(`surface/${name}.json`);
  });

  test('has a name, a title, and a description that no client cuts', () => {
    expect(name).toMatch(/^[a-z][a-zA-Z]{2,40}$/);
    expect(annotations.title).toBe(listed.title);
    expect(description.length).toBeGreaterThan(40);
    expect(Buffer.byteLength(description)).toBeLessThan(2048);
    expect(description).not.toMatch(/\b[A-Z]{5,}\b(?<!\b(?:LOAD|EMR|DAG|YAML|HTML|JSON|REPORTS_DIR))/);
  });

  test('says all four hints', () => {
    for (const hint of ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const)
      expect(annotations[hint]).toBeTypeOf('boolean');
    expect(annotations.readOnlyHint && annotations.destructiveHint).toBe(false);
  });

  test('takes one strict object, with no union at its root', () => {
    expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
    for (const union of ['anyOf', 'oneOf', 'allOf', 'not']) expect(inputSchema).not.toHaveProperty(union);
    expect(outputSchema.type).toBe('object');
  });

  test('bounds every whole number and every text that it takes', () => {
    for (const [path, schema] of schemasIn(inputSchema)) {
      if (schema.type === 'integer')
        expect([typeof schema.minimum, typeof schema.maximum], path).toEqual(['number', 'number']);
      expect(schema.type, path).not.toBe('number');
      if (schema.type === 'string' && schema.enum === undefined && schema.pattern === undefined)
        expect(schema.maxLength, path).toBeTypeOf('number');
    }
  });

  test('spells its schemas as every client reads them', () => {
    for (const [path, schema] of [...schemasIn(inputSchema), ...schemasIn(outputSchema)]) {
      if (schema.type !== undefined) expect(schema.type, path).toBeTypeOf('string');
      expect(schema.additionalProperties, path).not.toEqual({});
    }
  });

  test('answers with a summary and next steps first', () => {
    expect(Object.keys(outputSchema.properties as object).slice(0, 2)).toEqual(['summary', 'nextSteps']);
    expect(outputSchema.required).toEqual(expect.arrayContaining(['summary', 'nextSteps']));
  });
});

describe('tools/list', () => {
  const lines: string[] = [];
  beforeAll(async () => {
    const server = startProcess(builtProduct(), {});
    await initialize(server);
    const old = server.send('tools/list');
    lines.push(JSON.stringify(await server.answerTo(old)));
    const modern = startProcess(builtProduct(), {});
    lines.push(JSON.stringify(await modern.request('tools/list', envelope())));
    for (const one of [server, modern]) {
      one.child.stdin?.end();
      await one.exit;
    }
  });

  /** The files of this folder, with the hints as a client gets them by default. */
  const frozen = () =>
    tools.map(({ name }) => {
      const {
        asksEveryTime: _,
        view,
        ...listed
      } = JSON.parse(readFileSync(`test/surface/${name}.json`, 'utf8'));
      const asks = name === 'triggerDag' ? { 'anthropic/requiresUserInteraction': true } : {};
      const page = view === undefined ? {} : { ui: { resourceUri: view } };
      const meta = { ...asks, ...page };
      return Object.keys(meta).length === 0 ? listed : { ...listed, _meta: meta };
    });

  test('of the old era is the frozen files, byte for byte', () => {
    expect(lines[0]).toBe(JSON.stringify({ result: { tools: frozen() }, jsonrpc: '2.0', id: 2 }));
  });

  test('of the new era is the same list, with the marks of the era around it', () => {
    const { tools: listed, ...marks } = JSON.parse(`${lines[1]}`).result;
    expect(JSON.stringify(listed)).toBe(JSON.stringify(frozen()));
    expect(marks).toEqual({
      resultType: 'complete',
      ttlMs: expect.any(Number),
      cacheScope: expect.any(String),
      _meta: { 'io.modelcontextprotocol/serverInfo': expect.objectContaining({ name: 'audit-load-test' }) },
    });
  });
});

test('the prompts are what they were', async () => {
  const asRead = prompts.map(({ message, ...prompt }) => ({
    ...prompt,
    arguments: prompt.arguments.map(({ name, description }) => ({ name, description })),
    message: message({}),
  }));
  await expect(`${JSON.stringify(asRead, null, 2)}\n`).toMatchFileSnapshot('surface/prompts.json');
});

test('there is a file for each tool, one for the prompts, and no other', () => {
  const files = [...tools.map((tool) => `${tool.name}.json`), 'prompts.json'];
  expect(readdirSync('test/surface').toSorted()).toEqual(files.toSorted());
});

test('the instructions fit, and name only tools that are there', () => {
  expect(Buffer.byteLength(instructions)).toBeLessThan(2048);
  const named =
    instructions.match(
      /\b(?:check|scale|review|fix|revert|upload|trigger|mark|poll|build|compare|commit|show)[A-Z]\w+/g,
    ) ?? [];
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => name !== 'reviewId' && !tools.some((tool) => tool.name === name))).toEqual(
    [],
  );
});

test('the whole list stays small', () => {
  const asRead = surface.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  // About four characters a token; the mean of comparable servers is 150 to 600 tokens a tool.
  expect(JSON.stringify(asRead).length / 4).toBeLessThan(250 * tools.length);
});
