/** What must neither end the server, nor hang it, nor keep it alive. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { initialize } from './builtServer.ts';
import { useServer } from './useServer.ts';

const suite = useServer();
const { start, serve, world } = suite;
const place = () => mkdtempSync(join(suite.place(), 'place-'));
const freshPlaces = () => ({ ...suite.freshPlaces(), REPORTS_DIR: join(place(), 'reports') });

describe('messages', () => {
  test('a line of 50 MB is refused by its id, and the server goes on', async () => {
    const server = await serve();
    const id = server.send('tools/call', { name: 'showSession', arguments: { a: 'x'.repeat(50_000_000) } });
    expect((await server.answerTo(id)).error).toEqual({
      code: -32600,
      message: expect.stringMatching(/^The message has 50000\d\d\d bytes, more than 10000000\. Nothing was/),
    });
    expect((await server.call('showSession')).phase).toBe('idle');
  });

  test.each([[[1, 2]], ['2x'], [7], [true]])(
    'arguments that are %j are refused in a sentence',
    async (given) => {
      const server = await serve();
      const { result } = await server.request('tools/call', { name: 'scaleConfigs', arguments: given });
      expect(result.isError).toBe(true);
      expect(result.content[0].text).toMatch(
        /^BAD_INPUT: the arguments must be one object\. Nothing was changed\. Next: call scaleConfigs again/,
      );
    },
  );

  test('a call without a name, and one without parameters, are refused in a sentence', async () => {
    const server = await serve();
    for (const params of [{}, { name: 7 }, undefined]) {
      const { result } = await server.request('tools/call', params);
      expect(result.content[0].text).toMatch(/^BAD_INPUT: There is no tool "/);
    }
  });
});

const pipe = () => {
  const path = join(place(), 'pipe');
  execFileSync('mkfifo', [path]);
  return path;
};

describe('places that are no plain files or folders are refused at once, and the server ends with its client', () => {
  test.each([
    ['STATE_DIR', 'a pipe', pipe],
    ['STATE_DIR', '/proc', () => '/proc'],
    ['STATE_DIR', '/dev/zero', () => '/dev/zero'],
    ['DAG_FILE', 'a pipe', pipe],
    ['DAG_FILE', '/dev/zero', () => '/dev/zero'],
    ['PRICE_TABLE', 'a pipe', pipe],
  ])('%s is %s', async (setting, _what, make) => {
    const path = make();
    const server = await serve({ ...freshPlaces(), [setting]: path });
    const tool = setting === 'STATE_DIR' ? 'showSession' : 'checkSetup';
    const answer = await server.call(tool);
    if (setting === 'STATE_DIR') expect(answer.error).toMatch(/^CONFIG: STATE_DIR/);
    if (setting === 'DAG_FILE') expect(JSON.stringify(answer)).toContain('DAG_FILE');
    server.child.stdin?.end();
    expect(await server.exit).toBe(0);
  });

  test('a report.json that is a pipe, and one that is a link', async () => {
    const env = { ...world().env, ...freshPlaces() };
    const folder = join(env.REPORTS_DIR, '2x_20251208_153000');
    mkdirSync(folder, { recursive: true });
    execFileSync('mkfifo', [join(folder, 'report.json')]);
    const server = await serve(env);
    expect((await server.call('compareReports', { baseline: '2x', candidate: '4x' })).error).toContain(
      'report.json is a pipe, not a plain file',
    );
    server.child.stdin?.end();
    expect(await server.exit).toBe(0);
  });
});

test('a STATE_DIR of another checkout is refused, and nothing of either is changed', async () => {
  const env = { ...world().env, ...freshPlaces() };
  const one = await serve(env);
  await one.call('scaleConfigs', { load: 2 });
  const copy = join(place(), 'k-repo');
  cpSync(env.TARGET_REPO, copy, { recursive: true });
  writeFileSync(join(copy, '.git/audit-load-test-id'), 'f'.repeat(32));
  const other = await serve({ ...env, TARGET_REPO: copy });
  expect((await other.call('scaleConfigs', { load: 4 })).error).toMatch(
    /^CONFIG: STATE_DIR is the session of another checkout: .*repo-\d+, not .*k-repo\. Nothing was changed\./,
  );
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: copy }).toString()).toBe(
    execFileSync('git', ['status', '--porcelain'], { cwd: env.TARGET_REPO }).toString(),
  );
  await one.call('scaleConfigs', { load: 1 });
});

test('a .env that is a pipe is refused, and the shell ends', async () => {
  const folder = place();
  execFileSync('mkfifo', [join(folder, '.env')]);
  const server = start({ ...world().env, HOME: folder }, [], folder);
  await initialize(server);
  expect((await server.call('showSession')).error).toMatch(
    /^CONFIG: \.env: .*\.env is a pipe, not a plain file/,
  );
  server.child.stdin?.end();
  expect(await server.exit).toBe(0);
});

test('compareReports and buildReport write nothing through a link', async () => {
  const env = { ...world().env, ...freshPlaces() };
  const outside = place();
  writeFileSync(join(outside, 'report.json'), '{}');
  mkdirSync(env.REPORTS_DIR, { recursive: true });
  symlinkSync(outside, join(env.REPORTS_DIR, '4x_20251208_163000'));
  const server = await serve(env);
  expect((await server.call('compareReports', { baseline: '2x', candidate: '4x' })).error).toBeDefined();
  expect(readFileSync(join(outside, 'report.json'), 'utf8')).toBe('{}');
});

/** Every file under STATE_DIR/objects fails to be read. */
const brokenDisk = [
  '--import',
  `data:text/javascript,${encodeURIComponent(`
    import files from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const { open } = files;
    files.open = async (path, ...rest) => {
      if (!String(path).includes('/objects/')) return open(path, ...rest);
      throw Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' });
    };
    syncBuiltinESMExports();
  `)}`,
];

test('a disk that fails to read the session is named, and nobody’s edit is suspected', async () => {
  const env = { ...world().env, ...freshPlaces() };
  await (await serve(env)).call('scaleConfigs', { load: 2 });
  const broken = start(env, brokenDisk);
  await initialize(broken);
  expect((await broken.call('scaleConfigs', { load: 4 })).error).toMatch(
    /^CONFIG: STATE_DIR: .*\/objects\/.* was not read: its disk reports an I\/O error \(EIO\)\. Completed work was kept/,
  );
  expect((await (await serve(env)).call('scaleConfigs', { load: 4 })).status).toBe('scaled');
});
