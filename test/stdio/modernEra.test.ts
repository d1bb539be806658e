/** The protocol of 2026-07-28: no handshake, and questions that end a call instead of interrupting it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { envelope, initialize, type Message, type ServerProcess } from './builtServer.ts';
import { type Environment, until, useServer } from './useServer.ts';

const { start, freshPlaces, control, puts, world } = useServer();

const canAsk = { elicitation: { form: {} } };
const yes = { decision: { action: 'accept', content: { decision: 'approve' } } };

const run = (env: Environment, nodeOptions?: string[]) => start({ ...world().env, ...env }, nodeOptions);

/** A call as a client sends it first, or again with what it brings back. */
async function call(server: ServerProcess, name: string, given: object, more: object = {}): Promise<Message> {
  const { result } = await server.request('tools/call', {
    name,
    arguments: given,
    ...envelope(canAsk),
    ...more,
  });
  return result;
}

async function scale(server: ServerProcess, load: number): Promise<{ reviewId: string }> {
  return (await call(server, 'scaleConfigs', { load })).structuredContent;
}

describe('without a handshake', () => {
  test('the server says what it is, and answers what an old client gets, but for the marks of the era', async () => {
    const server = run({});
    const { result } = await server.request('server/discover', envelope());
    expect(result.supportedVersions).toEqual(['2026-07-28']);
    expect(result._meta['io.modelcontextprotocol/serverInfo']).toMatchObject({ name: 'audit-load-test' });
    const old = run({});
    expect((await initialize(old)).instructions).toBe(result.instructions);
    for (const method of ['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list']) {
      const { resultType, ttlMs, cacheScope, _meta, ...rest } = (await server.request(method, envelope()))
        .result;
      expect(resultType).toBe('complete');
      expect(rest).toEqual((await old.request(method)).result);
    }
  });

  test('a request without its envelope is refused with the names of the missing keys', async () => {
    const server = run({});
    await server.request('tools/list', envelope());
    expect((await server.request('tools/list')).error).toEqual({
      code: -32602,
      message: expect.stringContaining('io.modelcontextprotocol/protocolVersion'),
    });
  });

  test.each(['2099-01-01', '2025-11-25', 'next'])(
    'the version %s is refused with the supported ones, first and later',
    async (version) => {
      const server = run({});
      const refusal = {
        code: -32022,
        message: `Unsupported protocol version: ${version}`,
        data: { supported: ['2026-07-28'], requested: version },
      };
      const ask = async () => (await server.request('tools/list', envelope({}, version))).error;
      expect(await ask()).toEqual(refusal);
      expect((await server.request('tools/list', envelope())).result.tools.length).toBeGreaterThan(10);
      expect(await ask()).toEqual(refusal);
    },
  );

  test('a client that looks for the new era and then shakes hands is served in the old one', async () => {
    const server = run({});
    await server.request('server/discover', envelope());
    expect((await initialize(server)).protocolVersion).toBe('2025-06-18');
    expect((await server.request('tools/list')).result.tools.length).toBeGreaterThan(10);
    expect((await server.request('server/discover', envelope())).error.code).toBe(-32601);
  });

  test('a handshake with an unknown version is answered with a known one', async () => {
    const params = {
      protocolVersion: '2099-01-01',
      capabilities: {},
      clientInfo: { name: 'x', version: '1' },
    };
    expect((await run({}).request('initialize', params)).result.protocolVersion).toBe('2025-11-25');
  });
});

/** However busy this machine is, nothing is answered too late. */
const patientTimers = [
  '--import',
  `data:text/javascript,${encodeURIComponent('const real = setTimeout; globalThis.setTimeout = (work, ms, ...rest) => real(work, 20 * ms, ...rest);')}`,
];

describe.each(['2025-06-18', '2026-07-28'])('a client of %s that writes and closes at once', (version) => {
  test('gets all its answers, also to a last line without an end', async () => {
    const server = run({}, patientTimers);
    const common = version === '2025-06-18' ? {} : envelope();
    if (version === '2025-06-18') void initialize(server);
    const ids = [
      server.send('tools/list', common),
      server.send('tools/call', { name: 'showSession', arguments: {}, ...common }),
      server.send('tools/call', { name: 'scaleConfigs', arguments: { load: 'much' }, ...common }),
      server.send('prompts/list', common),
    ];
    server.child.stdin?.write(
      JSON.stringify({ jsonrpc: '2.0', id: 99, method: 'resources/list', params: common }),
    );
    server.child.stdin?.end();
    expect(await server.exit).toBe(0);
    for (const id of [...ids, 99]) expect((await server.answerTo(id)).result, String(id)).toBeDefined();
  });
});

/** Once the folder `gate` exists, a process that is about to store bytes waits there until a second one is. */
function meetingAt(gate: string): string[] {
  const code = `
    import { existsSync, readdirSync, writeFileSync } from 'node:fs';
    import files from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const gate = ${JSON.stringify(gate)};
    const open = files.open;
    files.open = async (path, flags, ...rest) => {
      if (flags === 'wx' && existsSync(gate)) {
        writeFileSync(gate + '/' + process.pid, '');
        while (readdirSync(gate).length < 2) await new Promise((done) => setImmediate(done));
      }
      return open(path, flags, ...rest);
    };
    syncBuiltinESMExports();`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

describe('a call that needs the user’s approval', () => {
  test('ends with the question and uploads nothing; the same call with the answer uploads', async () => {
    const env = freshPlaces();
    const server = run(env);
    const { reviewId } = await scale(server, 2);
    const asked = await call(server, 'uploadChecks', { reviewId });
    expect(asked).toMatchObject({
      resultType: 'input_required',
      inputRequests: {
        decision: {
          method: 'elicitation/create',
          params: {
            mode: 'form',
            message: expect.stringMatching(
              `^Approve the 2x configs for upload \\(review ${reviewId}\\)\\?\n`,
            ),
            requestedSchema: { required: ['decision'] },
          },
        },
      },
      requestState: expect.stringMatching(/^[0-9a-f-]{36}\.[0-9a-f]{64}$/),
    });
    expect(await puts(env.CONFIGS_PREFIX)).toBe(0);
    const answered = { inputResponses: yes, requestState: asked.requestState };
    expect((await call(server, 'uploadChecks', { reviewId }, answered)).structuredContent).toMatchObject({
      status: 'uploaded',
    });
    expect(await puts(env.CONFIGS_PREFIX)).toBeGreaterThan(0);
  });

  test('survives the death of the server between question and answer', async () => {
    const env = freshPlaces();
    const server = run(env);
    const { reviewId } = await scale(server, 2);
    const { requestState } = await call(server, 'uploadChecks', { reviewId });
    server.child.kill('SIGKILL');
    await server.exit;
    const next = run(env);
    const answer = await call(next, 'uploadChecks', { reviewId }, { inputResponses: yes, requestState });
    expect(answer.structuredContent).toMatchObject({ status: 'uploaded' });
  });

  test('uploads nothing when a file was edited between question and answer', async () => {
    const env = freshPlaces();
    const server = run(env);
    const { reviewId } = await scale(server, 2);
    const { requestState } = await call(server, 'uploadChecks', { reviewId });
    const file = join(env.TARGET_REPO, checksPath, 'check_inventory_15m.yml');
    writeFileSync(file, `${readFileSync(file, 'utf8')}# later\n`);
    const answer = await call(server, 'uploadChecks', { reviewId }, { inputResponses: yes, requestState });
    expect(answer.structuredContent).toMatchObject({ status: 'awaiting_approval', uploaded: 0 });
    expect(await puts(env.CONFIGS_PREFIX)).toBe(0);
  });

  test('asks anew for a state that is not its own', async () => {
    const env = freshPlaces();
    const server = run(env);
    const first = await scale(server, 2);
    const other = await call(server, 'uploadChecks', { reviewId: first.reviewId });
    const { reviewId } = await scale(server, 4);
    const [once = '', digest = ''] = String(other.requestState).split('.');
    const states = [
      other.requestState,
      '',
      'nonsense',
      `${once}.${digest.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))}`,
      `${once}.${digest}x`,
      undefined,
    ];
    for (const requestState of states) {
      const again = await call(server, 'uploadChecks', { reviewId }, { inputResponses: yes, requestState });
      expect(again.resultType, String(requestState)).toBe('input_required');
      expect(again.requestState).not.toBe(requestState);
    }
    // The same review with another argument is another question.
    const { requestState } = await call(server, 'uploadChecks', { reviewId });
    const given = { reviewId, removeStale: true };
    expect(
      (await call(server, 'uploadChecks', given, { inputResponses: yes, requestState })).resultType,
    ).toBe('input_required');
    expect(await puts(env.CONFIGS_PREFIX)).toBe(0);
  });

  test('asks anew for an answer that was used before, also in another process', async () => {
    // The DAG names the prefixes of the sandbox.
    const { CONFIGS_PREFIX: _, ...env } = freshPlaces();
    const { s3 } = world();
    const bucket = world().env.S3_BUCKET ?? '';
    const folder = world().env.DAGS_PREFIX ?? '';
    const strange = () =>
      s3.buckets.put(bucket, `${folder}/yang_audit_load_test.py`, Buffer.from('LOAD = 3\n'));
    const server = run(env);
    const { reviewId } = await scale(server, 2);
    await call(server, 'uploadChecks', { reviewId, approved: true });
    strange();
    const asked = await call(server, 'uploadDags', {});
    const answered = { inputResponses: yes, requestState: asked.requestState };
    expect((await call(server, 'uploadDags', {}, answered)).structuredContent.status).toBe('uploaded');
    strange();
    const question = (result: Message) => result.inputRequests?.decision.params.message;
    for (const one of [server, run(env)]) {
      const again = await call(one, 'uploadDags', {}, answered);
      expect(question(again)).toBe(question(asked));
      expect(again.requestState).not.toBe(asked.requestState);
    }
  });

  test('lets one of two processes use an answer that both get at once', async () => {
    const { CONFIGS_PREFIX: _, ...env } = freshPlaces();
    const gate = join(env.STATE_DIR, 'gate');
    const servers = [run(env, meetingAt(gate)), run(env, meetingAt(gate))];
    const [server = run(env)] = servers;
    const { reviewId } = await scale(server, 2);
    await call(server, 'uploadChecks', { reviewId, approved: true });
    const key = `${world().env.DAGS_PREFIX}/yang_audit_load_test.py`;
    world().s3.buckets.put(world().env.S3_BUCKET ?? '', key, Buffer.from('LOAD = 3\n'));
    const { requestState } = await call(server, 'uploadDags', {});
    const answered = {
      inputResponses: { decision: { action: 'accept', content: { decision: 'not now' } } },
      requestState,
    };
    mkdirSync(gate);
    const results = await Promise.all(servers.map((one) => call(one, 'uploadDags', {}, answered)));
    expect(readdirSync(gate)).toHaveLength(2);
    expect(results.filter(({ structuredContent }) => structuredContent?.declined === true)).toHaveLength(1);
    expect(results.filter(({ resultType }) => resultType === 'input_required')).toHaveLength(1);
  });

  test.each([
    ['nothing', {}],
    ['forms on a page of its own only', { elicitation: { url: {} } }],
  ])('is left to the chat where the client declares %s', async (_, capabilities) => {
    const server = run(freshPlaces());
    const { reviewId } = await scale(server, 2);
    const { result } = await server.request('tools/call', {
      name: 'uploadChecks',
      arguments: { reviewId },
      ...envelope(capabilities),
    });
    expect(result.structuredContent).toMatchObject({
      status: 'awaiting_approval',
      callAgain: { tool: 'uploadChecks', arguments: { reviewId, approved: true } },
    });
  });

  test('is left to the chat when the user declines, and an answer of another shape is asked anew', async () => {
    const server = run(freshPlaces());
    const { reviewId } = await scale(server, 2);
    const { requestState } = await call(server, 'uploadChecks', { reviewId });
    const declined = { inputResponses: { decision: { action: 'decline' } }, requestState };
    expect((await call(server, 'uploadChecks', { reviewId }, declined)).structuredContent.status).toBe(
      'awaiting_approval',
    );
    for (const inputResponses of [{}, { decision: 'yes' }, { other: yes.decision }, [], 'yes']) {
      const asked = await call(server, 'uploadChecks', { reviewId });
      const answered = { inputResponses, requestState: asked.requestState };
      expect((await call(server, 'uploadChecks', { reviewId }, answered)).resultType).toBe('input_required');
    }
  });
});

test('a long call sends no ping, which the era does not have, and ends with stdin', async () => {
  const env = freshPlaces();
  const fast =
    'const real = setInterval; globalThis.setInterval = (work, ms) => real(work, Math.min(ms, 20));';
  const server = run(env, ['--import', `data:text/javascript,${encodeURIComponent(fast)}`]);
  const { reviewId } = await scale(server, 2);
  await control('POST', 'faults', [{ service: 's3', operation: 'PutObject', delayMs: 600_000 }]);
  server.send('tools/call', {
    name: 'uploadChecks',
    arguments: { reviewId, approved: true },
    ...envelope(canAsk),
  });
  await until(async () => (await puts(env.CONFIGS_PREFIX)) > 0);
  server.child.stdin?.end();
  expect(await server.exit).toBe(0);
  expect(server.messages.filter(({ method }) => method !== undefined)).toEqual([]);
});
