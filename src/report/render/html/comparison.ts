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
import type { Block, Line } from './pageData.ts';

const checksShown = 10;

/** This round against the level before it. */
export function comparisonBlocks(comparison: Comparison): Block[] {
  const head = comparedText(comparison);
  if (!comparison.comparable)
    return [paragraph(`${head}: not comparable, because ${comparison.why ?? 'unknown'}.`)];
  return [
    paragraph(`${head}.`),
    { kind: 'list', items: comparisonLines(comparison) },
    ...checkTable(comparison),
  ];
}

function checkTable(comparison: Comparison): Block[] {
  const { checks } = comparison;
  if (checks.length === 0) return [paragraph('No check completed in both rounds.')];
  const more = moreText(checks.length, checksShown);
  return [
    {
      kind: 'table',
      titles: checkTitles(comparison),
      rows: checksInOrder(comparison, checksShown).map((check) => checkCells(check, comparison.varies)),
    },
    ...(more === undefined ? [] : [paragraph(more)]),
  ];
}

/**
 * At which level it stops fitting, after what was forecast for this round.
 *
 * @param startedAt of the round
 */
export function forecastBlocks(forecast: Forecast, startedAt: string): Block[] {
  const score = scoreText(forecast, startedAt);
  const decisive = decisiveText(forecast);
  const head = score === undefined ? [] : [paragraph(score)];
  if (forecast.why !== undefined) return [...head, paragraph(forecast.sentence)];
  return [
    ...head,
    paragraph({ strong: forecast.sentence }),
    paragraph(methodText(forecast)),
    ...(decisive === undefined ? [] : [paragraph(decisive)]),
    { kind: 'table', titles: [...forecastTitles], rows: forecastRows(forecast) },
  ];
}

function paragraph(line: Line): Block {
  return { kind: 'paragraph', line };
}
