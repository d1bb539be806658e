import { type Service, WireError, type WireRequest, type WireResponse } from '../service.ts';
import { leaf, node, xmlDocument } from './xml.ts';

/** The account of everything in the sandbox: the number that AWS uses in its examples. */
export const accountId = '123456789012';
export const callerArn = `arn:aws:sts::${accountId}:assumed-role/load-test/engineer`;

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';

/** STS as far as `aws sts get-caller-identity` needs it, in the query protocol: a form in, XML out. */
export function createSts(): Service {
  return {
    name: 'sts',
    operations: ['GetCallerIdentity'],
    operationOf: (request) => action(request) ?? 'Unknown',
    async handle(request) {
      if (action(request) !== 'GetCallerIdentity')
        throw new WireError(
          400,
          'InvalidAction',
          `Could not find operation ${action(request)} for version 2011-06-15`,
        );
      const identity = [
        leaf('Arn', callerArn),
        leaf('UserId', 'AROAEXAMPLEID:engineer'),
        leaf('Account', accountId),
      ];
      return xml(
        200,
        xmlDocument('GetCallerIdentityResponse', namespace, node('GetCallerIdentityResult', ...identity)),
      );
    },
    failure(error, requestId) {
      const fault = error.status >= 500 ? 'Receiver' : 'Sender';
      const body = node(
        'Error',
        leaf('Type', fault),
        leaf('Code', error.code),
        leaf('Message', error.message),
      );
      return xml(error.status, xmlDocument('ErrorResponse', namespace, body, leaf('RequestId', requestId)));
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
