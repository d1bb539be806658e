import { endsBeforeItsCheck } from '../dag/clusterConfig/sparkSubmit.ts';
import type { Coverage } from '../domain/coverage.ts';
import { cleanLine } from '../domain/foreignText.ts';
import { periodSeconds } from '../domain/schedules.ts';
import { stemOf } from '../domain/stepIdentity.ts';
import { utcOffsetMinutes } from '../domain/time.ts';
import { compareRounds } from './comparison/comparison.ts';
import { followUpOf } from './comparison/followUp.ts';
import { eventLogsOf } from './evidence/round.ts';
import { notReadText } from './evidence/text.ts';
import { groupFailures } from './failures/failureGroups.ts';
import { pendingLogs } from './failures/logs.ts';
import { byText, checkName, groupBy } from './model/checkKey.ts';
import type { RoundFacts } from './model/facts.ts';
import { type ComparedReport, type Report, type ReportStep, schemaVersion } from './model/model.ts';
import { milli, percentileMethod, summarise } from './statistics/statistics.ts';
import { carriesLoad } from './steps/checkLoad.ts';
import { countSteps } from './steps/checkTimes.ts';
import { clusterStart } from './steps/clusterStart.ts';
import { earlierRounds, fittedOverheadSeconds, levelBefore } from './steps/comparable.ts';
import { costOf, ratesOf } from './steps/cost.ts';
import { findFrom } from './steps/findings.ts';
import { measureSteps, partOfChecks, pathLength } from './steps/measuredSteps.ts';
import { runtimeNoise } from './steps/noise.ts';
import { roundTimes } from './steps/occupancy.ts';
import { suggest } from './suggestions/index.ts';
import { checkIntegrity, warn } from './summary/integrity.ts';
import { imputeRound } from './verdict/imputed.ts';
import { decideVerdict } from './verdict/verdict.ts';

const slowestKept = 20;

/** The report of a round: everything that report.md and report.json say. The same facts give the same report. */
export function assembleReport(facts: RoundFacts): Report {
  const steps = measureSteps(facts);
  const load = loadOf(steps) ?? facts.load;
  const { baseCommit = null } = facts;
  const earlier = earlierRounds(facts.earlier, {
    schedule: facts.schedule,
    startedAt: facts.startedAtText,
    baseCommit,
  });
  const counts = countSteps(steps);
  const integrity = checkIntegrity(facts, load, steps);
  const times = roundTimes(steps, facts.observedMs);
  const runtimeSeconds = times ? milli((times.lastMs - times.firstCreatedMs) / 1000) : null;
  const statistics = statisticsOf(steps);
  const clusterConfig = facts.clusterConfig ?? null;
  const partOf = partOfChecks(facts);
  const round = {
    number: facts.round ?? null,
    startedAt: facts.startedAtText,
    utcOffsetMinutes: utcOffsetMinutes(facts.startedAtText),
    partial: facts.partial || counts.unfinished > 0,
    ...(partOf && { partOf }),
  };
  // What a partial round measured says nothing about a whole one, and the other way round.
  const wholeRounds = partOf ? [] : earlier.filter((report) => !report.round.partOf);
  const fixedWindows = fixedIn(steps, facts.fixedChecks ?? []);
  const coverage = cleanCoverage(facts.coverage);
  const measured = { load, schedule: facts.schedule, clusterConfig, coverage, round, steps, fixedWindows };
  const findings = findFrom({
    steps,
    stepConcurrencyLevel: facts.clusterConfig?.stepConcurrencyLevel,
    observedMs: facts.observedMs,
    instances: facts.instances,
    fittedOverheadSeconds: fittedOverheadSeconds(measured, wholeRounds),
  });
  const verdict = decideVerdict({
    load,
    schedule: facts.schedule,
    loaded: loadedChecks(measured),
    windowSeconds: facts.windowSeconds,
    runtimeSeconds,
    counts,
    notWaiting: facts.steps.filter((step) =>
      endsBeforeItsCheck(step.arguments, facts.clusterConfig?.settings),
    ).length,
    withoutEnd: steps.filter(isWithoutEnd).length,
    noiseSeconds: runtimeSeconds === null ? null : runtimeNoise(measured, runtimeSeconds, wholeRounds),
    measured: statistics.n,
    p95Seconds: statistics.p95Seconds,
    imputed: imputeRound(
      measured,
      integrity.missing,
      { slots: findings.slots.limit, runtimeSeconds, p95Seconds: statistics.p95Seconds },
      wholeRounds,
    ),
    missingChecks: integrity.missing,
    partial: round.partial,
    partOf,
    otherLoad:
      facts.markedLoad === undefined || facts.markedLoad === load
        ? undefined
        : { ran: load, marked: facts.markedLoad },
    dagRuns: integrity.runIds.length,
  });
  const clusterReason = facts.clusterReason && cleanLine(facts.clusterReason, 300);
  const eventLogs = facts.eventLogs ? eventLogsOf(facts.eventLogs, steps, load, wholeRounds) : null;
  const failures = groupFailures(steps, load, earlier, clusterReason);
  const start = clusterStart(facts, times);
  const cluster = {
    ...(facts.clusterName !== undefined && { name: cleanLine(facts.clusterName, 256) }),
    ...(facts.clusterState !== undefined && { state: cleanLine(facts.clusterState, 64) }),
    ...(facts.clusterFailure !== undefined && { failure: cleanLine(facts.clusterFailure, 300) }),
    ...(start?.isOwn && {
      startUp: { readySeconds: start.readySeconds, totalSeconds: start.totalSeconds },
    }),
  };
  const suggested = suggest(
    {
      load,
      coverage,
      cluster,
      verdict,
      counts,
      findings,
      failures,
      clusterConfig,
      steps,
      isPart: partOf !== undefined,
    },
    {
      rates: ratesOf(facts.instances ?? [], facts.prices, times),
      start,
      everySeconds: periodSeconds[facts.schedule],
    },
  );
  const report: ComparedReport = {
    schemaVersion,
    load,
    schedule: facts.schedule,
    clusterId: facts.clusterId,
    cluster,
    round,
    baseCommit,
    clusterConfig,
    coverage,
    fixedWindows,
    fixDigests: digestsOf(fixedWindows, facts.fixDigests ?? {}),
    verdict,
    counts,
    statistics,
    findings: { ...findings, notMeasured: [notReadText(eventLogs), ...findings.notMeasured] },
    suggestions: suggested.suggestions,
    toFit: suggested.toFit,
    followUp: followUpOf({ ...measured, verdict }, wholeRounds),
    slowest: slowestFirst(steps)
      .slice(0, slowestKept)
      .map((step) => step.id),
    failures,
    logsPending: pendingLogs(steps),
    cost: costOf(facts.instances ?? [], facts.prices, times, facts.clusterIsUp),
    eventLogs,
    integrity,
    warnings: warn(facts, load, integrity, steps, partOf !== undefined),
    provenance: {
      version: facts.version,
      stepsKnownFromDiskOnly: facts.knownFromDiskOnly,
      ...(facts.resultsUri !== undefined && { resultsUri: facts.resultsUri }),
      earlierLoads: [...new Set(earlier.map((report) => report.load))].sort((a, b) => a - b),
    },
    steps,
  };
  const before = levelBefore(report, wholeRounds);
  return { ...report, comparison: before ? compareRounds(before, report, wholeRounds) : null };
}

function isWithoutEnd({ state, startedAt, endedAt, runSeconds }: ReportStep): boolean {
  return state === 'COMPLETED' && (endedAt === null || (startedAt !== null && runSeconds === null));
}

/** The load in the steps' names takes precedence, when one is more common than the others. */
function loadOf(steps: readonly ReportStep[]): number | undefined {
  const groups = groupBy(steps, ({ load }) => load).values();
  const [most = [], second = []] = [...groups].sort((a, b) => b.length - a.length);
  return most.length > second.length ? most[0]?.load : undefined;
}

/** Names as the steps' paths are, so that the two can be compared. */
function cleanCoverage(coverage: Coverage | undefined): Coverage | null {
  if (coverage === undefined) return null;
  const clean = (file: string) => cleanLine(file, pathLength);
  return {
    ...coverage,
    unscaled: coverage.unscaled.map(({ file, why }) => ({ file: clean(file), why })),
    narrows: coverage.narrows.map(clean),
    longest: coverage.longest.map(({ file, window }) => ({ file: clean(file), window })),
    missing: coverage.missing.map((one) => ({ ...one, files: one.files.map(clean) })),
  };
}

/** The checks that the round ran, and those of them that carried its load. */
function loadedChecks(round: Pick<Report, 'load' | 'coverage' | 'steps'>) {
  const carries = round.load === 1 ? undefined : carriesLoad(round);
  if (carries === undefined || round.steps.length === 0) return undefined;
  const names = [...new Set(round.steps.map(checkName))];
  return { checks: names.length, scaled: names.filter(carries).length };
}

/** A step whose arguments contain no config URI is known by its stem alone. */
function fixedIn(steps: readonly ReportStep[], paths: readonly string[]): string[] {
  const fixed = new Set(paths.map((path) => cleanLine(path, pathLength)));
  const stems = new Set([...fixed].map(stemOf));
  const isFixed = ({ path, check }: ReportStep) => (path === undefined ? stems.has(check) : fixed.has(path));
  return [...new Set(steps.filter(isFixed).map(checkName))].sort(byText);
}

/** By the check's name in this report. */
function digestsOf(fixed: readonly string[], digests: Readonly<Record<string, string>>) {
  const byName = new Map(
    Object.entries(digests).map(([path, digest]) => [cleanLine(path, pathLength), digest]),
  );
  return Object.fromEntries(
    fixed.flatMap((name) => {
      const digest = byName.get(name);
      return digest === undefined ? [] : [[name, digest]];
    }),
  );
}

/** Over COMPLETED steps with a start and an end: a step that failed early says nothing about how long a check takes. */
function statisticsOf(steps: readonly ReportStep[]): Report['statistics'] {
  const population = steps.filter((step) => step.state === 'COMPLETED' && step.runSeconds !== null);
  const {
    n: _,
    minSeconds: _min,
    maxSeconds: _max,
    ...waiting
  } = summarise(population.flatMap((step) => step.queueSeconds ?? []));
  return {
    ...summarise(population.flatMap((step) => step.runSeconds ?? [])),
    method: percentileMethod,
    population: 'SUCCESS steps with start and end',
    waiting,
  };
}

/** By time run, whatever the state: a step that failed after an hour occupied a slot for an hour. */
function slowestFirst(steps: readonly ReportStep[]): ReportStep[] {
  return steps
    .filter((step) => step.runSeconds !== null)
    .sort(
      (a, b) => (b.runSeconds ?? 0) - (a.runSeconds ?? 0) || byText(a.name, b.name) || byText(a.id, b.id),
    );
}
