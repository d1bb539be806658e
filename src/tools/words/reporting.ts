/** What buildReport says, in the structure and in lines. */
import { fitting } from '../../checks/fitting.ts';
import { changeText } from '../../report/changeText.ts';
import { formatMeasured } from '../../report/durations.ts';
import type { Report } from '../../report/model.ts';
import { count } from './text.ts';

/** What a client is told of a report: the verdict, and the first few of every list; the files hold all. */
export function reportAnswer(report: Report, directory: string, files: string[]) {
  const names = new Map(report.steps.map((step) => [step.id, step]));
  const { averageSeconds, p50Seconds, p95Seconds, p99Seconds, n, method } = report.statistics;
  return {
    summary: `${report.verdict.sentence}${report.round.partial ? ' This report is provisional: steps were still active.' : ''}`,
    nextSteps: report.round.partial
      ? ['pollCluster until the round is done, then buildReport again.']
      : [
          `The person reads ${directory}/report.md and decides what comes next.`,
          'commitResults commits the configs and this report; then scaleConfigs with the next load.',
          'Or the same load again: the person changes the cluster configs beside the DAG file, then uploadDags.',
        ],
    directory,
    files,
    load: report.load,
    schedule: report.schedule,
    clusterId: report.clusterId,
    round: report.round.number,
    verdict: report.verdict.sentence,
    partial: report.round.partial,
    steps: report.counts,
    statistics: { averageSeconds, p50Seconds, p95Seconds, p99Seconds, n, method },
    slowest: report.slowest.slice(0, 5).flatMap((id) => {
      const step = names.get(id);
      return step === undefined
        ? []
        : [{ name: step.name, elapsedSeconds: step.runSeconds, state: step.state }];
    }),
    failures: report.failures.slice(0, 5).map((group) => ({
      cause: group.title,
      class: group.class,
      checks: [...new Set(group.steps.map((id) => names.get(id)?.check ?? id))].slice(0, 5),
      steps: group.steps.length,
    })),
    suggestions: report.suggestions
      .slice(0, 5)
      .map(({ title, measured, setting, from, to }) => ({ title, measured, setting, from, to })),
    warnings: fitting(report.warnings, 1600),
  };
}

type Answer = ReturnType<typeof reportAnswer>;

export const reportLines = {
  verdict: () => [],
  // The summary says that a report is provisional.
  partial: () => [],
  statistics: (s: Answer['statistics']) => [
    `Average ${formatMeasured(s.averageSeconds)}, median ${formatMeasured(s.p50Seconds)}, P95 ${formatMeasured(s.p95Seconds)}, P99 ${formatMeasured(s.p99Seconds)} (${count(s.n, 'completed step')})`,
  ],
  slowest: (rows: Answer['slowest']) => [
    'Slowest:',
    ...rows.map(
      (row, index) => `  ${index + 1}. ${row.name}: ${formatMeasured(row.elapsedSeconds)} (${row.state})`,
    ),
  ],
  failures: (rows: Answer['failures']) => [
    'Failed:',
    ...rows.map(
      (row) => `  - ${row.checks.join(', ')}: ${row.cause} (${row.class}, ${count(row.steps, 'step')})`,
    ),
  ],
  suggestions: (rows: Answer['suggestions']) => [
    'Suggestions:',
    ...rows.flatMap((row, index) => [
      `  ${index + 1}. ${row.title}: ${row.measured}`,
      `     ${changeText(row)}`,
    ]),
  ],
};
