import type { Comparison, Forecast } from '../comparisonModel.ts';
import { formatDuration } from '../durations.ts';
import { forecastRows, forecastTitles, modelSentence } from '../forecastWords.ts';
import {
  comparedText,
  fixedText,
  meanTexts,
  moreText,
  scalingText,
  times,
  timeTitles,
} from '../scalingText.ts';
import { counted } from '../words.ts';
import { plain, table } from './escape.ts';

const checksShown = 10;
const namesShown = 20;

/** This round against the level before it. */
export function comparisonSection(comparison: Comparison): string {
  const { ratios, checks } = comparison;
  const head = `## Comparison\n${plain(comparedText(comparison))}`;
  if (!comparison.comparable)
    return `${head}: not comparable, because ${plain(comparison.why ?? 'unknown')}.`;
  const confirmed = checks.filter((check) => check.word === 'super-linear (confirmed)').length;
  const suspect = checks.filter((check) => check.word === 'suspect: repeat the round').length;
  const lines = [
    ratios.runtime !== null && `- Total runtime: ${times(ratios.runtime)}`,
    ...meanTexts(comparison).map((text) => `- ${text}`),
    comparison.varies === 'load' &&
      `- Grew faster than the load (super-linear): ${counted(confirmed, 'check')} confirmed, ${suspect} suspect`,
    comparison.toConfirm !== null && `- ${comparison.toConfirm}`,
    comparison.fixedWindows.length > 0 && `- ${fixedText(comparison.fixedWindows.map(plain))}`,
    comparison.newFailures.length > 0 && `- New failures: ${names(comparison.newFailures)}`,
    comparison.fixed.length > 0 && `- Failed before, not now: ${names(comparison.fixed)}`,
  ].filter((line) => line !== false);
  return [`${head}.`, ...lines, '', checkTable(comparison)].join('\n').trimEnd();
}

function checkTable(comparison: Comparison): string {
  const { checks, varies } = comparison;
  if (checks.length === 0) return 'No check completed in both rounds.';
  // What is confirmed or suspect comes first; within that, what grew most.
  const weight = {
    'super-linear (confirmed)': 0,
    'suspect: repeat the round': 1,
    'within noise': 2,
    'insufficient data': 2,
  };
  const worst = checks.toSorted((a, b) => weight[a.word] - weight[b.word]).slice(0, checksShown);
  const titles = ['Check', ...timeTitles(comparison), 'Ratio', 'Verdict'];
  const rows = table(
    titles,
    worst.map((check) => [
      plain(check.check),
      formatDuration(check.baselineSeconds),
      formatDuration(check.candidateSeconds),
      times(check.ratio),
      scalingText(check, varies),
    ]),
  );
  const more = moreText(checks.length, worst.length);
  return more === undefined ? rows : `${rows}\n\n${more}`;
}

/** At which level it stops fitting; the model's own error first. */
export function forecastSection(forecast: Forecast): string {
  if (forecast.why !== undefined) return `## Forecast\n${plain(forecast.sentence)}`;
  return [
    '## Forecast',
    plain(modelSentence(forecast)),
    '',
    `**${plain(forecast.sentence)}**`,
    '',
    table(forecastTitles, forecastRows(forecast)),
  ].join('\n');
}

function names(checks: readonly string[]): string {
  const more = checks.length - namesShown;
  return checks.slice(0, namesShown).map(plain).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
