import type { ReportFile } from '../../ports/project.ts';
import type { StoredReport } from '../choose.ts';
import type { Comparison } from '../model/comparisonModel.ts';
import { drawGrowth, growthAlt } from './charts/growth.ts';
import { comparisonSection, forecastSection } from './markdown/comparison.ts';
import { plain } from './markdown/sections.ts';

/** A comparison as files beside the candidate's report: the page, and its picture when the rounds are comparable. */
export function comparisonFiles(
  baseline: StoredReport,
  candidate: StoredReport,
  comparison: Comparison,
): ReportFile[] {
  const name = `compared_with_${baseline.directory}`;
  const picture = comparison.comparable ? `\n\n![${plain(growthAlt(comparison))}](charts/${name}.svg)` : '';
  const page = [
    `# ${candidate.report.load}x against ${baseline.report.load}x (${candidate.report.schedule})`,
    `- [${baseline.directory}](../${baseline.directory}/report.md): ${plain(baseline.report.verdict.sentence)}\n- [${candidate.directory}](report.md): ${plain(candidate.report.verdict.sentence)}`,
    comparisonSection(comparison) + picture,
    ...(comparison.forecast === null
      ? []
      : [forecastSection(comparison.forecast, candidate.report.round.startedAt)]),
  ];
  return [
    { path: `${name}.md`, text: `${page.join('\n\n')}\n` },
    ...(comparison.comparable ? [{ path: `charts/${name}.svg`, text: drawGrowth(comparison) }] : []),
  ];
}
