import { type Service, WireError, type WireRequest, type WireResponse } from '../service.ts';
import { leaf, node, xmlDocument } from './xml.ts';

/** The account of everything in the sandbox: the number that AWS uses in its examples. */
export const accountId = '123456789012';
export const region = 'us-east-1';
export const callerArn = `arn:aws:sts::${accountId}:assumed-role/load-test/engineer`;

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** STS as far as `aws sts get-caller-identity` needs it, in the query protocol: a form in, XML out. */
export function createSts(): Service {
  return {
    name: 'sts',
    operations: ['GetCallerIdentity'],
    operationOf: (request) => action(request) ?? 'Unknown',
    async handle(_request, operation) {
      if (operation !== 'GetCallerIdentity')
        throw new WireError(
          400,
          'InvalidAction',
          `Could not find operation ${operation} for version 2011-06-15`,
        );
      const arn = leaf('Arn', callerArn);
      const ids = [leaf('UserId', 'AROAEXAMPLEID:engineer'), leaf('Account', accountId)];
      const result = node('GetCallerIdentityResult', arn, ...ids);
      return xml(200, xmlDocument('GetCallerIdentityResponse', namespace, result));
    },
    failure({ status, code, message }, requestId) {
      const type = leaf('Type', status >= 500 ? 'Receiver' : 'Sender');
      const error = node('Error', type, leaf('Code', code), leaf('Message', message));
      return xml(status, xmlDocument('ErrorResponse', namespace, error, leaf('RequestId', requestId)));
    },
  };
}

function action(request: WireRequest): string | undefined {
  const form = new URLSearchParams(request.body.toString('utf8'));
  return form.get('Action') ?? request.query.get('Action') ?? undefined;
}

function xml(status: number, body: string): WireResponse {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}
