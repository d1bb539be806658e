import { expect, test } from 'vitest';
import { evaluatePolicy, type PolicyDocument } from '../../sandbox/wire/iam.ts';

const policy: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: ['s3:Get*', 's3:PutObject'], Resource: 'arn:aws:s3:::b/*' },
    {
      Effect: 'Allow',
      Action: 's3:ListBucket',
      Resource: 'arn:aws:s3:::b',
      Condition: { StringLike: { 's3:prefix': ['checks_load_test/*'] } },
    },
    { Effect: 'Deny', Action: 's3:PutObject', NotResource: 'arn:aws:s3:::b/checks_load_test/*' },
  ],
};
const object = (key: string) => `arn:aws:s3:::b/${key}`;

test.each([
  ['s3:PutObject', object('checks_load_test/15m/2x/a.yml'), 'allowed'],
  ['s3:PutObject', object('checks/prod/a.yml'), 'explicitly denied'],
  ['s3:PutObject', object('checks_load_test-not/a.yml'), 'explicitly denied'],
  ['S3:getobject', object('checks/prod/a.yml'), 'allowed'],
  ['s3:DeleteObject', object('checks_load_test/a.yml'), 'not allowed'],
])('%s on %s is %s', (action, resource, judgement) => {
  expect(evaluatePolicy(policy, { action, resource })).toBe(judgement);
});

test('a condition is false for a key that the request does not have', () => {
  const listing = { action: 's3:ListBucket', resource: 'arn:aws:s3:::b' };
  expect(evaluatePolicy(policy, { ...listing, context: { 's3:prefix': 'checks_load_test/configs/' } })).toBe(
    'allowed',
  );
  expect(evaluatePolicy(policy, { ...listing, context: { 's3:prefix': 'checks/' } })).toBe('not allowed');
  expect(evaluatePolicy(policy, listing)).toBe('not allowed');
});

test('an unknown operator is an error, not a guess', () => {
  const statement = {
    Effect: 'Allow',
    Action: '*',
    Resource: '*',
    Condition: { IpAddress: { 'aws:SourceIp': '::1' } },
  };
  expect(() =>
    evaluatePolicy({ Statement: [statement as never] }, { action: 's3:GetObject', resource: 'x' }),
  ).toThrow('IpAddress');
});
