/** The body of a trigger: which DAG, and the values of its form. */
import { isRecord, WireError } from '../service.ts';
import { type DagSchedule, dagSchedules } from './dagFolder.ts';

export interface DagTrigger {
  readonly dagId: string;
  readonly schedule: DagSchedule;
  readonly clusterId?: string;
  readonly keepCluster: boolean;
  readonly tsEndMs?: number;
}

const dagPrefix = 'yang_audit_load_test_';

/** @throws WireError 404 for a DAG that does not exist, 400 for any other wrong value */
export function parseTrigger(body: unknown): DagTrigger {
  const { dagId, conf } = objectOf(body, 'the body');
  const schedule = dagSchedules.find((candidate) => dagId === `${dagPrefix}${candidate}`);
  if (!schedule)
    throw new WireError(
      404,
      'DagNotFound',
      `there is no DAG ${JSON.stringify(dagId)}; there are ${dagSchedules.map((name) => dagPrefix + name).join(', ')}`,
    );
  const { cluster_id, keep_cluster, ts_end } = objectOf(conf ?? {}, 'conf');
  return {
    dagId: `${dagPrefix}${schedule}`,
    schedule,
    keepCluster: keep_cluster === true,
    ...(cluster_id === undefined || cluster_id === null ? {} : { clusterId: clusterIdOf(cluster_id) }),
    ...(ts_end === undefined || ts_end === null ? {} : { tsEndMs: timeOf(ts_end) }),
  };
}

function clusterIdOf(value: unknown): string {
  if (typeof value === 'string' && /^j-[A-Z0-9]{1,20}$/.test(value)) return value;
  throw badConf(`cluster_id ${JSON.stringify(value)} does not look like a cluster id`);
}

function timeOf(value: unknown): number {
  const hasOffset = typeof value === 'string' && /(Z|[+-]\d\d:?\d\d)$/.test(value);
  const ms = hasOffset ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) throw badConf(`ts_end ${JSON.stringify(value)} is not a time with an offset`);
  return ms;
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw badConf(`${what} is not a JSON object`);
}

function badConf(message: string): WireError {
  return new WireError(400, 'BadTrigger', message);
}
