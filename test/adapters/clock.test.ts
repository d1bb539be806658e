import { afterEach, describe, expect, it } from 'vitest';
import { createAccount, createClock } from '../../src/adapters/aws/account.ts';
import { createAwsServices } from '../../src/adapters/aws/awsClient.ts';
import { settings, startAwsWorld, useEndpoint } from './awsWorld.ts';

let world: Awaited<ReturnType<typeof startAwsWorld>> | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

describe('now', () => {
  it('is corrected by AWS’s clock when the local one is far off, with microseconds', async () => {
    const startMs = Date.UTC(2031, 4, 1, 12, 0, 0);
    world = await startAwsWorld({ startMs });
    const instant = await createClock({ aws: world.aws, bucket: settings.bucket }).now();
    expect(instant.source).toBe('aws');
    expect(Math.abs(instant.epochUs / 1000 - startMs)).toBeLessThan(5_000);
    expect(Number.isInteger(instant.epochUs)).toBe(true);
    expect(Math.abs(instant.skewSeconds - (startMs - Date.now()) / 1000)).toBeLessThan(10);
  });

  it('is the local clock when both agree to whole seconds', async () => {
    world = await startAwsWorld();
    const instant = await createClock({ aws: world.aws, bucket: settings.bucket }).now();
    expect(instant).toMatchObject({ source: 'aws', skewSeconds: 0 });
  });

  it.each(['AccessDenied', 'NoSuchBucket', 'ExpiredToken'])(
    'also believes the date of a refusal: %s',
    async (error) => {
      world = await startAwsWorld({ startMs: Date.now() + 3_600_000 });
      world.front.faults.add([{ service: 's3', error }]);
      const instant = await createClock({ aws: world.aws, bucket: settings.bucket }).now();
      expect(instant.source).toBe('aws');
      expect(Math.abs(instant.skewSeconds - 3_600)).toBeLessThan(10);
    },
  );

  it('offline is the local clock, with its source; an older reading of AWS’s clock does not count', async () => {
    world = await startAwsWorld({ startMs: Date.now() + 3_600_000 });
    const clock = createClock({ aws: world.aws, bucket: settings.bucket });
    await clock.now();
    world.front.faults.add([{ service: 's3', error: 'resetConnection' }]);
    expect(await clock.now()).toMatchObject({ source: 'local', skewSeconds: 0 });
  });
});

it('sleep ends when it is cancelled', async () => {
  const clock = createClock({ aws: createAwsServices(settings), bucket: settings.bucket });
  await expect(clock.sleep(60_000, AbortSignal.timeout(1))).rejects.toMatchObject({ name: 'AbortError' });
});

describe('the account', () => {
  it('returns identity and region, and that the bucket responds', async () => {
    world = await startAwsWorld();
    const account = createAccount(world);
    expect(await account.identity()).toEqual({
      account: '123456789012',
      arn: 'arn:aws:sts::123456789012:assumed-role/load-test/engineer',
    });
    expect(await account.region()).toBe('us-east-1');
    await account.bucketAnswers(settings.bucket);
    await expect(account.bucketAnswers('no-such-bucket-here')).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('The bucket no-such-bucket-here does not exist'),
    });
  });

  it('without a region names the missing setting, and recovers when it is set', async () => {
    world = await startAwsWorld();
    delete process.env.AWS_REGION;
    const account = createAccount(world);
    await expect(account.region()).rejects.toMatchObject({
      code: 'CONFIG',
      next: expect.stringContaining('AWS_REGION'),
    });
    useEndpoint(world.front.endpoint);
    expect(await account.region()).toBe('us-east-1');
  });
});
