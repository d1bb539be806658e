import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { initialize, type Message, type ServerProcess } from './builtServer.ts';
import { watchHungPuts } from './hungRequests.ts';
import { type Environment, until, useServer } from './useServer.ts';

const { serve, start, freshPlaces, control, product, puts, place, world } = useServer();

/** Milliseconds per object when uploads hang: longer than a test may run. */
const hangMs = 10 * 60_000;

/** Lets the server's intervals pass quickly: its pings come every 20 ms instead of every 5 s. */
const fastIntervals = [
  '--import',
  `data:text/javascript,${encodeURIComponent('const real = setInterval; globalThis.setInterval = (work, ms) => real(work, Math.min(ms, 20));')}`,
];

/** A server whose upload hangs. */
async function slowUpload(
  env: Environment,
  nodeOptions: string[] = [],
): Promise<{ server: ServerProcess; id: number; reviewId: string }> {
  const server = start({ ...world().env, ...env }, nodeOptions);
  await initialize(server);
  const { reviewId } = await server.call('scaleConfigs', { load: 2 });
  await control('POST', 'faults', [{ service: 's3', operation: 'PutObject', delayMs: hangMs }]);
  const id = server.send('tools/call', {
    name: 'uploadChecks',
    arguments: { reviewId, approved: true },
    _meta: { progressToken: 'p' },
  });
  await until(async () => (await puts(env.CONFIGS_PREFIX ?? '')) > 0);
  return { server, id, reviewId };
}

describe('the process ends', () => {
  type Ending = [string, (server: ServerProcess) => void, number | string];
  const endings: Ending[] = [
    ['when stdin ends', (server) => server.child.stdin?.end(), 0],
    ['on SIGTERM', (server) => server.child.kill('SIGTERM'), 143],
    ['on SIGINT', (server) => server.child.kill('SIGINT'), 130],
  ];
  const deadPipe: Ending = ['when nobody reads stdout', (server) => server.child.stdout?.destroy(), 0];

  test.each(endings)('%s', async (_, end, status) => {
    const server = await serve();
    end(server);
    expect(await server.exit).toBe(status);
  });

  const midCall = [...endings, deadPipe];
  test.each(midCall)('%s, even while a call runs, and the session records it', async (_, end, status) => {
    const env = freshPlaces();
    // A dead pipe is noticed by the next ping.
    const { server, reviewId } = await slowUpload(env, fastIntervals);
    end(server);
    expect(await server.exit).toBe(status);

    await control('DELETE', 'faults');
    const next = await serve(env);
    expect(await next.call('showSession')).toMatchObject({
      interrupted: { tool: 'uploadChecks' },
      callAgain: { tool: 'uploadChecks', arguments: { reviewId, approved: true } },
    });
    expect(await next.call('uploadChecks', { reviewId, approved: true })).toMatchObject({
      status: 'uploaded',
    });
    expect((await next.call('showSession')).interrupted).toBeUndefined();
  });

  test('when nobody reads stdout any more', async () => {
    const server = await serve();
    server.child.stdout?.destroy();
    server.send('tools/list');
    expect(await server.exit).toBe(0);
  });
});

describe('the protocol', () => {
  test('answers what was sent before stdin ended', async () => {
    const server = start(world().env);
    const asked = initialize(server);
    const list = server.send('tools/list');
    const session = server.send('tools/call', { name: 'showSession', arguments: {} });
    server.child.stdin?.end();
    await asked;
    expect((await server.answerTo(list)).result.tools.length).toBeGreaterThan(10);
    expect((await server.answerTo(session)).result.structuredContent.phase).toBe('idle');
    expect(await server.exit).toBe(0);
  });

  test('survives invalid messages, and logs them', async () => {
    const server = await serve();
    for (const line of [
      '{"jsonrpc":',
      'hello',
      '[]',
      'null',
      '{"jsonrpc":"2.0","id":{},"method":7}',
      '\u0000',
      '',
    ])
      server.write(line);
    expect((await server.request('tools/list')).result.tools.length).toBeGreaterThan(10);
    await until(() => server.log.length >= 6);
    expect(server.log.filter((line) => line.includes('a line on stdin is not JSON'))).toHaveLength(3);
  });

  test('an unknown method is a protocol error; an unknown tool is an error that a model can read', async () => {
    const server = await serve();
    expect((await server.request('tools/dream')).error.code).toBe(-32601);
    const { result } = await server.request('tools/call', { name: 'scaleConfig', arguments: {} });
    expect(result).toEqual({
      isError: true,
      content: [
        {
          type: 'text',
          text: 'BAD_INPUT: There is no tool "scaleConfig". Nothing was changed. Next: call scaleConfigs.',
        },
      ],
    });
  });

  test('the server sends its instructions, and marks the tools that ask the user', async () => {
    const server = start(world().env);
    const { instructions, serverInfo } = await initialize(server);
    expect(serverInfo).toMatchObject({ name: 'audit-load-test', title: 'Audit load test' });
    expect(instructions).toMatch(/showSession|checkSetup/);
    const asking = async (one: ServerProcess) =>
      (await one.request('tools/list')).result.tools
        .filter((tool: Message) => tool._meta?.['anthropic/requiresUserInteraction'] === true)
        .map((tool: Message) => tool.name);
    expect(await asking(server)).toEqual(['triggerDag']);
    const all = expect.arrayContaining(['uploadChecks', 'triggerDag', 'commitResults']);
    for (const said of ['all', 'true'])
      expect(await asking(await serve({ REQUIRE_USER_INTERACTION: said }))).toEqual(all);
    for (const said of ['none', 'false'])
      expect(await asking(await serve({ REQUIRE_USER_INTERACTION: said }))).toEqual([]);
  });

  test.each(['false', 'False'])('%s in .env also turns off the question on every call', async (said) => {
    const home = mkdtempSync(join(place(), 'home-'));
    writeFileSync(join(home, '.env'), `REQUIRE_USER_INTERACTION=${said}\n`);
    const asked = async (env: Environment) => {
      const server = start({ ...world().env, ...env }, [], home);
      await initialize(server);
      return JSON.stringify((await server.request('tools/list')).result).includes('requiresUserInteraction');
    };
    expect(await asked({})).toBe(false);
    // As .mcp.json hands on a variable that is not set.
    expect(await asked({ REQUIRE_USER_INTERACTION: '' })).toBe(false);
    expect(await asked({ REQUIRE_USER_INTERACTION: 'TRUE' })).toBe(true);
  });

  test('the built server also serves prompts, resources, completions and the app', async () => {
    const server = await serve();
    const { prompts } = (await server.request('prompts/list')).result;
    expect(prompts.map((prompt: Message) => prompt.name)).toContain('start-load-test');
    const { messages } = (await server.request('prompts/get', { name: 'resume' })).result;
    expect(messages[0].content.text).toContain('showSession');
    const { resources } = (await server.request('resources/list')).result;
    expect(resources[0].uri).toBe('load-test://session');
    const read = async (uri: string) => (await server.request('resources/read', { uri })).result.contents[0];
    expect((await read('load-test://session')).text).toContain('No load test has started');
    const { tools } = (await server.request('tools/list')).result;
    const { resourceUri } = tools.find((tool: Message) => tool.name === 'buildReport')._meta.ui;
    const page = await read(resourceUri);
    expect(page.mimeType).toBe('text/html;profile=mcp-app');
    expect(page.text).toContain('ui/initialize');
    const ref = { type: 'ref/prompt', name: 'start-load-test' };
    const asked = { ref, argument: { name: 'schedule', value: 'h' } };
    expect((await server.request('completion/complete', asked)).result.completion.values).toEqual(['hourly']);
    expect((await server.request('resources/read', { uri: 'load-test://nothing' })).error.code).toBe(-32602);
  });

  test('output and warnings of libraries go to the log', async () => {
    const hook = join(place(), 'noisy.mjs');
    writeFileSync(
      hook,
      `process.on('SIGUSR2', () => { console.log('to stdout?'); console.warn('careful %s', 7); process.emitWarning('old', 'DeprecationWarning'); });`,
    );
    const server = start(world().env, ['--import', hook]);
    await initialize(server);
    server.child.kill('SIGUSR2');
    await until(() => server.log.length >= 3);
    const events = server.log
      .map((line) => JSON.parse(line))
      .map(({ level, event, message }) => [level, event, message]);
    expect(events).toEqual(
      expect.arrayContaining([
        ['info', 'a library printed', 'to stdout?'],
        ['warn', 'a library printed', 'careful 7'],
        ['warn', 'DeprecationWarning', 'old'],
      ]),
    );
  });

  test('the first tools/list loads neither the AWS SDK nor a tool', async () => {
    const hook = join(place(), 'loaded.mjs');
    const list = join(place(), 'loaded.txt');
    writeFileSync(
      hook,
      `import { register } from 'node:module'; register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(
        `import { appendFileSync } from 'node:fs'; export async function load(url, context, next) { appendFileSync(${JSON.stringify(list)}, url + '\\n'); return next(url, context); }`,
      )}));`,
    );
    const loaded = () => {
      const files = readFileSync(list, 'utf8')
        .split('\n')
        .filter((url) => url.includes('/dist/'));
      return files.map((url) => readFileSync(new URL(url), 'utf8')).join('\n');
    };
    const server = start(world().env, ['--import', hook]);
    await initialize(server);
    await server.request('tools/list');
    expect(loaded()).toContain('tools/list');
    expect(loaded()).not.toMatch(
      /ListObjectsV2Command|ElasticMapReduce|createTwoFilesPatch|parseDocument|bouncingBar/,
    );
    await server.call('checkSetup');
    expect(loaded()).toMatch(/ListObjectsV2Command/);
    expect(server.log.join('\n')).not.toContain('NodeVersionSupportWarning');
  });

  test('no file of the built server contains the SDK’s validator, nor a schema of a message that it never sees', () => {
    const folder = join(dirname(product()), 'chunks');
    const having = (text: string) =>
      readdirSync(folder).filter((name) => readFileSync(join(folder, name), 'utf8').includes(text));
    const [server = ''] = having('notifications/subscriptions/acknowledged');
    expect(server).not.toBe('');
    // An option of ajv; a field of the SDK's login.
    expect(having('strictTypes')).toEqual([]);
    expect(having('issued_token_type')).not.toContain(server);
  });
});

test('a cancelled upload drops its connections, gets no answer, and the session stays correct', async () => {
  const env = freshPlaces();
  const hung = watchHungPuts();
  onTestFinished(hung.stop);
  const { server, id, reviewId } = await slowUpload(env);
  server.notify('notifications/cancelled', { requestId: id, reason: 'the user changed their mind' });
  await hung.givenUp();
  const session = await server.call('showSession');
  expect(session).toMatchObject({ interrupted: { tool: 'uploadChecks' }, phase: 'approved' });
  const sent = await puts(env.CONFIGS_PREFIX ?? '');
  await control('DELETE', 'faults');
  expect(await server.call('uploadChecks', { reviewId, approved: true })).toMatchObject({
    status: 'uploaded',
  });
  expect(await puts(env.CONFIGS_PREFIX ?? '')).toBeGreaterThan(sent);
  // The ids of the server’s own pings may be the same.
  expect(server.messages.filter((message) => message.id === id && message.method === undefined)).toEqual([]);
  const progress = server.messages.filter(({ method }) => method === 'notifications/progress');
  const steps = progress.map(({ params }) => params.progress);
  expect(steps).toEqual([...new Set(steps)].toSorted((a, b) => a - b));
});

test('without settings every problem is reported at once, and the server keeps running', async () => {
  const server = start({ HOME: place() });
  await initialize(server);
  const { error } = await server.call('scaleConfigs', { load: 2 });
  for (const name of ['TARGET_REPO', 'CHECKS_PATH', 'S3_BUCKET', 'PROD_HOURLY_CHECKS'])
    expect(error).toContain(name);
  expect(error).toMatch(/^CONFIG: .*Nothing was changed\. Next: /);
});

test('a disk that cannot be written is named in plain words', async () => {
  const file = join(place(), 'a-file');
  writeFileSync(file, '');
  const server = await serve({ ...freshPlaces(), STATE_DIR: join(file, 'state') });
  const { error } = await server.call('scaleConfigs', { load: 2 });
  expect(error).toMatch(/^CONFIG: STATE_DIR: .*a-file.*a file is where a folder should be .*Next: fix that/);
});
