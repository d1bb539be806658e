import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checksPath } from '../../sandbox/sample/targetRepository.ts';
import { journalIn } from '../state/journalIn.ts';
import type { Message, ServerProcess } from './builtServer.ts';
import { type Environment, until, useServer } from './useServer.ts';

const { serve, freshPlaces, control, place, puts, world } = useServer();

/** Longer than a test waits for anything: who is killed is killed before this is over. */
const hangMs = 20_000;

async function kill(server: ServerProcess): Promise<void> {
  server.child.kill('SIGKILL');
  expect(await server.exit).toBe('SIGKILL');
}

function git(env: Environment, ...args: string[]): string {
  return execFileSync('git', ['-C', env.TARGET_REPO ?? '', ...args])
    .toString()
    .trim();
}

describe('killed while scaleConfigs writes', () => {
  /** Settings under which the server dies, as by kill -9, when it has put so many files into their places. */
  function dyingAfter(writes: number): Environment & { TARGET_REPO: string } {
    return { ...freshPlaces(), NODE_OPTIONS: `--import ${killedAfter(writes)}` };
  }

  const living = ({ NODE_OPTIONS: _, ...env }: Environment): Environment => env;
  const changed = (env: Environment) => git(env, 'diff', '--name-only').split('\n').filter(Boolean);
  const tree = (env: Environment) => git(env, 'stash', 'create');

  test.each([1, 20])(
    'after %i of the files: the same call finishes, and nobody’s edit is seen in it',
    async (writes) => {
      const env = dyingAfter(writes);
      const server = await serve(env);
      const dry = await server.call('scaleConfigs', { load: 2, dryRun: true });
      server.send('tools/call', { name: 'scaleConfigs', arguments: { load: 2 } });
      expect(await server.exit).toBe('SIGKILL');
      expect(changed(env)).toHaveLength(writes);
      expect(dry.filesChanged).toBeGreaterThan(writes);

      const next = await serve(living(env));
      const session = await next.call('showSession');
      expect(session).toMatchObject({ phase: 'idle', disk: null, callAgain: { tool: 'scaleConfigs' } });
      expect(session.interrupted.tool).toBe('scaleConfigs');
      expect((await next.call('reviewConfigs')).error).toMatch(
        /^WRONG_STATE: scaleConfigs \(load: 2\) did not finish.*Next: call scaleConfigs with load: 2 again/s,
      );
      const finished = await next.call(session.callAgain.tool, session.callAgain.arguments);
      expect(finished).toMatchObject({ status: 'scaled', reviewId: dry.reviewId });
      expect(finished).toHaveProperty('edited', []);
      expect(finished.written).toBe(dry.filesChanged - writes);
      expect((await next.call('showSession')).interrupted).toBeUndefined();
      expect(git(env, 'status', '--porcelain', '--untracked-files=all')).not.toContain('??');
      expect(await next.call('scaleConfigs', { load: 2 })).toMatchObject({ status: 'unchanged' });
    },
  );

  test('an edit of the user in the half-scaled files is still detected', async () => {
    const env = dyingAfter(5);
    const server = await serve(env);
    server.send('tools/call', { name: 'scaleConfigs', arguments: { load: 2 } });
    expect(await server.exit).toBe('SIGKILL');
    const [mine = ''] = changed(env);
    writeFileSync(join(env.TARGET_REPO, mine), 'where: mine\n');
    const before = tree(env);

    const next = await serve(living(env));
    const answer = await next.call('scaleConfigs', { load: 2 });
    expect(answer).toMatchObject({ status: 'needs_decision', written: 0 });
    expect(answer.edited).toEqual([mine.slice(checksPath.length + 1)]);
    expect(git(env, 'diff', '--stat', before)).toBe('');
    expect(await next.call('scaleConfigs', { load: 4, overwriteEdits: true })).toMatchObject({
      status: 'scaled',
    });
  });
});

/**
 * A module that ends its process by SIGKILL right after so many renames of check files: the moment that a kill from
 * outside would have to meet between two of them.
 */
function killedAfter(writes: number): string {
  const path = join(place(), `killed-after-${writes}.mjs`);
  writeFileSync(
    path,
    `import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    let left = ${writes};
    const done = (to) => {
      if (String(to).includes('/${checksPath}/') && --left === 0) process.kill(process.pid, 'SIGKILL');
    };
    const { renameSync } = fs;
    const { rename } = fs.promises;
    fs.renameSync = (from, to) => (renameSync(from, to), done(to));
    let last = Promise.resolve();
    fs.promises.rename = (from, to) => (last = last.then(() => rename(from, to)).then(() => done(to)));
    syncBuiltinESMExports();`,
  );
  return path;
}

describe('killed while uploadChecks', () => {
  async function uploadUntil(hanging: object, prefix: (env: Environment) => string) {
    const env = freshPlaces();
    const server = await serve(env);
    const { reviewId } = await server.call('scaleConfigs', { load: 2 });
    await control('POST', 'faults', [{ service: 's3', delayMs: hangMs, ...hanging }]);
    const given = { reviewId, approved: true };
    server.send('tools/call', { name: 'uploadChecks', arguments: given });
    await until(async () => {
      const requests = await control('GET', 'requests');
      return requests.some(
        (one) =>
          one.key?.startsWith(prefix(env)) && one.operation === (hanging as { operation: string }).operation,
      );
    });
    await kill(server);
    await control('DELETE', 'faults');
    return { env, given, next: await serve(env) };
  }

  test('sends: the approval is kept, sent objects are not sent again, the same call finishes', async () => {
    const { given, next } = await uploadUntil({ operation: 'PutObject' }, (one) => one.CONFIGS_PREFIX ?? '');
    const session = await next.call('showSession');
    expect(session).toMatchObject({
      phase: 'approved',
      disk: { load: 2, reviewId: given.reviewId, approved: true, matchesReview: true },
      interrupted: { tool: 'uploadChecks' },
      callAgain: { tool: 'uploadChecks', arguments: given },
    });
    expect(session).toHaveProperty('uploaded', []);
    const done = await next.call('uploadChecks', given);
    expect(done).toMatchObject({ status: 'uploaded' });
    const again = await next.call('uploadChecks', given);
    expect(again).toMatchObject({
      status: 'unchanged',
      uploaded: 0,
      unchanged: done.uploaded + done.unchanged,
    });
    expect((await next.call('showSession')).uploaded.map((one: Message) => one.schedule).toSorted()).toEqual([
      '15m',
      'daily',
      'hourly',
    ]);
  });

  test('has sent every check but recorded none: the same call finds and records them', async () => {
    const { env, given, next } = await uploadUntil(
      { operation: 'CopyObject' },
      (one) => `${one.CONFIGS_PREFIX}/hourly`,
    );
    const sent = await puts(env.CONFIGS_PREFIX ?? '');
    expect(await next.call('showSession')).toHaveProperty('uploaded', []);
    const done = await next.call('uploadChecks', given);
    expect(done).toMatchObject({ uploaded: 0, unchanged: sent });
    expect(await puts(env.CONFIGS_PREFIX ?? '')).toBe(sent);
    const session = await next.call('showSession');
    expect(session.uploaded).toHaveLength(3);
    expect(session.interrupted).toBeUndefined();
  });
});

/** A dozen servers, one after the other. */
const roundTimeoutMs = 90_000;

test('killed at each step of a whole round, the session is complete each time', {
  timeout: roundTimeoutMs,
}, async () => {
  const env: Environment = { ...freshPlaces(), CONFIGS_PREFIX: 'checks_load_test/configs' };
  let server = await serve(env);
  const restart = async () => {
    await kill(server);
    server = await serve(env);
    return server.call('showSession');
  };
  const { reviewId } = await server.call('scaleConfigs', { load: 2 });
  expect(await restart()).toMatchObject({
    phase: 'scaled',
    schedule: '15m',
    disk: { load: 2, reviewId, approved: false },
  });
  await server.call('uploadChecks', { reviewId, approved: true });
  expect(await restart()).toMatchObject({ phase: 'checks_uploaded', disk: { reviewId, approved: true } });

  // Killed once all four files are in the bucket and before the round is recorded.
  await control('DELETE', 'requests');
  await control('POST', 'faults', [{ service: 's3', operation: 'HeadBucket', delayMs: hangMs }]);
  server.send('tools/call', { name: 'uploadDags', arguments: { load: 2 } });
  await until(async () => {
    const operations = (await control('GET', 'requests')).map(({ operation }) => operation);
    return operations.lastIndexOf('HeadBucket') > operations.lastIndexOf('PutObject');
  });
  expect(await puts('dags/')).toBe(4);
  const restarted = await restart();
  expect(restarted).toMatchObject({ interrupted: { tool: 'uploadDags' }, phase: 'checks_uploaded' });
  expect(restarted).toHaveProperty('rounds', []);
  await control('DELETE', 'faults');
  expect(await server.call('uploadDags', { load: 2 })).toMatchObject({ round: 1 });
  expect(await puts('dags/')).toBe(4);
  expect(await restart()).toMatchObject({
    phase: 'round_open',
    dag: { load: 2 },
    rounds: [{ round: 1, load: 2, schedule: '15m' }],
  });
  expect(await server.call('uploadDags', { load: 2 })).toMatchObject({ status: 'unchanged' });
  expect((await restart()).rounds).toHaveLength(1);

  const [run] = [await control('POST', 'dagRuns', { dagId: 'yang_audit_load_test_15m' })] as unknown as [
    Message,
  ];
  const polled = await server.call('pollCluster', { waitSeconds: 0 });
  expect(polled).toMatchObject({ clusterId: run.clusterId, clusterFrom: 'found', round: 1 });
  expect(await restart()).toMatchObject({
    phase: 'running',
    rounds: [{ round: 1, clusterId: run.clusterId }],
  });

  world().advance(600);
  await until(async () => (await server.call('pollCluster', { waitSeconds: 1 })).done === true);
  expect(await restart()).toMatchObject({ phase: 'finished', rounds: [{ round: 1, end: 'done' }] });
  const report = await server.call('buildReport');
  expect(await restart()).toMatchObject({
    phase: 'reported',
    rounds: [{ round: 1, report: expect.stringContaining('2x_') }],
  });
  expect(report.clusterId ?? run.clusterId).toBe(run.clusterId);

  const head = git(env, 'rev-parse', 'HEAD');
  server.send('tools/call', { name: 'commitResults', arguments: {} });
  await until(() => git(env, 'rev-parse', 'HEAD') !== head);
  await restart();
  const committed = await server.call('commitResults', {});
  expect(committed.target.sha).toBe(git(env, 'rev-parse', 'HEAD'));
  expect(git(env, 'rev-list', '--count', `${head}..HEAD`)).toBe('1');
  expect(await restart()).toMatchObject({ phase: 'committed', rounds: [{ round: 1, committed: true }] });
});

test('two servers on one session see the same events, lose none, and use no round number twice', async () => {
  const env = freshPlaces();
  const [one, two] = [await serve(env), await serve(env)];
  const { reviewId } = await one.call('scaleConfigs', { load: 2 });
  expect(await two.call('showSession')).toMatchObject({ phase: 'scaled', disk: { load: 2, reviewId } });
  await Promise.all(
    [one, two].flatMap((server) => Array.from({ length: 5 }, () => server.call('reviewConfigs'))),
  );
  const answers = await Promise.all(
    [one, two].map((server) => server.call('uploadChecks', { reviewId, approved: true })),
  );
  expect(answers.map((answer) => answer.status)).toEqual(expect.arrayContaining(['uploaded']));
  for (const server of [one, two])
    expect(await server.call('showSession')).toMatchObject({
      phase: 'checks_uploaded',
      disk: { approved: true },
    });

  const journal = journalIn(join(env.STATE_DIR, 'journal'));
  const entries = await journal.read();
  const types = entries.flatMap(({ events }) => events.map((event) => event.type));
  expect(journal.skipped()).toEqual([]);
  expect(types.filter((type) => type === 'reviewed').length).toBeGreaterThanOrEqual(10);
  expect(types.filter((type) => type === 'checksUploaded')).toHaveLength(2);
});
