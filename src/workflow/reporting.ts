/** What a report needs besides the steps: logs of failed steps, expected checks, cluster config, older reports. */
import { stepCapacity } from '../dag/clusterConfig/capacity.ts';
import { isObject, parseClusterConfig } from '../dag/clusterConfig/model.ts';
import { flatSettings } from '../dag/clusterConfig/sparkSubmit.ts';
import { referenceRunner } from '../dag/clusterConfig/stepTemplate.ts';
import { sha256 } from '../domain/digest.ts';
import { ToolError } from '../domain/errors.ts';
import { cleanLine, maskSecrets } from '../domain/foreignText.ts';
import { configsFolder } from '../domain/keys.ts';
import type { Schedule } from '../domain/schedules.ts';
import { stemOf } from '../domain/stepIdentity.ts';
import { plural } from '../domain/text.ts';
import type { Cluster, Instance, Step, StepLog } from '../ports/aws.ts';
import type { Ports } from '../ports/ports.ts';
import type { PriceTable } from '../ports/project.ts';
import type { Watch } from '../ports/time.ts';
import type { StoredReport } from '../report/choose.ts';
import { sampleAcrossChecks } from '../report/failures/logs.ts';
import { type Outlook, outlookOf } from '../report/forecast/outlook.ts';
import { parseReport } from '../report/model/json.ts';
import type { ClusterConfigUsed, Report } from '../report/model/model.ts';
import { pathLength } from '../report/steps/measuredSteps.ts';
import type { Fix, Round, Session } from '../state/session.ts';

/** At most this many logs of failed steps are read; fewer are enough to group the causes. */
const mostLogs = 40;
export async function readFailures(
  ports: Pick<Ports, 'stepLogs'>,
  cluster: Cluster,
  steps: readonly Step[],
  watch: Watch,
): Promise<Map<string, StepLog>> {
  const failed = sampleAcrossChecks(
    steps.filter((step) => step.state === 'FAILED'),
    mostLogs,
  );
  const logs = new Map<string, StepLog>();
  for (let start = 0; start < failed.length; start += 8) {
    watch.signal.throwIfAborted();
    const some = failed.slice(start, start + 8);
    const read = await Promise.all(some.map((step) => ports.stepLogs.read(cluster, step, watch)));
    for (const [index, step] of some.entries()) {
      const log = read[index];
      if (log !== undefined) logs.set(step.id, log);
    }
    watch.progress(logs.size, failed.length, 'logs of failed steps read');
  }
  return logs;
}

/** URIs of the bucket's checks of a schedule and load; a warning if the bucket does not answer. */
export async function readExpectedChecks(
  ports: Pick<Ports, 'store' | 'settings'>,
  schedule: Schedule,
  load: number,
): Promise<{ checks?: string[]; warnings: string[] }> {
  const { bucket } = ports.settings;
  try {
    const objects = await ports.store.list(configsFolder(ports.settings, schedule, load));
    const checks = objects
      .filter((object) => object.key.endsWith('.yml'))
      .map((object) => `s3://${bucket}/${object.key}`);
    return { checks, warnings: [] };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return {
      warnings: [
        `The uploaded checks could not be listed (${error.code}), so the report does not look for missing checks.`,
      ],
    };
  }
}

/** The cluster's instances and their prices; a warning for each that cannot be read, so that the report is still written. */
export async function readInstances(
  ports: Pick<Ports, 'instances' | 'prices'>,
  clusterId: string,
  watch: Watch,
): Promise<{ instances?: readonly Instance[]; prices?: PriceTable; warnings: string[] }> {
  const warnings: string[] = [];
  const orWarning = (what: (code: string) => string) => (error: unknown) => {
    if (!(error instanceof ToolError)) throw error;
    warnings.push(what(error.code));
    return undefined;
  };
  const instances = await ports.instances
    .ofCluster(clusterId, watch)
    .catch(
      orWarning(
        (code) =>
          `The instances could not be listed (${code}), so the report has neither cost nor lost instances.`,
      ),
    );
  const prices = await ports.prices
    .read()
    .catch(orWarning((code) => `PRICE_TABLE is not a price table (${code}), so the report has no cost.`));
  return { ...(instances && { instances }), ...(prices && { prices }), warnings };
}

/** What the round's cluster ran with; its settings come from the uploaded config file, kept in the session. */
export async function readClusterConfig(
  ports: Pick<Ports, 'dags' | 'blobs'>,
  cluster: Cluster,
  schedule: Schedule,
  digest: string | undefined,
): Promise<ClusterConfigUsed> {
  const file = (await ports.dags.read()).find((one) => one.name.endsWith(`_cluster_${schedule}.json`));
  const isUsed = file !== undefined && (digest === undefined || sha256(file.bytes) === digest);
  const used = isUsed ? file.bytes : digest === undefined ? undefined : await ports.blobs.get(digest);
  return {
    digest,
    stepConcurrencyLevel: cluster.stepConcurrencyLevel,
    releaseLabel: cluster.releaseLabel,
    instanceCollectionType: cluster.instanceCollectionType,
    ...(used === undefined ? {} : settingsAndRoom(used)),
  };
}

/** The settings and capacity in the config file, parsed as in its lint; empty if the file is not JSON. */
function settingsAndRoom(bytes: Buffer): Pick<ClusterConfigUsed, 'settings' | 'room'> {
  let json: unknown;
  try {
    json = JSON.parse(bytes.toString('utf8'));
  } catch {
    return { settings: {} };
  }
  if (!isObject(json)) return { settings: {} };
  const config = parseClusterConfig(json);
  const room = stepCapacity(config);
  return { settings: maskSecrets(flatSettings(config)), ...(room && { room }) };
}

/** Every readable report, oldest first, with a warning for each that was skipped. */
export async function readReports(
  ports: Pick<Ports, 'reports'>,
): Promise<{ stored: StoredReport[]; warnings: string[] }> {
  const stored: StoredReport[] = [];
  const warnings: string[] = [];
  for (const { directory, json } of await ports.reports.all()) {
    try {
      stored.push({ directory, report: parseReport(json, `${directory}/report.json`) });
    } catch (error) {
      if (!(error instanceof ToolError)) throw error;
      warnings.push(error.message);
    }
  }
  return { stored, warnings };
}

/**
 * The checks with an edited interval when the round began; for a round without a known review, those of the load now.
 */
export function fixesOf(
  session: Session,
  { schedule, load, reviewId }: Pick<Round, 'schedule' | 'load' | 'reviewId'>,
): Fix[] {
  const ofReview = reviewId === undefined ? undefined : session.approvedFixes.get(reviewId);
  return (ofReview ?? session.fixes.get(load) ?? []).filter((fix) => fix.schedule === schedule);
}

/** Warns about checks that ran with an edited interval: their times do not scale with the load. */
export function editedIntervals(fixed: readonly Fix[], load: number): string[] {
  const fixes = fixed.map(({ path }) => path);
  if (fixes.length === 0) return [];
  const names = fixes.slice(0, 5).map((path) => cleanLine(path, 120));
  const more = fixes.length > names.length ? `, and ${fixes.length - names.length} more` : '';
  return [
    `Checks edited by the user at ${load}x (${fixes.length}): ${names.join(', ')}${more}. Where the interval is not the baseline's × ${load}, a ratio to another level does not show the effect of the load.`,
  ];
}

/** What earlier reports of the campaign say of a run before it is paid for; a warning where they cannot be read. */
export async function readOutlook(
  ports: Pick<Ports, 'reports'>,
  session: Session,
  planned: Pick<Round, 'load' | 'schedule' | 'clusterConfig'>,
): Promise<{ outlook?: Outlook; warnings: string[] }> {
  const { load, schedule, clusterConfig } = planned;
  const uploaded = session.uploads.findLast((one) => one.schedule === schedule && one.load === load);
  try {
    const { stored } = await readReports(ports);
    const outlook = outlookOf(
      stored.map(({ report }) => report),
      {
        load,
        schedule,
        clusterConfig,
        baseCommit: uploaded?.baseCommit,
        isUnchanged: (check, report) =>
          uploaded?.baseCommit !== undefined && isUnchanged(session, uploaded.reviewId, check, report),
      },
    );
    return { ...(outlook && { outlook }), warnings: [] };
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    return {
      warnings: [`The earlier reports could not be read (${error.code}): no outlook on time and cost.`],
    };
  }
}

/** Whether a check has the same edit as in the round of the report, or none in both. */
function isUnchanged(session: Session, reviewId: string, check: string, report: Report): boolean {
  const { number, startedAt } = report.round;
  const round = session.rounds.find((one) => one.round === number && one.startedAt === startedAt);
  if (round?.reviewId === undefined) return false;
  const fixIn = (review: string) =>
    session.approvedFixes
      .get(review)
      ?.find(({ path }) => cleanLine(path, pathLength) === check || stemOf(path) === check);
  const [then, now] = [fixIn(round.reviewId), fixIn(reviewId)];
  if (then === undefined || now === undefined) return then === now;
  // An approval forgets where an edit was carried from; the newest edit of the file still says it.
  const edit = session.edits.get(then.path);
  const isCarried = edit?.load === round.load && edit.fix.digest === then.digest;
  return now.digest === then.digest || isCarried;
}

/** Steps of the reference runner say how long the shipped example takes, and nothing about a runner of your own. */
export function referenceRunnerWarning(steps: readonly Step[]): string[] {
  const own = steps.filter((step) => step.arguments.some((one) => one.endsWith(`/${referenceRunner}`)));
  return own.length === 0
    ? []
    : [
        `${plural(own.length, 'step')} ran the reference runner (${referenceRunner}), not a runner of your own: these times are those of the shipped example.`,
      ];
}
