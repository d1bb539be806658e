import { maskSecrets } from '../../domain/foreignText.ts';
import type { ReportFile } from '../../ports/project.ts';
import type { StoredReport } from '../choose.ts';
import type { Comparison } from '../model/comparisonModel.ts';
import { renderJson } from '../model/json.ts';
import type { Report } from '../model/model.ts';
import { drawGrowth, growthAlt } from './charts/growth.ts';
import { drawn, drawPictures } from './charts/pictures.ts';
import { renderHtml } from './html/index.ts';
import { plain, renderMarkdown, sectionText } from './markdown.ts';
import { comparisonSection, forecastSection } from './sections/comparison.ts';

/** Every file of a report's directory, in the order in which a reader wants them. */
export function reportFiles(given: Report): ReportFile[] {
  // Reports are committed, so nothing in them is left to who shows them.
  const report = maskSecrets(given);
  const pictures = drawPictures(report);
  return [
    { path: 'report.md', text: renderMarkdown(report, pictures) },
    { path: 'report.html', text: renderHtml(report, pictures) },
    { path: 'report.json', text: renderJson(report) },
    ...Object.values(pictures).map(({ path, svg }) => ({ path, text: svg })),
  ];
}

/** A comparison of a baseline with a candidate, as files beside the candidate's report: the page, and its picture when the rounds are comparable. */
export function comparisonFiles(...given: [StoredReport, StoredReport, Comparison]): ReportFile[] {
  const [baseline, candidate, comparison] = maskSecrets(given);
  const name = `compared_with_${baseline.directory}`;
  const { load, schedule, round, verdict } = candidate.report;
  const picture = comparison.comparable
    ? drawn(name, growthAlt(comparison), (form) => drawGrowth(comparison, form))
    : undefined;
  const page = [
    `# ${load}x against ${baseline.report.load}x (${schedule})`,
    `- [${baseline.directory}](../${baseline.directory}/report.md): ${plain(baseline.report.verdict.sentence)}\n- [${candidate.directory}](report.md): ${plain(verdict.sentence)}`,
    sectionText(comparisonSection(comparison), picture),
    ...(comparison.forecast ? [sectionText(forecastSection(comparison.forecast, round.startedAt))] : []),
  ];
  return [
    { path: `${name}.md`, text: `${page.join('\n\n')}\n` },
    ...(picture ? [{ path: picture.path, text: picture.svg }] : []),
  ];
}
