import * as z from 'zod';
import { readReports } from '../facts/reporting.ts';
import type { Ports } from '../ports.ts';
import { chooseReports } from '../report/choose.ts';
import { compareReports as compare } from '../report/comparison.ts';
import { comparisonFiles } from '../report/comparisonFiles.ts';
import { comparisonSchema, forecastSchema } from '../report/comparisonModel.ts';
import { scalingText } from '../report/scalingText.ts';
import { settingChanges } from '../report/settingChanges.ts';
import { textOf } from './text.ts';
import { defineTool, result, scheduleInput } from './tool.ts';
import { comparisonSummary, pointsToTell, pointText, ratiosLine } from './words/comparing.ts';

const named = z.string().min(1).max(100);

export const compareReports = defineTool({
  name: 'compareReports',
  title: 'Compare two reports',
  description:
    'Compares two rounds check by check and forecasts at which load the schedule no longer fits. baseline and candidate are report directories, or loads such as 2x (the newest report of that load; 2x against 2x: the two newest). Left out: the newest report against the one before. Says so when two rounds are not comparable.',
  effect: 'write',
  idempotent: true,
  openWorld: false,
  showsReport: true,
  input: z.strictObject({
    baseline: named.optional().describe('2x, or a directory name'),
    candidate: named.optional(),
    schedule: scheduleInput.optional(),
  }),
  output: z.object({
    ...result,
    comparable: z.boolean(),
    why: z.string().optional(),
    varies: comparisonSchema.shape.varies,
    baseline: z.string(),
    candidate: z.string(),
    ratios: comparisonSchema.shape.ratios,
    loads: z.object({ baseline: z.int(), candidate: z.int() }),
    worst: z.array(z.object({ check: z.string(), ratio: z.number(), word: z.string() })),
    newFailures: z.array(z.string()),
    runtimes: z.object({ baselineSeconds: z.number().nullable(), candidateSeconds: z.number().nullable() }),
    clusterChanges: z.array(z.object({ setting: z.string(), from: z.string(), to: z.string() })),
    forecast: forecastSchema
      .pick({ why: true, levels: true, fitsUpTo: true, breaksBetween: true, sentence: true, points: true })
      .optional(),
    file: z.string(),
    warnings: z.array(z.string()),
  }),
  async run(input, ports: Pick<Ports, 'reports'>) {
    const { stored, warnings } = await readReports(ports);
    const { baseline, candidate } = chooseReports(stored, input, warnings);
    const others = stored.filter((one) => one !== baseline && one !== candidate).map((one) => one.report);
    const comparison = compare(baseline.report, candidate.report, others);
    const file = await ports.reports.add(
      candidate.directory,
      comparisonFiles(baseline, candidate, comparison),
    );

    const isOneSchedule = baseline.report.schedule === candidate.report.schedule;
    const changes = isOneSchedule
      ? settingChanges(baseline.report.clusterConfig, candidate.report.clusterConfig)
      : [];
    const runtimes = {
      baselineSeconds: baseline.report.verdict.runtimeSeconds,
      candidateSeconds: candidate.report.verdict.runtimeSeconds,
    };
    const { comparable, why, varies, ratios, checks, newFailures, forecast } = comparison;
    return {
      summary: comparisonSummary(
        comparison,
        candidate.report.schedule,
        isOneSchedule ? { runtimes, changes } : undefined,
      ),
      nextSteps: comparable
        ? ['The person reads the file, and decides whether to go up a level or to mend first.']
        : [
            'buildReport of a comparable round (same schedule, same checks, same cluster config) makes a comparison possible.',
          ],
      comparable,
      ...(why === undefined ? {} : { why }),
      varies,
      baseline: baseline.directory,
      candidate: candidate.directory,
      ratios,
      loads: { baseline: comparison.baseline.load, candidate: comparison.candidate.load },
      worst: checks
        .slice(0, 5)
        .map((one) => ({ check: one.check, ratio: one.ratio, word: scalingText(one, varies) })),
      newFailures: newFailures.slice(0, 10),
      runtimes,
      clusterChanges: changes.slice(0, 8),
      ...(forecast === null ? {} : { forecast: { ...forecast, points: pointsToTell(forecast) } }),
      file,
      warnings: warnings.slice(0, 5),
    };
  },
  render: (output) =>
    textOf(output, {
      comparable: () => [],
      why: () => [],
      varies: (varies) => [`Varies: ${varies === 'both' ? 'load and cluster' : varies}`],
      ratios: (ratios, { comparable }) => (comparable ? [ratiosLine(ratios)] : []),
      loads: () => [],
      worst: (rows, { loads }) => [
        loads.candidate < loads.baseline ? 'Shrank most:' : 'Grew most:',
        ...rows.map((row) => `  - ${row.check}: ${row.ratio.toFixed(2)} times as long (${row.word})`),
      ],
      runtimes: () => [],
      clusterChanges: (rows) => [
        'Changed on the cluster:',
        ...rows.map((row) => `  - ${row.setting}: ${row.from} → ${row.to}`),
      ],
      forecast: ({ sentence, points }, { summary }) => [
        ...(summary.includes(sentence) ? [] : [`Forecast: ${sentence}`]),
        ...(points.length === 0 ? [] : [`Forecast total: ${points.map(pointText).join('; ')}`]),
      ],
    }),
});
