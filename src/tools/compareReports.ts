import * as z from 'zod';
import type { Ports } from '../ports/ports.ts';
import { chooseReports, type ReportNames } from '../report/choose.ts';
import { compareRounds } from '../report/comparison/comparison.ts';
import { comparisonFiles } from '../report/render/files.ts';
import { readReports } from '../workflow/reporting.ts';
import { compareReportsLines, compareReportsOutput, compareReportsResult } from './compareReports.text.ts';
import { defineTool, scheduleInput } from './tool.ts';

const named = z.string().min(1).max(100);

const input = z.strictObject({
  baseline: named.optional().describe('2x, or a directory name'),
  candidate: named.optional(),
  schedule: scheduleInput.optional(),
});

export const compareReports = defineTool({
  name: 'compareReports',
  title: 'Compare two reports',
  description:
    'Compares two rounds check by check and forecasts at which load the schedule no longer fits. baseline and candidate are report directories, or loads such as 2x (the newest report of that load; 2x against 2x: the two newest). Left out: the newest report against the one before. Says so when two rounds are not comparable.',
  effect: 'write',
  showsReport: true,
  input,
  output: compareReportsResult,
  run: runCompareReports,
  lines: compareReportsLines,
});

/** @throws ToolError NOT_FOUND when the reports that were named are not there */
async function runCompareReports(input: ReportNames, ports: Pick<Ports, 'reports'>) {
  const { stored, warnings } = await readReports(ports);
  const { baseline, candidate } = chooseReports(stored, input, warnings);
  const others = stored.filter((one) => one !== baseline && one !== candidate).map((one) => one.report);
  const comparison = compareRounds(baseline.report, candidate.report, others);
  const file = await ports.reports.add(candidate.directory, comparisonFiles(baseline, candidate, comparison));
  return compareReportsOutput(baseline, candidate, comparison, file, warnings);
}
