import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStepLogs } from '../../src/adapters/emr/stepLogs.ts';
import type { Cluster, Step } from '../../src/ports/aws.ts';
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

/** The texts that were read, in order, each with its file. */
async function parts(...given: Parameters<typeof read>) {
  const log = await read(...given);
  if (log.found !== 'log') throw new Error(`no log: ${log.found}`);
  return log.parts.map(({ uri, text }) => [uri.replace('s3://logs/', ''), text]);
}

describe('the place', () => {
  it('is the log file that EMR names in the failure, if it exists', async () => {
    put('elsewhere/stderr.gz', 'named');
    put(`${folder}stderr.gz`, 'by the LogUri');
    expect(await read({ failure: { logFile: 's3://logs/elsewhere/stderr.gz' } })).toEqual({
      found: 'log',
      parts: [{ uri: 's3://logs/elsewhere/stderr.gz', text: 'named', cut: false, gzip: true }],
    });
    expect(await parts({ failure: { logFile: 's3://logs/gone/stderr.gz' } })).toEqual([
      [`${folder}stderr.gz`, 'by the LogUri'],
    ]);
    expect(await parts({ failure: { logFile: 's3a://logs/elsewhere/' } })).toEqual([
      ['elsewhere/stderr.gz', 'named'],
    ]);
  });

  it('is otherwise the step’s own log folder, then the one below the cluster’s LogUri', async () => {
    put('own/j-1/steps/s-1/stderr.gz', 'own');
    put(`${folder}stderr.gz`, 'by the LogUri');
    expect(await parts({ logUri: 's3://logs/own' })).toMatchObject([[expect.anything(), 'own']]);
    expect(await parts({ logUri: 's3://logs/own/j-1/steps/s-1/' })).toMatchObject([
      [expect.anything(), 'own'],
    ]);
    expect(await parts()).toEqual([[`${folder}stderr.gz`, 'by the LogUri']]);
  });

  it('is stderr and stdout together, as the traceback of a Python check is in stdout', async () => {
    put(`${folder}stderr.gz`, 'INFO SparkContext: Running Spark');
    put(`${folder}stdout.gz`, 'Traceback (most recent call last):');
    put(`${folder}controller.gz`, 'WARN Step failed with exitCode 1');
    const both = [
      [`${folder}stderr.gz`, 'INFO SparkContext: Running Spark'],
      [`${folder}stdout.gz`, 'Traceback (most recent call last):'],
    ];
    expect(await parts()).toEqual(both);
    expect(await parts({ failure: { logFile: `s3://logs/${folder}stderr.gz` } })).toEqual(both);
  });

  it('is the controller’s log when stderr and stdout are empty or missing', async () => {
    put(`${folder}stderr.gz`, ' \n');
    put(`${folder}syslog.gz`, 'from syslog');
    expect(await parts()).toEqual([[`${folder}syslog.gz`, 'from syslog']]);
    put(`${folder}controller.gz`, 'from the controller');
    expect(await parts()).toEqual([[`${folder}controller.gz`, 'from the controller']]);
    put(`${folder}stdout.gz`, 'from stdout');
    expect(await parts()).toEqual([[`${folder}stdout.gz`, 'from stdout']]);
  });

  describe('with deploy mode cluster', () => {
    const containers = 'emr/j-1/containers/application_17_0042/';
    const stderr = 'INFO Client: Application report for application_17_0042 (state: FAILED)';
    beforeEach(() => put(`${folder}stderr.gz`, stderr));

    it('is first the driver’s container, in its last attempt, then the step’s own', async () => {
      put(`${containers}container_17_0042_01_000001/stderr.gz`, 'first attempt');
      put(`${containers}container_17_0042_02_000001/stderr.gz`, 'ERROR ApplicationMaster');
      put(`${containers}container_17_0042_02_000001/stdout.gz`, 'Traceback');
      put(`${containers}container_17_0042_02_000002/stderr.gz`, 'an executor');
      expect(await parts()).toEqual([
        [`${containers}container_17_0042_02_000001/stderr.gz`, 'ERROR ApplicationMaster'],
        [`${containers}container_17_0042_02_000001/stdout.gz`, 'Traceback'],
        [`${folder}stderr.gz`, stderr],
      ]);
    });

    it('is looked for whatever the arguments say: the mode may stand in spark-defaults', async () => {
      put(`${containers}container_17_0042_01_000001/stderr.gz`, 'ERROR ApplicationMaster');
      expect(await parts({ arguments: ['spark-submit', 'x.py'] })).toEqual([
        [`${containers}container_17_0042_01_000001/stderr.gz`, 'ERROR ApplicationMaster'],
        [`${folder}stderr.gz`, stderr],
      ]);
    });

    it('is the step’s own where that process is the driver, then the master’s', async () => {
      const driver = `INFO SparkContext: Running Spark version 3.5.4\n${stderr}`;
      put(`${folder}stderr.gz`, driver);
      expect(await read({ arguments: ['spark-submit', 'x.py'] })).toEqual({
        found: 'log',
        parts: [{ uri: `s3://logs/${folder}stderr.gz`, text: driver, cut: false, gzip: true }],
      });
      put(`${containers}container_17_0042_01_000001/stderr.gz`, 'INFO ApplicationMaster');
      expect(await parts({ arguments: ['spark-submit', 'x.py'] })).toEqual([
        [`${folder}stderr.gz`, driver],
        [`${containers}container_17_0042_01_000001/stderr.gz`, 'INFO ApplicationMaster'],
      ]);
    });

    it('reports the driver’s log as late or missing when only the step’s own exists', async () => {
      expect(await read({}, { observedMs: endedMs + 60_000 })).toMatchObject({
        parts: [{ text: stderr }],
        driver: 'not_delivered_yet',
      });
      expect(await read()).toMatchObject({ parts: [{ text: stderr }], driver: 'none' });
    });

    it('reports that reading the driver’s log is denied', async () => {
      world.front.faults.add([{ service: 's3', operation: 'ListObjectsV2', error: 'AccessDenied' }]);
      expect(await read()).toMatchObject({ parts: [{ text: stderr }], driver: 'denied' });
    });
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

  it('with bytes that are neither gzip nor text is "unreadable"', async () => {
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7919) % 256));
    world.buckets.put('logs', `${folder}stderr.gz`, noise);
    expect(await read()).toEqual({ found: 'unreadable', uri: `s3://logs/${folder}stderr.gz` });
    put(`${folder}stdout.gz`, 'Traceback');
    expect(await parts()).toEqual([[`${folder}stdout.gz`, 'Traceback']]);
  });

  it('without permission is "denied"', async () => {
    world.front.faults.add([{ service: 's3', operation: 'GetObject', error: 'AccessDenied' }]);
    expect(await read()).toEqual({ found: 'denied', uri: `s3://logs/${folder}stderr.gz` });
  });
});

describe('the text', () => {
  it('is read as it is when it is not compressed, and marked so', async () => {
    world.buckets.put('logs', `${folder}stderr.gz`, Buffer.from('plain, überall'));
    expect(await read()).toMatchObject({ parts: [{ text: 'plain, überall', cut: false, gzip: false }] });
  });

  it('is what precedes the break of a truncated or damaged gzip', async () => {
    const random = Array.from({ length: 20_000 }, (_, index) => `${index * 7919}`).join(' ');
    const whole = gzipSync(`the beginning ${random}`);
    world.buckets.put('logs', `${folder}stderr.gz`, whole.subarray(0, whole.length / 2));
    const broken = await read();
    expect(broken).toMatchObject({ parts: [{ text: expect.stringMatching(/^the beginning 0 7919/) }] });
    const damaged = Buffer.from(whole);
    damaged.fill(0xff, whole.length - 2000, whole.length - 1900);
    world.buckets.put('logs', `${folder}stderr.gz`, damaged);
    expect(await read()).toMatchObject({
      parts: [{ cut: true, text: expect.stringMatching(/^the beginning/) }],
    });
  });

  it('of a huge log is its last mebibyte', async () => {
    put(`${folder}stderr.gz`, `${'line\n'.repeat(2_000_000)}the end`);
    expect(await read()).toMatchObject({ parts: [{ cut: true, text: expect.stringMatching(/the end$/) }] });
    expect((await parts())[0]?.[1]).toHaveLength(1024 * 1024);
  });

  it('is foreign text: without escapes and secrets', async () => {
    put(`${folder}stderr.gz`, `\u001b[31mFAILED\u001b[0m key ${keyId} \u202e jdbc:mysql://u:hunter2@db/x`);
    expect(await read()).toMatchObject({
      parts: [{ text: 'FAILED key [masked]  jdbc:mysql://u:[masked]@db/x' }],
    });
  });

  it.each(['cutBody', 'resetConnection', 'responseLost', 'SlowDown'])(
    '%s once is not noticed',
    async (error) => {
      put(`${folder}stderr.gz`, 'whole '.repeat(1000));
      world.front.faults.add([{ service: 's3', operation: 'GetObject', error, times: 1 }]);
      expect(await read()).toMatchObject({ parts: [{ text: 'whole '.repeat(1000), cut: false }] });
    },
  );

  it('that is always cut is UPSTREAM', async () => {
    put(`${folder}stderr.gz`, 'whole '.repeat(1000));
    world.front.faults.add([{ service: 's3', operation: 'GetObject', error: 'cutBody' }]);
    await expect(read()).rejects.toMatchObject({ code: 'UPSTREAM' });
  });
});
