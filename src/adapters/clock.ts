/** Time: ours, and how far it is from AWS's, which stamps the steps. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../ports.ts';
import type { AwsServices } from './awsClient.ts';

export interface ClockOptions {
  readonly aws: Pick<AwsServices, 's3'>;
  /** The bucket that is asked; any answer will do, also a refusal. */
  readonly bucket: string;
}

/** The `Date` header has whole seconds, so that a smaller difference means nothing. */
const believedSkewMs = 2_000;
const patienceMs = 10_000;

export function createClock({ aws, bucket }: ClockOptions): Clock {
  return {
    localMs: () => Date.now(),
    sleep: async (ms, signal) => {
      await sleep(ms, undefined, { signal });
    },
    async now() {
      const before = aws.s3.clockReading();
      const doing = { what: `asking s3://${bucket} for the time`, bucket };
      const signal = AbortSignal.timeout(patienceMs);
      await aws.s3
        .run(doing, (client, sdk) =>
          client.send(new sdk.HeadBucketCommand({ Bucket: bucket }), { abortSignal: signal }),
        )
        .catch(() => undefined);
      const reading = aws.s3.clockReading();
      // An answer to an earlier request says nothing of now.
      if (reading === undefined || reading === before)
        return { epochUs: localUs(), source: 'local', skewSeconds: 0 };
      // Our clock at the middle of the request, when the stamp was made.
      const skewMs = reading.awsMs - (reading.sentMs + reading.answeredMs) / 2;
      const correctionMs = Math.abs(skewMs) > believedSkewMs ? Math.round(skewMs) : 0;
      return {
        epochUs: localUs() + correctionMs * 1000,
        source: 'aws',
        skewSeconds: Math.round(correctionMs / 1000),
      };
    },
  };
}

/** Microseconds since the epoch. The fine clock stops while a laptop sleeps: then the coarse one is right. */
function localUs(): number {
  const fine = performance.timeOrigin + performance.now();
  const coarse = Date.now();
  return Math.floor((Math.abs(fine - coarse) < 20 ? fine : coarse) * 1000);
}
