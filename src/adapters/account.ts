/** The AWS identity and region in use, and whether the bucket responds. */
import type { Account } from '../ports/aws.ts';
import type { AwsServices } from './awsClient.ts';

export function createAccount({ aws }: { readonly aws: Pick<AwsServices, 's3' | 'sts'> }): Account {
  return {
    async identity() {
      const call = { what: 'reading the AWS identity', action: 'sts:GetCallerIdentity' };
      const answer = await aws.sts.run(call, (client, sdk) =>
        client.send(new sdk.GetCallerIdentityCommand({})),
      );
      return { account: answer.Account ?? '', arn: answer.Arn ?? '' };
    },
    region: () => aws.s3.run({ what: 'reading the AWS region' }, (client) => client.config.region()),
    async bucketAnswers(bucket) {
      // ListObjectsV2 instead of HeadBucket: a HEAD error has no body and gives no reason.
      const call = { what: `listing s3://${bucket}`, action: 's3:ListBucket', bucket };
      await aws.s3.run(call, (client, sdk) =>
        client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 })),
      );
    },
  };
}
