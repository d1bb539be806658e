/** Who we are at AWS, and whether the bucket answers. */
import type { Account } from '../ports.ts';
import type { AwsServices } from './awsClient.ts';

export function createAccount({ aws }: { readonly aws: Pick<AwsServices, 's3' | 'sts'> }): Account {
  return {
    async identity() {
      const doing = { what: 'asking who we are', action: 'sts:GetCallerIdentity' };
      const answer = await aws.sts.run(doing, (client, sdk) =>
        client.send(new sdk.GetCallerIdentityCommand({})),
      );
      return { account: answer.Account ?? '', arn: answer.Arn ?? '' };
    },
    region: () => aws.s3.run({ what: 'looking for the region' }, (client) => client.config.region()),
    async bucketAnswers(bucket) {
      // A listing and not HEAD: HEAD's refusals carry no body, and so no reason.
      const doing = { what: `listing s3://${bucket}`, action: 's3:ListBucket', bucket };
      await aws.s3.run(doing, (client, sdk) =>
        client.send(new sdk.ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 })),
      );
    },
  };
}
