import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { startWorld } from '../../sandbox/world/world.ts';

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'world-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test('a world has all settings of a server, and keeps it from your own AWS account', async () => {
  const directory = temporary();
  const world = await startWorld({ directory, dagsFolder: 'dags' });
  onTestFinished(() => world.close());
  const { env, endpoint, targetRepo } = world;
  expect(env).toMatchObject({
    TARGET_REPO: targetRepo,
    AWS_ENDPOINT_URL: endpoint,
    AWS_PROFILE: '',
    AIRFLOW_URL: '',
  });
  expect(existsSync(join(targetRepo, env.CHECKS_PATH ?? '', 'events/check_events_15m.yml'))).toBe(true);
  expect(readFileSync(env.DAG_FILE ?? '', 'utf8')).toMatch(/^LOAD = \d+$/m);
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: dirname(env.REPORTS_DIR ?? ''), encoding: 'utf8' }).trim();
  expect(git('status', '--porcelain')).toBe('');
  expect(git('ls-files')).toContain('dags/yang_audit_load_test.py');
  const { accessKeyId, secretAccessKey } = {
    accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
  };
  const s3 = new S3Client({
    endpoint,
    region: env.AWS_REGION ?? '',
    credentials: { accessKeyId, secretAccessKey },
  });
  onTestFinished(() => s3.destroy());
  const [, Bucket, prefix] = /^s3:\/\/([^/]+)\/(.+)$/.exec(env.PROD_HOURLY_CHECKS ?? '') ?? [];
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket, Key: `${prefix}/events/check_events_table_metrics.yml` }),
  );
  expect(await Body?.transformToString()).toContain('type: table_metrics');
});

test('control paths skip time and list clusters', async () => {
  const world = await startWorld({
    directory: temporary(),
    speed: 0,
    startMs: Date.parse('2025-12-08T15:30:00Z'),
  });
  onTestFinished(() => world.close());
  const advance = async (body: string) => {
    const response = await fetch(`${world.endpoint}/_sandbox/advance`, { method: 'POST', body });
    return [response.status, await response.json()];
  };
  expect(await advance('{"minutes": 20}')).toEqual([200, { now: '2025-12-08T15:50:00.000Z' }]);
  expect(await advance('{"minutes": -1}')).toMatchObject([400, { error: 'BadAdvance' }]);
  expect(await (await fetch(`${world.endpoint}/_sandbox/clusters`)).json()).toEqual([]);
});

test.each([
  ['a closed stdin', (child: ReturnType<typeof spawn>) => child.stdin?.end()],
  ['SIGTERM', (child: ReturnType<typeof spawn>) => child.kill('SIGTERM')],
])('the sandbox prints its endpoint, and %s stops it and removes its files', async (_what, stop) => {
  const bundle = join(temporary(), 'sandbox.mjs');
  const contents = "import { runSandbox } from './sandbox/world/world.ts';\nawait runSandbox();\n";
  const stdin = { contents, resolveDir: '.', loader: 'ts' } as const;
  await build({ stdin, bundle: true, platform: 'node', format: 'esm', outfile: bundle, logLevel: 'error' });
  const child = spawn(process.execPath, [bundle], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const { endpoint, targetRepo, env } = JSON.parse(line) as {
    endpoint: string;
    targetRepo: string;
    env: object;
  };
  expect(existsSync(join(targetRepo, '.git'))).toBe(true);
  expect(env).toHaveProperty('AWS_ENDPOINT_URL', endpoint);
  expect((await fetch(`${endpoint}/_sandbox/dagRuns`)).status).toBe(200);
  const ended = once(child, 'exit');
  stop(child);
  expect(await ended).toEqual([0, null]);
  expect(existsSync(dirname(targetRepo))).toBe(false);
});
