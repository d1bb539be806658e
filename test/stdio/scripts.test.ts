/** The commands that the data platform engineers type already: a few lines each that call the shell. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Environment, useServer } from './useServer.ts';

const { product, freshPlaces, world, puts } = useServer();

async function run(script: string, words: string[], env: Environment = {}) {
  const file = fileURLToPath(new URL(`../../scripts/${script}`, import.meta.url));
  return outcome(file, words, env);
}

async function outcome(command: string, words: string[], env: Environment) {
  const child = spawn(command, words, {
    env: { PATH: process.env.PATH, ...world().env, AUDIT_LOAD_TEST_MAIN: product(), ...env },
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  const [status] = await once(child, 'close');
  return { status, out, err };
}

test('upload_checks.sh refuses another load than the one on disk, and without a terminal only asks', async () => {
  const env = freshPlaces();
  const { CONFIGS_PREFIX } = env;
  await outcome(process.execPath, [product(), 'scaleConfigs', '--load', '2x'], env);
  expect(await run('upload_checks.sh', ['4x'], env)).toMatchObject({
    status: 1,
    err: 'The disk holds 2x, not 4x. Nothing was uploaded.\n',
  });
  const asked = await run('upload_checks.sh', ['2x'], env);
  expect(asked.status).toBe(1);
  expect(asked.out).toMatch(/^\d+ files differ from the baseline; all of them: \//m);
  expect(asked.out).toMatch(/Upload the 2x configs \(review [0-9a-f]{16}\)\? \(y\/n\)\n$/);
  expect(await puts(CONFIGS_PREFIX)).toBe(0);
  expect(await run('upload_checks.sh', [], env)).toMatchObject({ status: 2 });
});

test('generate_report.py prints the stamp alone, also offline, and hands its options to buildReport', async () => {
  const stamp = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}[+-]\d{2}:\d{2}\n$/;
  const { status, out, err } = await run('generate_report.py', ['--current-timestamp'], freshPlaces());
  expect([status, err]).toEqual([0, '']);
  expect(out).toMatch(stamp);
  const offline = await run('generate_report.py', ['--current-timestamp'], {
    ...freshPlaces(),
    AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  });
  expect(offline.status).toBe(0);
  expect(offline.out).toMatch(stamp);
  const words = ['--cluster-id', 'x', '--load', '2x', '--after-timestamp', '2025-12-08T15:30:00-05:00'];
  expect(await run('generate_report.py', words, freshPlaces())).toMatchObject({
    status: 2,
    err: expect.stringContaining('clusterId must be an EMR cluster id'),
  });
});
