import { distributionAlt, drawDistribution } from './charts/distribution.ts';
import { drawForecast } from './charts/forecastChart.ts';
import { drawGrowth, growthAlt } from './charts/growth.ts';
import { drawTimeline, timelineAlt } from './charts/timeline.ts';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown/index.ts';
import type { Report } from './model.ts';

/** One file of a report; `path` is relative to the report's directory. */
export interface ReportFile {
  readonly path: string;
  readonly text: string;
}

/** Every file of a report's directory, in the order in which a reader wants them. */
export function reportFiles(report: Report): ReportFile[] {
  const { comparison, verdict } = report;
  const growth = comparison?.comparable ? comparison : undefined;
  const forecast = comparison?.forecast?.points.length ? comparison.forecast : undefined;
  const pictures = {
    timeline: { path: 'charts/timeline.svg', alt: timelineAlt(report) },
    distribution: { path: 'charts/distribution.svg', alt: distributionAlt(report) },
    ...(growth && { growth: { path: 'charts/comparison.svg', alt: growthAlt(growth) } }),
    ...(forecast && { forecast: { path: 'charts/forecast.svg', alt: forecast.sentence } }),
  };
  return [
    { path: 'report.md', text: renderMarkdown(report, pictures) },
    { path: 'report.json', text: renderJson(report) },
    { path: pictures.timeline.path, text: drawTimeline(report) },
    { path: pictures.distribution.path, text: drawDistribution(report) },
    ...(growth ? [{ path: 'charts/comparison.svg', text: drawGrowth(growth) }] : []),
    ...(forecast
      ? [{ path: 'charts/forecast.svg', text: drawForecast(forecast, verdict.windowSeconds) }]
      : []),
  ];
}
