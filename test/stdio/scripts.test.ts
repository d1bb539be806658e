/** The commands that the data platform engineers type already: a few lines each that call the shell. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hasPython, onTerminal } from './onTerminal.ts';
import { type Environment, useServer } from './useServer.ts';

const { product, freshPlaces, world, puts } = useServer();

const fileOf = (script: string) => fileURLToPath(new URL(`../../scripts/${script}`, import.meta.url));

function run(script: string, words: string[], env: Environment = {}) {
  return outcome(fileOf(script), words, env);
}

/** On a terminal, where somebody types each answer once its prompt is shown. */
function runOnTerminal(script: string, words: string[], env: Environment, ...typed: [string, string][]) {
  return outcome('python3', onTerminal([fileOf(script), ...words]), env, typed);
}

/** `typed`: what somebody types on a terminal after each of these prompts; without it there is no terminal. */
async function outcome(command: string, words: string[], env: Environment, typed: [string, string][] = []) {
  const child = spawn(command, words, {
    env: { PATH: process.env.PATH, ...world().env, AUDIT_LOAD_TEST_MAIN: product(), ...env },
    cwd: tmpdir(),
    stdio: [typed.length === 0 ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    timeout: 20_000,
  });
  let [out, err] = ['', ''];
  child.stdout?.on('data', (text) => {
    out += text;
    const [next] = typed;
    if (next === undefined || !out.endsWith(next[0])) return;
    typed.shift();
    child.stdin?.write(next[1]);
    if (typed.length === 0) child.stdin?.end();
  });
  child.stderr?.on('data', (text) => {
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

test.skipIf(!hasPython)(
  'on a terminal, upload_checks.sh uploads after y and nothing after n or Enter',
  async () => {
    const env = freshPlaces();
    const { CONFIGS_PREFIX } = env;
    await outcome(process.execPath, [product(), 'scaleConfigs', '--load', '2x'], env);
    for (const answer of ['n\n', '\n', 'yep\n']) {
      const no = await runOnTerminal('upload_checks.sh', ['2x'], env, ['(y/n) ', answer]);
      expect(no.status).toBe(1);
      expect(no.out).toMatch(/\d+ files differ from the baseline[\s\S]*Nothing was uploaded\.\r\n$/);
    }
    expect(await puts(CONFIGS_PREFIX)).toBe(0);
    const yes = await runOnTerminal('upload_checks.sh', ['2x'], env, ['(y/n) ', 'y\n']);
    expect([yes.status, yes.out]).toEqual([0, expect.stringContaining('configs for 2x')]);
    expect(await puts(CONFIGS_PREFIX)).toBeGreaterThan(50);
  },
);

const loadPrompt = 'Another load, or Enter to keep it: ';

test('without a terminal, upload_dags.sh shows LOAD and the question, and uploads nothing', async () => {
  const env = freshPlaces();
  const asked = await run('upload_dags.sh', [], env);
  expect(asked).toMatchObject({ status: 1, err: '' });
  expect(asked.out).toMatch(
    /^LOAD is \d+ in \S+\.py\.\nUpload with LOAD \d+ and overwrite [^\n]*\? \(y\/n\)\n$/,
  );
  expect(await puts('dags/')).toBe(0);
});

test.skipIf(!hasPython)(
  'on a terminal, upload_dags.sh keeps LOAD on Enter, takes another, and asks first',
  async () => {
    const env = { ...freshPlaces(), CONFIGS_PREFIX: 'checks_load_test/configs' };
    for (const load of ['2x', '3x']) {
      const { out } = await outcome(
        process.execPath,
        [product(), 'scaleConfigs', '--load', load, '--json'],
        env,
      );
      const { reviewId } = JSON.parse(out);
      await outcome(process.execPath, [product(), 'uploadChecks', '--reviewId', reviewId, '--approved'], env);
    }
    const dag = () => /^LOAD = (\d+)$/m.exec(readFileSync(world().env.DAG_FILE ?? '', 'utf8'))?.[1];
    const before = dag();
    const no = await runOnTerminal('upload_dags.sh', [], env, [loadPrompt, '3\n'], ['(y/n) ', 'n\n']);
    expect([no.status, dag(), await puts('dags/')]).toEqual([1, before, 0]);
    const kept = await runOnTerminal('upload_dags.sh', [], env, [loadPrompt, '\n'], ['(y/n) ', 'y\n']);
    expect([kept.status, dag(), kept.out]).toEqual([0, before, expect.any(String)]);
    expect(kept.out).toContain(`LOAD is ${before} in `);
    expect(kept.out).toContain(`with LOAD = ${before}`);
    const other = await runOnTerminal('upload_dags.sh', [], env, [loadPrompt, '3\n'], ['(y/n) ', 'y\n']);
    expect([other.status, dag()]).toEqual([0, '3']);
    expect(other.out).toContain('with LOAD = 3');
  },
);

test.skipIf(!hasPython)('on a terminal, generate_report.py prints the stamp alone', async () => {
  const { status, out } = await outcome(
    'python3',
    onTerminal([fileOf('generate_report.py'), '--current-timestamp']),
    freshPlaces(),
  );
  expect(status).toBe(0);
  expect(out).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}[+-]\d{2}:\d{2}\r\n$/);
});
