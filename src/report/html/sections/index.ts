import type { Report } from '../../model/model.ts';
import type { Sections } from '../pageData.ts';
import { comparisonBlocks, forecastBlocks } from './comparison.ts';
import { failureBlocks } from './failures.ts';
import { headBlocks, provenanceBlocks } from './head.ts';
import { metricsBlocks } from './metrics.ts';
import { placesOf } from './pieces.ts';
import { slowestBlocks } from './slowest.ts';
import { suggestionBlocks } from './suggestions.ts';
import { summaryBlocks } from './summary.ts';

/** The sections of report.md as plain text that the page's script puts in place. */
export function sectionsOf(report: Report): Sections {
  const places = placesOf(report);
  const { comparison } = report;
  return {
    head: headBlocks(report),
    summary: summaryBlocks(report),
    slowest: slowestBlocks(report, places),
    metrics: metricsBlocks(report),
    ...(comparison && { comparison: comparisonBlocks(comparison) }),
    ...(comparison?.forecast && { forecast: forecastBlocks(comparison.forecast, report.round.startedAt) }),
    failures: failureBlocks(report, places),
    suggestions: suggestionBlocks(report),
    provenance: provenanceBlocks(report),
  };
}
