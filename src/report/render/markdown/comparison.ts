import {
  checkCells,
  checksInOrder,
  checkTitles,
  comparedText,
  comparisonLines,
  moreText,
} from '../../comparison/scalingText.ts';
import { decisiveText, forecastRows, forecastTitles, methodText, scoreText } from '../../forecast/text.ts';
import type { Comparison, Forecast } from '../../model/comparisonModel.ts';
import { plain, table } from './sections.ts';

const checksShown = 10;

/** This round against the level before it. */
export function comparisonSection(comparison: Comparison): string {
  const head = `## Comparison\n${plain(comparedText(comparison))}`;
  if (!comparison.comparable)
    return `${head}: not comparable, because ${plain(comparison.why ?? 'unknown')}.`;
  const lines = comparisonLines(comparison).map((line) => `- ${plain(line)}`);
  return [`${head}.`, ...lines, '', checkTable(comparison)].join('\n').trimEnd();
}

function checkTable(comparison: Comparison): string {
  const { checks } = comparison;
  if (checks.length === 0) return 'No check completed in both rounds.';
  const shown = checksInOrder(comparison, checksShown);
  const rows = table(
    checkTitles(comparison),
    shown.map((check) => checkCells(check, comparison.varies).map(plain)),
  );
  const more = moreText(checks.length, shown.length);
  return more === undefined ? rows : `${rows}\n\n${more}`;
}

/**
 * At which level it stops fitting, after what was forecast for this round.
 *
 * @param startedAt of the round
 */
export function forecastSection(forecast: Forecast, startedAt: string): string {
  const score = scoreText(forecast, startedAt);
  const decisive = decisiveText(forecast);
  const head = ['## Forecast', ...(score === undefined ? [] : [plain(score), ''])];
  if (forecast.why !== undefined) return [...head, plain(forecast.sentence)].join('\n');
  return [
    ...head,
    `**${plain(forecast.sentence)}**`,
    '',
    plain(methodText(forecast)),
    ...(decisive === undefined ? [] : ['', plain(decisive)]),
    '',
    table(forecastTitles, forecastRows(forecast)),
  ].join('\n');
}
