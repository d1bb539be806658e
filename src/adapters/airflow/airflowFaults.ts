/** Failures of Airflow, or of whatever answers at AIRFLOW_URL, as ToolErrors. */
import { type ErrorCode, ToolError } from '../../domain/errors.ts';
import { cleanLine } from '../../domain/foreignText.ts';

/** A call to Airflow, described for error messages. */
export interface AirflowCall {
  /** "reading DAG x from Airflow": completes "while …". */
  readonly what: string;
  /** Replaces "Nothing was triggered." when it is unknown whether Airflow did it. */
  readonly ifUnknown?: string;
}

const again = 'call the same tool again; checkSetup shows whether Airflow responds.';

/** The ToolError for a status that is not a success. */
export function refusedByAirflow(status: number, body: string, call: AirflowCall): ToolError {
  const detail = detailOf(body);
  const details = detail === '' ? '' : `: ${detail}`;
  if (status === 401)
    return rejected('DENIED', `Airflow rejected the credentials (HTTP 401)${details}`, call, {
      next: 'correct AIRFLOW_USERNAME and AIRFLOW_PASSWORD in .env, or set a new AIRFLOW_TOKEN; then call the same tool again.',
    });
  if (status === 403)
    return rejected('DENIED', `Airflow does not allow this user to do that (HTTP 403)${details}`, call, {
      next: 'ask for a role that may read and trigger the DAG, or trigger it manually in the Airflow UI. Airflow 2 also answers 403 to a wrong password, and to any where its setting api.auth_backends lacks basic_auth.',
    });
  if (status >= 300 && status < 400)
    return rejected('CONFIG', `AIRFLOW_URL redirects (HTTP ${status})`, call, {
      next: 'set AIRFLOW_URL in .env to the final address (https instead of http, or the address behind a login page).',
    });
  if (status === 404)
    return rejected('CONFIG', `AIRFLOW_URL does not have this path (HTTP 404)${details}`, call, {
      next: 'set AIRFLOW_URL in .env to the base address of Airflow (the API server of Airflow 3, the webserver of Airflow 2).',
    });
  if (status === 400 || status === 422)
    return rejected('BAD_INPUT', `Airflow rejected the request (HTTP ${status})${details}`, call, {
      next: 'fix what the message names (the DAG in Airflow, or the cluster id), then call triggerDag again.',
    });
  if (status >= 500)
    return failed('UPSTREAM', `Airflow failed (HTTP ${status})${details}`, call, { next: again });
  return rejected('UPSTREAM', `Airflow answered with HTTP ${status}${details}`, call, { next: again });
}

/** The response is not from the API: a login page, a proxy's page, another version of Airflow. */
export function notJson(body: string, call: AirflowCall): ToolError {
  const what = /<html|<!doctype/i.test(body) ? 'a web page' : 'something that is not JSON';
  return failed('CONFIG', `AIRFLOW_URL returned ${what} instead of the JSON of Airflow's API`, call, {
    next: 'set AIRFLOW_URL in .env to the API server itself, without a login page or proxy in front; or trigger the DAG manually.',
  });
}

/** JSON, but not in the shape that Airflow documents. */
export function notAirflow(call: AirflowCall): ToolError {
  return failed('UPSTREAM', "The response is not what Airflow's API documents", call, {
    next: 'check that AIRFLOW_URL is the address of Airflow itself; or trigger the DAG manually in the Airflow UI.',
  });
}

/** No response: connection refused or reset, unknown host, timeout. */
export function unreachable(error: unknown, call: AirflowCall): ToolError {
  const code = codeOf(error);
  const slow = (error as Error).name === 'TimeoutError';
  const why = slow ? 'did not respond in time' : `cannot be reached${code === '' ? '' : ` (${code})`}`;
  return failed('UPSTREAM', `Airflow ${why}`, call, {
    next: 'check AIRFLOW_URL, the network and the VPN, then call the same tool again.',
    cause: error,
  });
}

type Next = { next: string; cause?: unknown };

/** A failure after which Airflow certainly did nothing. */
function rejected(code: ErrorCode, what: string, call: AirflowCall, next: Next): ToolError {
  return failed(code, what, { what: call.what }, next);
}

/** A failure after which it may be unknown whether Airflow acted. */
function failed(code: ErrorCode, what: string, call: AirflowCall, next: Next): ToolError {
  const changed = call.ifUnknown ?? 'Nothing was triggered.';
  return new ToolError(code, `${what.replace(/\.$/, '')} (while ${call.what}). ${changed}`, next);
}

function codeOf(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown } }).cause;
  return typeof cause?.code === 'string' ? cleanLine(cause.code, 40) : '';
}

/** `{"detail": …}`: a text, in Airflow 3 also a list of validation errors, in Airflow 2 also null beside a title. */
function detailOf(body: string): string {
  try {
    const { detail, title } = JSON.parse(body) as { detail?: unknown; title?: unknown };
    const said = detail ?? title ?? '';
    return cleanLine(typeof said === 'string' ? said : JSON.stringify(said), 200);
  } catch {
    return '';
  }
}
