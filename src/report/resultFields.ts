/** The fields of buildReport's result that are read from the report alone: the first few of every list. */
import { clean } from '../domain/foreignText.ts';
import { stampAt } from '../domain/time.ts';
import { rowsText } from './evidence/text.ts';
import { historyLines } from './failures/failureGroups.ts';
import { scoreText } from './forecast/text.ts';
import type { Report, StepFailure } from './model/model.ts';

const rowsShown = 5;

/** Milliseconds are in report.json. */
const wholeSeconds = (seconds: number | null) => (seconds === null ? null : Math.round(seconds));

/** The slowest steps. */
export function slowestRows({ slowest, steps }: Report) {
  const byId = new Map(steps.map((step) => [step.id, step]));
  return slowest.slice(0, rowsShown).flatMap((id) => {
    const step = byId.get(id);
    return step === undefined
      ? []
      : [{ name: step.name, elapsedSeconds: wholeSeconds(step.runSeconds), state: step.state }];
  });
}

/** The largest groups of failed steps, each with the line that proves its cause. */
export function failureRows(report: Report) {
  const byId = new Map(report.steps.map((step) => [step.id, step]));
  return report.failures.slice(0, rowsShown).map((group) => {
    const steps = group.steps.flatMap((id) => byId.get(id) ?? []);
    const proven = steps.find(({ failure }) => proofIn(failure) !== undefined)?.failure;
    const text = group.reason ?? proofIn(proven);
    const checks = [...new Set(steps.map(({ check }) => check))];
    return {
      cause: group.title,
      kind: group.kind,
      side: group.side,
      text: text && clean(text, 240),
      log: proven?.logUri,
      checks: checks.slice(0, rowsShown),
      checksTotal: checks.length,
      ...historyOutput(group, report.load),
    };
  });
}

/** Whether it is the load, where something is known of other loads. */
function historyOutput(group: Report['failures'][number], load: number): { atOtherLoads?: string } {
  const lines = historyLines(group, load);
  return lines.length === 0 ? {} : { atOtherLoads: clean(`${lines.join('. ')}.`, 400) };
}

export function rowsOutput({ eventLogs, load }: Report) {
  if (eventLogs?.status !== 'read' || eventLogs.read === 0) return undefined;
  const { rows, read } = eventLogs;
  const text = rowsText(eventLogs, load);
  return {
    logs: read,
    ratio: rows?.ratio ?? null,
    loadBefore: rows?.loadBefore ?? null,
    checks: rows?.checks.length ?? 0,
    ...(text !== undefined && { text: clean(text, 600) }),
  };
}

/** What an earlier report forecast for this load, and where the schedule stops fitting. */
export function forecastOutput({ comparison, round }: Report): {
  earlierForecast?: string;
  capacity?: string;
} {
  const forecast = comparison?.forecast;
  if (!forecast) return {};
  const earlierForecast = scoreText(forecast, round.startedAt);
  return {
    ...(earlierForecast !== undefined && { earlierForecast }),
    ...(forecast.why === undefined && { capacity: forecast.sentence }),
  };
}

/** With the round's own offset. */
export function pendingOutput({ logsPending, round }: Report) {
  if (logsPending === null) return undefined;
  const { steps, buildAgainAt } = logsPending;
  return { steps, buildAgainAt: stampAt(Date.parse(buildAgainAt), round.utcOffsetMinutes) };
}

/** The line of the log that proves the cause, else what EMR says. */
function proofIn(failure: StepFailure | undefined): string | undefined {
  const line = failure?.cause?.line ?? failure?.message ?? failure?.reason;
  // The class is enough of an exception's name.
  return line?.replace(/^(?:[\w$]+\.)+(?=\w)/, '');
}

/** Where the round's time went. */
export function timeOf({ verdict, findings }: Report) {
  return {
    totalSeconds: wholeSeconds(verdict.runtimeSeconds),
    windowSeconds: verdict.windowSeconds,
    waitingShare: findings.waitingShare,
    slots: findings.slots.limit,
  };
}
