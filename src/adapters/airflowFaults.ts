/** What Airflow, or something in its place, answered instead of what was asked: the code, a sentence and the cure. */
import { type ErrorCode, ToolError } from '../errors.ts';
import { cleanLine } from '../foreignText.ts';

/** What was being asked, in words that complete a sentence. */
export interface Asking {
  /** "asking for the DAG x". */
  readonly what: string;
  /** What is to be said instead of "Nothing was triggered." where nobody knows whether Airflow did it. */
  readonly unsure?: string;
}

const again = 'call the same tool again; checkSetup tells whether Airflow answers.';

/** The ToolError for an answer that is not a success. */
export function refusedByAirflow(status: number, body: string, asking: Asking): ToolError {
  const detail = detailOf(body);
  const said = detail === '' ? '' : `: ${detail}`;
  if (status === 401)
    return fault('DENIED', `Airflow does not accept the credentials (HTTP 401)${said}`, asking, {
      next: 'correct AIRFLOW_USERNAME and AIRFLOW_PASSWORD in .env, or set a fresh AIRFLOW_TOKEN; then call the same tool again.',
    });
  if (status === 403)
    return fault('DENIED', `Airflow does not let this user do that (HTTP 403)${said}`, asking, {
      next: 'ask for a role that may read and trigger the DAG, or trigger it by hand in the Airflow UI.',
    });
  if (status >= 300 && status < 400)
    return fault('CONFIG', `AIRFLOW_URL answers with a redirect (HTTP ${status})`, asking, {
      next: 'set AIRFLOW_URL in .env to the final address (https instead of http, or past a log-in page).',
    });
  if (status === 404)
    return fault('CONFIG', `AIRFLOW_URL has no such address (HTTP 404)${said}`, asking, {
      next: 'set AIRFLOW_URL in .env to the base address of an Airflow 3 API server; older ones are triggered by hand.',
    });
  if (status === 400 || status === 422)
    return fault('BAD_INPUT', `Airflow refuses the request (HTTP ${status})${said}`, asking, {
      next: 'mend what it names (the DAG in Airflow, or the cluster id), then call triggerDag again.',
    });
  if (status >= 500)
    return unsure('UPSTREAM', `Airflow failed (HTTP ${status})${said}`, asking, { next: again });
  return fault('UPSTREAM', `Airflow answered with HTTP ${status}${said}`, asking, { next: again });
}

/** Something that is no API: a log-in page, a proxy's page, an Airflow of another kind. */
export function notJson(body: string, asking: Asking): ToolError {
  const what = /<html|<!doctype/i.test(body) ? 'a web page' : 'something that is not JSON';
  return unsure('CONFIG', `AIRFLOW_URL answered with ${what} where Airflow's API answers with JSON`, asking, {
    next: 'set AIRFLOW_URL in .env to the API server itself, without a log-in page or proxy in front; or trigger the DAG by hand.',
  });
}

/** JSON, but not of the shape that Airflow 3 documents. */
export function notAirflow(asking: Asking): ToolError {
  return unsure('UPSTREAM', "The answer is not what Airflow 3's API documents", asking, {
    next: 'check that AIRFLOW_URL is an Airflow 3 API server; or trigger the DAG by hand in the Airflow UI.',
  });
}

/** No answer at all: refused, unknown host, broken off, too slow. */
export function unreachable(error: unknown, asking: Asking): ToolError {
  const code = codeOf(error);
  const slow = (error as Error).name === 'TimeoutError';
  const why = slow ? 'did not answer in time' : `cannot be reached${code === '' ? '' : ` (${code})`}`;
  return unsure('UPSTREAM', `Airflow ${why}`, asking, {
    next: 'check AIRFLOW_URL, the network and the VPN, then call the same tool again.',
    cause: error,
  });
}

type Next = { next: string; cause?: unknown };

/** An answer that says that nothing was done. */
function fault(code: ErrorCode, what: string, asking: Asking, next: Next): ToolError {
  return unsure(code, what, { what: asking.what }, next);
}

/** A failure after which the effect may be there or not. */
function unsure(code: ErrorCode, what: string, asking: Asking, next: Next): ToolError {
  const changed = asking.unsure ?? 'Nothing was triggered.';
  return new ToolError(code, `${what.replace(/\.$/, '')} (while ${asking.what}). ${changed}`, next);
}

function codeOf(error: unknown): string {
  const cause = (error as { cause?: { code?: unknown } }).cause;
  return typeof cause?.code === 'string' ? cleanLine(cause.code, 40) : '';
}

/** FastAPI's `{"detail": …}`: a text, or a list of what was wrong where. */
function detailOf(body: string): string {
  try {
    const { detail } = JSON.parse(body) as { detail?: unknown };
    if (typeof detail === 'string') return cleanLine(detail, 200);
    return detail === undefined ? '' : cleanLine(JSON.stringify(detail), 200);
  } catch {
    return '';
  }
}
