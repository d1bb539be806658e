/** Event logs in a folder of S3, over real sockets. */
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEventLogs } from '../../src/adapters/eventLogs/eventLogs.ts';
import type { Cluster, Step } from '../../src/ports/aws.ts';
import { readEvidence } from '../../src/workflow/evidence/read.ts';
import { logLines } from '../report/evidence/logs.ts';
import { startAwsWorld } from './awsWorld.ts';

const createdMs = Date.UTC(2026, 0, 11);
const folder = { bucket: 'logs', prefix: 'spark/15m/' };

let world: Awaited<ReturnType<typeof startAwsWorld>>;
beforeEach(async () => {
  world = await startAwsWorld();
  world.buckets.create('logs');
});
afterEach(() => world.close());

const put = (name: string, bytes: string | Buffer) =>
  world.buckets.put('logs', `${folder.prefix}${name}`, Buffer.from(bytes));
const found = () => createEventLogs(world).inFolder(folder, createdMs);
const application = (sinceMs: number, number: number) =>
  `application_${createdMs + sinceMs}_${String(number).padStart(4, '0')}`;

describe('a folder', () => {
  it('has the logs of clusters since a time, rolled or not, the last attempt last', async () => {
    put(`${application(-60_000, 1)}_1`, 'of an older cluster');
    put(`${application(1000, 1)}_1`, 'a');
    put(`${application(1000, 1)}_2.zstd`, 'b');
    const rolled = `eventlog_v2_${application(2000, 10)}_1`;
    put(`${rolled}/events_10_x`, 'ten');
    put(`${rolled}/events_9_x`, 'nine');
    put(`${rolled}/appstatus_x.inprogress`, '');
    put('readme.txt', 'none');
    expect(
      (await found()).map(({ application: id, attempt, log }) => [
        id,
        attempt,
        log.parts.map(({ name }) => name),
        log.inProgress,
        log.lacksParts,
      ]),
    ).toEqual([
      [application(1000, 1), 1, [`${application(1000, 1)}_1`], false, false],
      [application(2000, 10), 1, ['events_9_x', 'events_10_x'], true, true],
      [application(1000, 1), 2, [`${application(1000, 1)}_2.zstd`], false, false],
    ]);
  });

  it('that is not there has none; one that cannot be listed is an error', async () => {
    expect(await found()).toEqual([]);
    const elsewhere = { bucket: 'not-there', prefix: '' };
    await expect(createEventLogs(world).inFolder(elsewhere, createdMs)).rejects.toMatchObject({
      code: 'CONFIG',
    });
    world.front.faults.add([{ service: 's3', operation: 'ListObjectsV2', error: 'AccessDenied' }]);
    await expect(found()).rejects.toMatchObject({ code: 'DENIED' });
  });
});

describe('a log', () => {
  const name = `${application(1000, 1)}_1`;

  it('is streamed', async () => {
    put(name, logLines('spark-4.0', 'window_2').join('\n'));
    const [log] = await found();
    const read = log && (await readEvidence(log.log, createEventLogs(world)));
    expect(read).toMatchObject({ found: 'evidence', evidence: { rowsRead: 40_000 } });
  });

  it('whose body breaks off is no log that was cut: reading it fails, and succeeds later', async () => {
    put(name, logLines('spark-4.0', 'window_2').join('\n'));
    const [log] = await found();
    if (log === undefined) throw new Error('no log');
    world.front.faults.add([{ service: 's3', operation: 'GetObject', error: 'cutBody', times: 1 }]);
    await expect(readEvidence(log.log, createEventLogs(world))).rejects.toMatchObject({ code: 'UPSTREAM' });
    expect(await readEvidence(log.log, createEventLogs(world))).toMatchObject({ found: 'evidence' });
  });

  it('that was removed meanwhile is not found', async () => {
    put(name, 'x');
    const [log] = await found();
    world.front.faults.add([{ service: 's3', operation: 'GetObject', error: 'NoSuchKey' }]);
    await expect(log && readEvidence(log.log, createEventLogs(world))).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('the application of a step', () => {
  const step: Step = { id: 's-1', name: 'check_a_15m_2x', state: 'COMPLETED', arguments: [], createdMs };
  const cluster: Cluster = {
    id: 'j-1',
    name: 'load-test',
    state: 'RUNNING',
    createdMs,
    logUri: 's3://logs/emr/',
    observedMs: createdMs,
  };
  const named = () => createEventLogs(world).applicationOf(cluster, step);
  const stderr = (text: string) => world.buckets.put('logs', 'emr/j-1/steps/s-1/stderr.gz', gzipSync(text));

  it('is the first that its stderr names', async () => {
    stderr(
      `INFO x\nINFO YarnClientImpl: Submitted application ${application(0, 7)}\n${'y\n'.repeat(100_000)}`,
    );
    expect(await named()).toBe(application(0, 7));
  });

  it('is not known without a stderr, without a name in it, and where it may not be read', async () => {
    expect(await named()).toBeUndefined();
    stderr('INFO nothing\n');
    expect(await named()).toBeUndefined();
    world.front.faults.add([{ service: 's3', operation: 'GetObject', error: 'AccessDenied' }]);
    expect(await named()).toBeUndefined();
  });
});
