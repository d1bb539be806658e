import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareWorld, reportedLevel, toolHarness } from '../tools/toolHarness.ts';

prepareWorld();

type Harness = Awaited<ReturnType<typeof toolHarness>>;

async function read(harness: Harness, uri: string) {
  const { contents } = await harness.client().readResource({ uri });
  const [one] = contents as { uri: string; mimeType: string; text: string }[];
  if (one === undefined) throw new Error('no contents');
  return one;
}

async function listed(harness: Harness): Promise<string[]> {
  return (await harness.client().listResources()).resources.map(({ uri }) => uri);
}

function put(harness: Harness, path: string, text: string): string {
  const file = join(harness.project, 'reports', path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
  return file;
}

test('the session, the review and the report of a round are resources', async () => {
  const harness = await toolHarness();
  expect(await listed(harness)).toEqual(['load-test://session', 'load-test://session.json']);

  const { directory } = await reportedLevel(harness, { load: 2 });
  const name = directory.split('/').at(-1);
  expect(await listed(harness)).toEqual([
    'load-test://session',
    'load-test://session.json',
    'load-test://review/changes',
    ...['report.md', 'report.html', 'report.json'].map((page) => `load-test://reports/${name}/${page}`),
  ]);
  const { structure, text } = await harness.call('showSession');
  expect(await read(harness, 'load-test://session')).toMatchObject({ mimeType: 'text/markdown', text });
  const json = await read(harness, 'load-test://session.json');
  expect([json.mimeType, JSON.parse(json.text)]).toEqual(['application/json', structure]);

  const page = await read(harness, `load-test://reports/${name}/report.md`);
  expect(page).toMatchObject({
    mimeType: 'text/markdown',
    text: expect.stringContaining('## Top 20 Slowest Steps'),
  });
  expect((await read(harness, `load-test://reports/${name}/report.html`)).text).toMatch(/^<!doctype html>/);
  expect(JSON.parse((await read(harness, `load-test://reports/${name}/report.json`)).text).load).toBe(2);
  const { resources } = await harness.client().listResources();
  const md = resources.find(({ uri }) => uri === page.uri);
  expect(md).toMatchObject({ size: Buffer.byteLength(page.text), mimeType: 'text/markdown' });
  expect(Date.parse(md?.annotations?.lastModified ?? '')).toBeGreaterThan(0);
});

test('the changes under review are those on disk now, and name the unexpected files', async () => {
  const harness = await toolHarness();
  await harness.call('scaleConfigs', { load: 2 });
  const before = await read(harness, 'load-test://review/changes');
  expect(before.text).toContain('## Changed against the baseline');
  expect(before.text).not.toContain('neither baseline × load');
  harness.edit('events/check_events_15m.yml', "'6' hour", "'600' hour");
  const { reviewId } = (await harness.call('reviewConfigs')).structure;
  const { text } = await read(harness, 'load-test://review/changes');
  expect(text.split('\n')[0]).toBe(`# 2x, review ${reviewId}`);
  expect(text).toMatch(/Neither baseline × load nor a known fix \(1\)\n {2}events\/check_events_15m.yml\n/);
});

test('reports are listed newest round first, up to a limit; the template reaches the rest', async () => {
  const harness = await toolHarness();
  const names = Array.from(
    { length: 25 },
    (_, index) => `${index % 2 === 0 ? 10 : 2}x_20251208_1530${10 + index}`,
  );
  for (const name of names) put(harness, `${name}/report.md`, `# ${name}\n`);
  const reports = (await listed(harness)).filter((uri) => uri.includes('/reports/'));
  expect(reports).toEqual(
    names
      .toReversed()
      .slice(0, 20)
      .map((name) => `load-test://reports/${name}/report.md`),
  );
  const { resourceTemplates } = await harness.client().listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
    'load-test://reports/{report}/{page}',
  ]);
  expect((await read(harness, `load-test://reports/${names[0]}/report.md`)).text).toBe(`# ${names[0]}\n`);
});

test.each([
  'load-test://reports/../report.md',
  'load-test://reports/%2e%2e/report.md',
  'load-test://reports/2x_20251208_153000/../../secret.txt',
  'load-test://reports/2x_20251208_153000/..%2fsecret.txt',
  'load-test://reports/2x_20251208_153000/secret.txt',
  'load-test://reports/2x_20251208_153000/charts/timeline.svg',
  'load-test://reports/notes/report.md',
  'load-test://reports/2x_20251208_153000 /report.md',
  'load-test://reports/3x_20251208_153000/report.md',
  'load-test://reports/4x_20251208_153000/report.md',
  'load-test://reports/5x_20251208_153000/report.md',
  'load-test://reports/6x_20251208_153000/report.md',
  'load-test://secret',
  'file:///etc/passwd',
  '/etc/passwd',
])('%s is not handed out', async (uri) => {
  const harness = await toolHarness();
  const secret = put(harness, 'secret.txt', 'secret');
  put(harness, '2x_20251208_153000/report.html', 'page');
  put(harness, '2x_20251208_153000/secret.txt', 'secret');
  put(harness, 'notes/report.md', 'secret');
  // A link to a file, to a directory, a hard link, and a page too long to be handed out.
  mkdirSync(join(harness.project, 'reports/3x_20251208_153000'));
  symlinkSync(secret, join(harness.project, 'reports/3x_20251208_153000/report.md'));
  symlinkSync(join(harness.project, 'reports/notes'), join(harness.project, 'reports/4x_20251208_153000'));
  mkdirSync(join(harness.project, 'reports/5x_20251208_153000'));
  linkSync(secret, join(harness.project, 'reports/5x_20251208_153000/report.md'));
  put(harness, '6x_20251208_153000/report.md', 'x'.repeat(8_000_001));
  await expect(harness.client().readResource({ uri })).rejects.toMatchObject({
    code: -32602,
    message: expect.stringContaining('NOT_FOUND: There is no resource '),
  });
  expect((await listed(harness)).filter((one) => one.includes('/reports/'))).toEqual([
    'load-test://reports/2x_20251208_153000/report.html',
  ]);
});

test('without settings the session says what is missing, and the changes say why they are not shown', async () => {
  const harness = await toolHarness({ env: { TARGET_REPO: '' } });
  expect((await read(harness, 'load-test://session')).text).toContain('No load test has started.');
  await expect(harness.client().readResource({ uri: 'load-test://review/changes' })).rejects.toThrow(
    'CONFIG: ',
  );
});

test('a client can complete what the user types', async () => {
  const harness = await toolHarness();
  const values = async (name: string, argument: string, value = '') => {
    const ref = name.includes('://')
      ? { type: 'ref/resource' as const, uri: name }
      : { type: 'ref/prompt' as const, name };
    const answer = await harness.client().complete({ ref, argument: { name: argument, value } });
    return answer.completion.values;
  };
  expect(await values('start-load-test', 'load')).toEqual(['2x', '4x', '8x', '16x']);
  expect(await values('start-load-test', 'schedule', 'D')).toEqual(['daily']);
  expect(await values('finish-round', 'cluster')).toEqual([]);

  const { directory, clusterId } = await reportedLevel(harness, { load: 4 });
  const name = directory.split('/').at(-1);
  put(harness, '2x_20201208_153000/report.md', '# old\n');
  expect(await values('next-level', 'load')).toEqual(['8x', '2x', '4x', '16x']);
  expect(await values('finish-round', 'cluster', 'j-')).toEqual([clusterId]);
  expect(await values('compare', 'a')).toEqual(['4x', '2x', name, '2x_20201208_153000']);
  expect(await values('compare', 'b', '2x_')).toEqual(['2x_20201208_153000']);
  const template = 'load-test://reports/{report}/{page}';
  expect(await values(template, 'report')).toEqual([name, '2x_20201208_153000']);
  expect(await values(template, 'page', 'report.h')).toEqual(['report.html']);
  expect(await values(template, 'nothing')).toEqual([]);
  expect(await values('no-such-prompt', 'load')).toEqual([]);
});

test('a prompt is one message of the user, and a wrong argument a protocol error', async () => {
  const client = (await toolHarness()).client();
  const { prompts } = await client.listPrompts();
  expect(prompts.every((one) => one.arguments?.every(({ required }) => required === false))).toBe(true);
  const { messages } = await client.getPrompt({ name: 'next-level', arguments: { load: '4' } });
  expect(messages).toEqual([
    {
      role: 'user',
      content: { type: 'text', text: expect.stringMatching(/^Commit results, start 4x load test\./) },
    },
  ]);
  await expect(client.getPrompt({ name: 'compare', arguments: { a: 'x' } })).rejects.toMatchObject({
    code: -32602,
    message: expect.stringContaining('a cannot be "x". Next: '),
  });
});
