import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStepLogs } from '../../src/adapters/stepLogs.ts';
import type { Cluster, Step } from '../../src/ports.ts';
import { keyId, startAwsWorld, watch } from './awsWorld.ts';

const endedMs = Date.UTC(2025, 11, 8, 20, 0, 0);
const folder = 'emr/j-1/steps/s-1/';

const cluster: Cluster = {
  id: 'j-1',
  name: 'load-test',
  state: 'RUNNING',
  createdMs: endedMs - 3_600_000,
  logUri: 's3n://logs/emr/',
  observedMs: endedMs + 3_600_000,
};
const step: Step = {
  id: 's-1',
  name: 'check_a_15m_2x',
  state: 'FAILED',
  arguments: ['spark-submit', '--deploy-mode', 'cluster', 'x.py'],
  createdMs: endedMs - 600_000,
  startedMs: endedMs - 300_000,
  endedMs,
};

let world: Awaited<ReturnType<typeof startAwsWorld>>;
beforeEach(async () => {
  world = await startAwsWorld();
  world.buckets.create('logs');
});
afterEach(() => world.close());

const put = (key: string, text: string) => world.buckets.put('logs', key, gzipSync(text));
const read = (changed: Partial<Step> = {}, of: Partial<Cluster> = {}) =>
  createStepLogs(world).read({ ...cluster, ...of }, { ...step, ...changed }, watch());

describe('the place', () => {
  it('is the log file that EMR names in the failure, when it is there', async () => {
    put('elsewhere/stderr.gz', 'named');
    put(`${folder}stderr.gz`, 'by the LogUri');
    expect(await read({ failure: { logFile: 's3://logs/elsewhere/stderr.gz' } })).toEqual({
      found: 'log',
      uri: 's3://logs/elsewhere/stderr.gz',
      text: 'named',
      cut: false,
    });
    expect(await read({ failure: { logFile: 's3://logs/gone/stderr.gz' } })).toMatchObject({
      text: 'by the LogUri',
    });
    expect(await read({ failure: { logFile: 's3a://logs/elsewhere/' } })).toMatchObject({ text: 'named' });
  });

  it('is then the step’s own log folder, then the one below the cluster’s LogUri', async () => {
    put('own/j-1/steps/s-1/stderr.gz', 'own');
    put(`${folder}stderr.gz`, 'by the LogUri');
    expect(await read({ logUri: 's3://logs/own' })).toMatchObject({ text: 'own' });
    expect(await read({ logUri: 's3://logs/own/j-1/steps/s-1/' })).toMatchObject({ text: 'own' });
    expect(await read()).toMatchObject({ text: 'by the LogUri', uri: `s3://logs/${folder}stderr.gz` });
  });

  it('is the next kind of log where one is empty or absent', async () => {
    put(`${folder}stderr.gz`, ' \n');
    put(`${folder}stdout.gz`, 'from stdout');
    expect(await read()).toMatchObject({ text: 'from stdout' });
    put(`${folder}controller.gz`, 'from the controller');
    expect(await read()).toMatchObject({ text: 'from the controller' });
  });

  it('is the driver’s container with deploy mode cluster, the last attempt of it', async () => {
    const containers = 'emr/j-1/containers/application_17_0042/';
    put(`${folder}stderr.gz`, 'INFO Client: Application report for application_17_0042 (state: FAILED)');
    put(`${containers}container_17_0042_01_000001/stderr.gz`, 'first attempt');
    put(`${containers}container_17_0042_02_000001/stderr.gz`, 'java.lang.OutOfMemoryError');
    put(`${containers}container_17_0042_02_000002/stderr.gz`, 'an executor');
    expect(await read()).toMatchObject({
      text: 'java.lang.OutOfMemoryError',
      uri: `s3://logs/${containers}container_17_0042_02_000001/stderr.gz`,
    });
    expect(await read({ arguments: ['spark-submit', 'x.py'] })).toMatchObject({
      text: expect.stringContaining('Application report'),
    });
  });

  it('is the step’s stderr as long as the container’s is not there', async () => {
    put(`${folder}stderr.gz`, 'application_17_0042 failed');
    expect(await read()).toMatchObject({ text: 'application_17_0042 failed' });
  });
});

describe('nothing there', () => {
  it('within ten minutes of the end is "not delivered yet", by AWS’s clock', async () => {
    const uri = `s3://logs/${folder}stderr.gz`;
    expect(await read({}, { observedMs: endedMs + 9 * 60_000 })).toEqual({ found: 'not_delivered_yet', uri });
    expect(await read({}, { observedMs: endedMs + 11 * 60_000 })).toEqual({ found: 'none', uri });
  });

  it('and nowhere to look is "none"', async () => {
    const { logUri: _, ...without } = cluster;
    expect(await createStepLogs(world).read({ ...without, observedMs: endedMs }, step)).toEqual({
      found: 'none',
    });
  });

  it('in a bucket that does not exist is "none"', async () => {
    expect(await read({}, { logUri: 's3://no-such-log-bucket/x/' })).toMatchObject({ found: 'none' });
  });

  it('that we may see is "denied"', async () => {
    world.front.faults.add([{ service: 's3', operation: 'GetObject', error: 'AccessDenied' }]);
    expect(await read()).toEqual({ found: 'denied', uri: `s3://logs/${folder}stderr.gz` });
  });
});

describe('the text', () => {
  it('is read as it is when it is not packed', async () => {
    world.buckets.put('logs', `${folder}stderr.gz`, Buffer.from('plain'));
    expect(await read()).toMatchObject({ text: 'plain', cut: false });
  });

  it('is what is before the break of a gzip that was cut or damaged', async () => {
    const random = Array.from({ length: 20_000 }, (_, index) => `${index * 7919}`).join(' ');
    const whole = gzipSync(`the beginning ${random}`);
    world.buckets.put('logs', `${folder}stderr.gz`, whole.subarray(0, whole.length / 2));
    const broken = await read();
    expect(broken).toMatchObject({ found: 'log', text: expect.stringMatching(/^the beginning 0 7919/) });
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, whole.length - 2000, whole.length - 1900);
    world.buckets.put('logs', `${folder}stderr.gz`, damaged);
    expect(await read()).toMatchObject({ cut: true, text: expect.stringMatching(/^the beginning/) });
  });

  it('of a huge log is its last mebibyte', async () => {
    put(`${folder}stderr.gz`, `${'line\n'.repeat(2_000_000)}the end`);
    const log = await read();
    expect(log).toMatchObject({ cut: true, text: expect.stringMatching(/the end$/) });
    expect(log.found === 'log' && log.text.length).toBe(1024 * 1024);
  });

  it('is foreign: no escapes, no secrets', async () => {
    put(`${folder}stderr.gz`, `\u001b[31mFAILED\u001b[0m key ${keyId} \u202e jdbc:mysql://u:hunter2@db/x`);
    expect(await read()).toMatchObject({ text: 'FAILED key [masked]  jdbc:mysql://u:[masked]@db/x' });
  });

  it.each(['cutBody', 'resetConnection', 'responseLost', 'SlowDown'])(
    '%s once is not noticed',
    async (error) => {
      put(`${folder}stderr.gz`, 'whole '.repeat(1000));
      world.front.faults.add([{ service: 's3', operation: 'GetObject', error, times: 1 }]);
      expect(await read()).toMatchObject({ text: 'whole '.repeat(1000), cut: false });
    },
  );

  it('cut for ever is UPSTREAM', async () => {
    put(`${folder}stderr.gz`, 'whole '.repeat(1000));
    world.front.faults.add([{ service: 's3', operation: 'GetObject', error: 'cutBody' }]);
    await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM' });
  });
});
