import * as z from 'zod';
import { sha256 } from '../domain/digest.ts';
import { ToolError } from '../domain/errors.ts';
import { version } from '../domain/version.ts';
import type { Ports } from '../ports/ports.ts';
import { assembleReport } from '../report/build.ts';
import type { RoundFacts } from '../report/model/facts.ts';
import type { Report } from '../report/model/model.ts';
import { reportFiles } from '../report/render/files.ts';
import { recordPage } from '../report/render/record.ts';
import { gates } from '../report/verdict/gate.ts';
import { clusterFailure, isActive, isEnding } from '../rounds/progress.ts';
import { reportDirectory } from '../rounds/window.ts';
import type { Round, Session } from '../state/session.ts';
import { lookWithin } from '../workflow/deadline.ts';
import { readRoundEvidence } from '../workflow/evidence/round.ts';
import { stillUpOf } from '../workflow/looks.ts';
import {
  editedIntervals,
  fixesOf,
  readClusterConfig,
  readExpectedChecks,
  readFailures,
  readInstances,
  readReports,
  referenceRunnerWarning,
} from '../workflow/reporting.ts';
import { observeRange, type ReportRange } from '../workflow/reportRange.ts';
import {
  buildReportLines,
  buildReportOutput,
  buildReportResult,
  undecidedReportOutput,
} from './buildReport.text.ts';
import { clusterIdInput, defineTool, loadInput, scheduleInput, type ToolCall } from './tool.ts';

const input = z.strictObject({
  clusterId: clusterIdInput.optional(),
  schedule: scheduleInput.optional(),
  load: loadInput.optional(),
  round: z.int().min(1).max(1_000_000).optional(),
  afterTimestamp: z.string().max(60).optional(),
  beforeTimestamp: z.string().max(60).optional(),
  partial: z.boolean().default(false),
  failOn: z.array(z.enum(gates)).optional(),
});

type Input = z.output<typeof input>;
type BuildReportPorts = Pick<
  Ports,
  | 'clusters'
  | 'stepLogs'
  | 'eventLogs'
  | 'instances'
  | 'prices'
  | 'sessions'
  | 'settings'
  | 'dags'
  | 'blobs'
  | 'store'
  | 'reports'
  | 'clock'
>;

export const buildReport = defineTool({
  name: 'buildReport',
  title: 'Write the report of a round',
  description:
    "Writes the latest round's report: did it fit, what was slow, what failed and why, what to change.",
  effect: 'write',
  openWorld: true,
  showsReport: true,
  input,
  output: buildReportResult,
  run: runBuildReport,
  lines: buildReportLines,
});

async function runBuildReport(given: Input, ports: BuildReportPorts, call: ToolCall) {
  const session = await ports.sessions.load();
  const look = await lookWithin(ports.clock, call, lookMs, (watch) =>
    observeRange(ports, session, given, watch),
  );
  const range = look.late ? refuseLate() : look.found;
  if ('undecided' in range) return undecidedReportOutput(range.undecided);
  const directory = reportDirectory(range.load, range.startedAt);
  const facts = await readRound(ports, session, range, directory, call);
  const report = assembleReport(facts);
  const files = reportFiles(report);
  const written = await ports.reports.write(directory, files);
  const record = await ports.reports.writeRecord(recordPage((await readReports(ports)).stored));
  await recordReport(ports, report, range.round, {
    directory,
    digest: sha256(Buffer.from(JSON.stringify(files))),
  });
  const stillUp = await stillUpOf(ports, session, range, async () => facts);
  return buildReportOutput(report, {
    directory: written.path,
    files: files.map((file) => file.path),
    kept: [...written.kept, ...record.kept],
    failOn: given.failOn ?? [],
    stillUp,
  });
}

/** A look at the round may take so long: clients give up after 60 s. */
const lookMs = 45_000;

function refuseLate(): never {
  throw new ToolError(
    'UPSTREAM',
    'AWS did not tell the steps in time (it throttles). No report was written.',
    {
      next: 'call buildReport again in a minute.',
    },
  );
}

/** Everything that the report is made of, read from AWS and from disk. */
async function readRound(
  ports: BuildReportPorts,
  session: Session,
  range: ReportRange,
  directory: string,
  call: ToolCall,
): Promise<RoundFacts> {
  const { cluster, schedule, load, steps } = range;
  const failures = await readFailures(ports, cluster, steps, call);
  const expected = await readExpectedChecks(ports, schedule, load);
  const clusterConfig = await readClusterConfig(ports, cluster, schedule, range.round?.clusterConfig);
  const machines = await readInstances(ports, cluster.id, call);
  const { stored, warnings } = await readReports(ports);
  const earlier = stored.filter((one) => one.directory !== directory).map((one) => one.report);
  const { configsPrefix, eventLogs: mode } = ports.settings;
  const { settings } = clusterConfig;
  const eventLogs = await readRoundEvidence(
    ports,
    { cluster, steps, load, schedule, configsPrefix, earlier, settings, mode },
    call,
  );
  const fixes = fixesOf(session, { schedule, load, reviewId: range.round?.reviewId });
  return {
    load,
    schedule,
    round: range.round?.round,
    baseCommit: range.round?.baseCommit,
    markedLoad: range.round?.markedLoad ?? range.round?.load,
    clusterId: cluster.id,
    clusterName: cluster.name,
    clusterState: cluster.state,
    ...(clusterFailure(cluster) !== undefined && { clusterFailure: cluster.stateReason ?? cluster.state }),
    clusterReason: cluster.stateReason,
    clusterCreatedMs: cluster.createdMs,
    clusterReadyMs: cluster.readyMs,
    clusterIsUp: !isEnding(cluster),
    clusterConfig,
    coverage: coverageIn(session, range),
    windowSeconds: ports.settings.windowSeconds[schedule],
    startedAtText: range.startedAt,
    steps,
    failures,
    eventLogs,
    instances: machines.instances,
    prices: machines.prices,
    expectedChecks: expected.checks,
    fixedChecks: fixes.map(({ path }) => path),
    fixDigests: Object.fromEntries(fixes.map(({ path, digest }) => [path, digest])),
    partial: steps.some(isActive),
    observedMs: range.observedMs,
    knownFromDiskOnly: range.knownFromDiskOnly,
    configsPrefix,
    resultsUri: `s3://${ports.settings.bucket}/${ports.settings.resultsPrefix}/${schedule}/${load}x/`,
    version,
    earlier,
    warnings: [
      ...range.warnings,
      ...laterRound(session, range.round),
      ...editedIntervals(fixes, load),
      ...referenceRunnerWarning(steps),
      ...expected.warnings,
      ...machines.warnings,
      ...warnings,
    ],
  };
}

/** Of the round; of an upload of the load that ran instead of the round's, if it came before the run. */
function coverageIn({ uploads }: Session, { round, schedule, load, startedAt }: ReportRange) {
  if (round === undefined) return undefined;
  if (round.load === load) return round.coverage;
  const startMs = Date.parse(startedAt);
  const isMeant = (one: Session['uploads'][number]) => one.schedule === schedule && one.load === load;
  return uploads.findLast((one) => isMeant(one) && Date.parse(one.at) <= startMs)?.coverage;
}

/** A report by cluster and time alone belongs to no round of the session. */
async function recordReport(
  ports: BuildReportPorts,
  report: Report,
  round: Round | undefined,
  written: { readonly directory: string; readonly digest: string },
): Promise<void> {
  if (round === undefined) return;
  const { load, verdict } = report;
  await ports.sessions.record(() => [
    {
      type: 'reported',
      round: round.round,
      load,
      ...written,
      verdict: verdict.sentence,
      outcome: verdict.outcome,
      partial: report.round.partial,
      failures: failuresOf(report),
      ...forecastOf(report),
    },
  ]);
}

/** The largest groups of failed steps, for showSession. */
function failuresOf({ failures, steps }: Report) {
  const checkOf = new Map(steps.map(({ id, check }) => [id, check]));
  return failures.slice(0, 5).map((group) => ({
    cause: group.title,
    steps: group.steps.length,
    checks: [...new Set(group.steps.flatMap((id) => checkOf.get(id) ?? []))].slice(0, 3),
  }));
}

/** What was forecast for this round, and what it took. */
function forecastOf({ comparison, round }: Report) {
  const score = comparison?.forecast?.scores.find(({ startedAt }) => startedAt === round.startedAt);
  if (score === undefined) return {};
  const { forecastSeconds, lowSeconds, highSeconds, measuredSeconds } = score;
  return { forecast: { forecastSeconds, lowSeconds, highSeconds, measuredSeconds } };
}

/** Somebody who names an old cluster or round may mean the newest. */
function laterRound({ rounds }: Session, round: Round | undefined): string[] {
  const latest = rounds.findLast((one) => !one.abandoned);
  if (round === undefined || latest === undefined || latest.round <= round.round) return [];
  const state =
    latest.report === undefined ? 'without a report yet' : `reported in ${latest.report.directory}`;
  return [
    `This is round ${round.round}; the latest is round ${latest.round} (${latest.load}x ${latest.schedule}), ${state}.`,
  ];
}
