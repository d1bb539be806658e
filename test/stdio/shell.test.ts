import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { onTerminal, hasPython as python } from './onTerminal.ts';
import { type Environment, until, useServer } from './useServer.ts';

const { product, freshPlaces, world, control, puts } = useServer();

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** The command in a shell without a terminal. */
function run(words: string[], env: Environment): Promise<Ran> {
  return outcome(process.execPath, [product(), ...words], env);
}

function wordsOnTerminal(words: string[], how: 'apart' | 'together'): string[] {
  return onTerminal([process.execPath, product(), ...words], how);
}

/** The command on a terminal of its own, where somebody types. */
function runOnTerminal(words: string[], env: Environment, typed: string): Promise<Ran> {
  return outcome('python3', wordsOnTerminal(words, 'together'), env, typed);
}

const escapeCode = String.fromCodePoint(0x1b);
/** One control sequence, or one character. */
const drawnToken = new RegExp(`${escapeCode}\\[[?\\d;]*[a-zA-Z]|.`, 'gsu');

/** What a terminal shows in the end of what was drawn, for the few things that are drawn here. */
function shownOf(drawn: string): string {
  const lines = [''];
  let column = 0;
  for (const [token] of drawn.matchAll(drawnToken)) {
    const line = lines.at(-1) ?? '';
    if (token === '\n') lines.push('');
    if (token === '\n' || token === '\r' || token === `${escapeCode}[1G`) column = 0;
    else if (token === `${escapeCode}[0K`) lines.splice(-1, 1, line.slice(0, column));
    else if (!token.startsWith(escapeCode)) {
      lines.splice(-1, 1, line.slice(0, column) + token + line.slice(column + 1));
      column += 1;
    }
  }
  return lines.join('\n').trimEnd();
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

test('explain needs no settings, no session and no AWS', async () => {
  const log = fileURLToPath(new URL('../fixtures/failures/cases/rpc-timeout.txt', import.meta.url));
  const nothing = Object.fromEntries(Object.keys(world().env).map((name) => [name, '']));
  const { status, out, err } = await run(['explain', log, '--json'], nothing);
  expect([status, err]).toEqual([0, '']);
  expect(JSON.parse(out).causes).toMatchObject([{ file: log, kind: 'capacity', side: 'driver', line: 11 }]);
});

describe('approve', () => {
  const scaled = async (env: Environment): Promise<string> =>
    JSON.parse((await run(['scaleConfigs', '--load', '2x', '--json'], env)).out).reviewId;

  test('needs a terminal: a script, a pipe or an agent cannot approve', async () => {
    const env = freshPlaces();
    const refused = await run(['approve', await scaled(env)], env);
    expect(refused.status).toBe(1);
    expect(refused.err).toMatch(/^DENIED: approve works only in a terminal, and this is not one\./);
    expect(JSON.parse((await run(['showSession', '--json'], env)).out).phase).toBe('scaled');
  });

  test.skipIf(!python)('accepts only the typed word yes, in a terminal (needs python3)', async () => {
    const env = { ...freshPlaces(), APPROVAL: 'terminal' };
    const reviewId = await scaled(env);
    const no = await runOnTerminal(['approve', reviewId], env, 'ok\n');
    expect(no).toMatchObject({ status: 1 });
    expect(no.out).toContain('You did not type yes. Nothing was approved.');
    const other = await runOnTerminal(['approve', '0123456789abcdef'], env, 'yes\n');
    expect(other.status).toBe(1);
    expect(other.out).toContain(`The files on disk are now review ${reviewId}`);

    const yes = await runOnTerminal(['approve', reviewId], env, 'yes\n');
    expect(yes.out).toContain('Approve the 2x configs for upload (review ');
    expect(yes.out).toContain(`Approved review ${reviewId}. uploadChecks can upload it now.`);
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

test('--version, --help and an unknown command', async () => {
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

describe.skipIf(!python)('progress on a terminal (needs python3)', () => {
  const words = ['scaleConfigs', '--load', '2x', '--dryRun'];

  test('is a bar, cleared before the result', async () => {
    const { status, out } = await runOnTerminal(words, { ...freshPlaces(), TERM: 'xterm' }, '');
    expect(status).toBe(0);
    expect(out).toMatch(/█+░* \d+\/\d+ check files read/);
    expect(shownOf(out)).not.toMatch(/[█░]|check files read/);
    expect(shownOf(out)).toContain('Intervals changed');
  });

  test('leaves stdout alone when it is a pipe', async () => {
    const env = { ...freshPlaces(), TERM: 'xterm' };
    const { status, out, err } = await outcome(
      'python3',
      wordsOnTerminal([...words, '--json'], 'apart'),
      env,
      '',
    );
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ status: 'dry_run' });
    expect(err).toContain('█');
    expect(shownOf(err)).toBe('');
  });

  test('is cleared before an error message', async () => {
    const env = { ...freshPlaces(), TERM: 'xterm' };
    const { status, out } = await runOnTerminal(['uploadChecks', '--reviewId', '0123456789abcdef'], env, '');
    expect(status).toBe(1);
    expect(shownOf(out)).toMatch(/^[A-Z_]+: .*Next: /);
  });

  test('is cleared after Ctrl-C, which ends the command with the status of the signal', async () => {
    const env = { ...freshPlaces(), TERM: 'xterm' };
    const { reviewId } = JSON.parse((await run(['scaleConfigs', '--load', '2x', '--json'], env)).out);
    await control('POST', 'faults', [{ service: 's3', operation: 'PutObject', delayMs: 10 * 60_000 }]);
    const upload = wordsOnTerminal(['uploadChecks', '--reviewId', reviewId, '--approved'], 'together');
    const child = spawn('python3', upload, { env: { PATH: process.env.PATH, ...world().env, ...env } });
    let drawn = '';
    child.stdout.on('data', (text) => {
      drawn += text;
    });
    await until(async () => (await puts(env.CONFIGS_PREFIX ?? '')) > 0);
    child.stdin.write('\u0003');
    const [status] = await once(child, 'close');
    expect(status).toBe(130);
    expect(drawn).toContain('█');
    expect(shownOf(drawn)).toBe(
      'Stopped. Completed work was kept. Next: showSession shows the current state.',
    );
  });

  test('is plain text on a dumb terminal', async () => {
    const dumb = await runOnTerminal(words, { ...freshPlaces(), TERM: 'dumb' }, '');
    expect(dumb.out).not.toContain(escapeCode);
  });
});

test('a stopped tool ends at once, says so, and leaves the session correct', async () => {
  const env = freshPlaces();
  const { reviewId } = JSON.parse((await run(['scaleConfigs', '--load', '2x', '--json'], env)).out);
  await control('POST', 'faults', [{ service: 's3', operation: 'PutObject', delayMs: 10 * 60_000 }]);
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
  expect(err).toBe('Stopped. Completed work was kept. Next: showSession shows the current state.\n');
  expect(status).toBe(130);
  expect(JSON.parse((await run(['showSession', '--json'], env)).out)).toMatchObject({
    interrupted: { tool: 'uploadChecks' },
    phase: 'approved',
  });
});
