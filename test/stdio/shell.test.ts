import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { type Environment, until, useServer } from './useServer.ts';

const { product, freshPlaces, world, control, puts } = useServer();

const python = spawnSync('python3', ['-c', 'import pty']).status === 0;

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command in a shell without a terminal. */
function run(words: string[], env: Environment): Promise<Ran> {
  return outcome(process.execPath, [product(), ...words], env);
}

/** The command on a terminal of its own, where somebody types. */
function runOnTerminal(words: string[], env: Environment, typed: string): Promise<Ran> {
  const onTerminal = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';
  return outcome('python3', ['-c', onTerminal, process.execPath, product(), ...words], env, typed);
}

async function outcome(command: string, args: string[], env: Environment, typed?: string): Promise<Ran> {
  const child = spawn(command, args, {
    env: { PATH: process.env.PATH, ...world().env, ...env },
    cwd: tmpdir(),
    timeout: 15_000,
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => {
    out += text;
    // Typed when it is asked for.
    if (typed !== undefined && out.includes('Type yes to approve: ')) child.stdin.end(typed);
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  if (typed === undefined) child.stdin.end();
  const [status] = await once(child, 'close');
  return { status, out, err };
}

describe('approve', () => {
  const scaled = async (env: Environment): Promise<string> =>
    JSON.parse((await run(['scaleConfigs', '--load', '2x', '--json'], env)).out).reviewId;

  test('needs a terminal: a script, a pipe or an agent cannot approve', async () => {
    const env = freshPlaces();
    const refused = await run(['approve', await scaled(env)], env);
    expect(refused.status).toBe(1);
    expect(refused.err).toMatch(/^DENIED: approve is typed by a person in a terminal; this is none\./);
    expect(JSON.parse((await run(['showSession', '--json'], env)).out).phase).toBe('scaled');
  });

  test.skipIf(!python)('takes yes from a person at a terminal, and only yes (needs python3)', async () => {
    const env = { ...freshPlaces(), APPROVAL: 'terminal' };
    const reviewId = await scaled(env);
    const no = await runOnTerminal(['approve', reviewId], env, 'ok\n');
    expect(no).toMatchObject({ status: 1 });
    expect(no.out).toContain('You did not type yes. Nothing was approved.');
    const other = await runOnTerminal(['approve', '0123456789abcdef'], env, 'yes\n');
    expect(other.status).toBe(1);
    expect(other.out).toContain(`The files on disk are review ${reviewId} now`);

    const yes = await runOnTerminal(['approve', reviewId], env, 'yes\n');
    expect(yes.out).toContain('Approve the 2x configs for upload (review ');
    expect(yes.out).toContain(`Approved review ${reviewId}. uploadChecks may send it now.`);
    expect(yes.status).toBe(0);
    expect(JSON.parse((await run(['showSession', '--json'], env)).out)).toMatchObject({
      phase: 'approved',
      disk: { approved: true },
    });
  });

  test.each([[[]], [['latest']], [['0123456789abcdef', 'and more']]])('%j is bad usage', async (words) => {
    const { status, err } = await run(['approve', ...words], freshPlaces());
    expect(status).toBe(2);
    expect(err).toMatch(/^BAD_INPUT: approve takes one review id of 16 hex digits\./);
  });
});

test('--version, --help and a command that is not there', async () => {
  expect(await run(['--version'], {})).toMatchObject({
    status: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
  });
  expect(await run(['--help'], {})).toMatchObject({
    status: 0,
    out: expect.stringContaining('scaleConfigs'),
  });
  expect(await run(['scale'], {})).toMatchObject({ status: 2, out: '' });
});

test.skipIf(!python)('progress is a bar on a terminal, gone before the result (needs python3)', async () => {
  const words = ['scaleConfigs', '--load', '2x', '--dryRun'];
  const { status, out } = await runOnTerminal(words, { ...freshPlaces(), TERM: 'xterm' }, '');
  expect(status).toBe(0);
  expect(out).toMatch(/█+░* \d+\/\d+ check files read/);
  const [drawn, result] = [out.lastIndexOf('█'), out.indexOf('Intervals changed')];
  expect(drawn).toBeLessThan(result);
  expect(out.slice(drawn, result)).toContain('\r\u001b[2K');
  const dumb = await runOnTerminal(words, { ...freshPlaces(), TERM: 'dumb' }, '');
  expect(dumb.out).not.toContain('\u001b');
});

test('a tool that is stopped goes at once, says so, and leaves the truth in the session', async () => {
  const env = freshPlaces();
  const { reviewId } = JSON.parse((await run(['scaleConfigs', '--load', '2x', '--json'], env)).out);
  await control('POST', 'faults', [{ service: 's3', operation: 'PutObject', delayMs: 20_000 }]);
  const child = spawn(process.execPath, [product(), 'uploadChecks', '--reviewId', reviewId, '--approved'], {
    env: { PATH: process.env.PATH, ...world().env, ...env },
    cwd: tmpdir(),
  });
  let err = '';
  child.stderr.on('data', (text) => {
    err += text;
  });
  await until(async () => (await puts(env.CONFIGS_PREFIX ?? '')) > 0);
  child.kill('SIGINT');
  const status = await new Promise((resolve) => child.once('close', resolve));
  expect(err).toBe('Stopped. What was done before that stays. Next: showSession tells where things stand.\n');
  expect(status).toBe(130);
  expect(JSON.parse((await run(['showSession', '--json'], env)).out)).toMatchObject({
    interrupted: { tool: 'uploadChecks' },
    phase: 'approved',
  });
});
