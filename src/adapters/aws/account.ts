/** The AWS account in use, and AWS's clock, which stamps the steps. */
import { performance } from 'node:perf_hooks';
import { setTimeout as setTimer } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Account } from '../../ports/aws.ts';
import type { Clock } from '../../ports/time.ts';
import type { AwsServices } from './awsClient.ts';

export function createAccount({ aws }: { readonly aws: Pick<AwsServices, 's3' | 'sts'> }): Account {
  return {
    async identity() {
      const call = { what: 'reading the AWS identity', action: 'sts:GetCallerIdentity' };
      return aws.sts.run(call, async (client, sdk) => {
        const answer = await client.send(new sdk.GetCallerIdentityCommand({}));
        const { expiration } = await client.config.credentials();
        return {
          account: answer.Account ?? '',
          arn: answer.Arn ?? '',
          ...(expiration && { expiresMs: expiration.getTime() }),
        };
      });
    },
    region: () => aws.s3.region(),
    async bucketAnswers(bucket) {
      // ListObjectsV2 instead of HeadBucket: a HEAD error has no body and gives no reason.
      const call = { what: `listing s3://${bucket}`, action: 's3:ListBucket', bucket };
      await aws.s3.run(call, (client, sdk) =>
        client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 })),
      );
    },
  };
}

/** The `Date` header has whole seconds, so a smaller difference means nothing. */
const minSkewMs = 2_000;
const timeoutMs = 10_000;

/** The local clock, and its difference from AWS's clock. Any response of `bucket` carries the time, even a refusal. */
export function createClock({
  aws,
  bucket,
}: {
  readonly aws: Pick<AwsServices, 's3'>;
  readonly bucket: string;
}): Clock {
  return {
    localMs: () => Date.now(),
    timer(ms, due) {
      const pending = setTimer(due, ms).unref();
      return () => clearTimeout(pending);
    },
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, { signal });
    },
    async now() {
      const before = aws.s3.clockReading();
      const call = { what: `reading the time from s3://${bucket}`, bucket };
      const signal = AbortSignal.timeout(timeoutMs);
      await aws.s3
        .run(call, (client, sdk) =>
          client.send(new sdk.HeadBucketCommand({ Bucket: bucket }), { abortSignal: signal }),
        )
        .catch(() => undefined);
      const reading = aws.s3.clockReading();
      // A reading from an earlier request says nothing about now.
      if (reading === undefined || reading === before)
        return { epochUs: localUs(), source: 'local', skewSeconds: 0 };
      // The local clock at the middle of the request, when AWS stamped the response.
      const skewMs = reading.awsMs - (reading.sentMs + reading.answeredMs) / 2;
      const correctionMs = Math.abs(skewMs) > minSkewMs ? Math.round(skewMs) : 0;
      return {
        epochUs: localUs() + correctionMs * 1000,
        source: 'aws',
        skewSeconds: Math.round(correctionMs / 1000),
      };
    },
  };
}

/** Microseconds since the epoch. The fine clock stops while a laptop sleeps; then the coarse one is right. */
function localUs(): number {
  const fine = performance.timeOrigin + performance.now();
  const coarse = Date.now();
  return Math.floor((Math.abs(fine - coarse) < 20 ? fine : coarse) * 1000);
}
