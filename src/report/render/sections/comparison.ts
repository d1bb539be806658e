import { checkRows, checkTitles, comparedText, comparisonLines } from '../../comparison/scalingText.ts';
import { decisiveText, forecastRows, forecastTitles, methodText, scoreText } from '../../forecast/text.ts';
import type { Comparison, Forecast } from '../../model/comparisonModel.ts';
import { type Block, cutNote, list, paragraphs, type Section } from './blocks.ts';

const checksShown = 10;

/** This round against the level before it. */
export function comparisonSection(comparison: Comparison): Section {
  const head = comparedText(comparison);
  const blocks: Block[] = comparison.comparable
    ? [...paragraphs(`${head}.`), ...list(comparisonLines(comparison)), ...checkTable(comparison)]
    : paragraphs(`${head}: not comparable, because ${comparison.why ?? 'unknown'}.`);
  return { id: 'comparison', title: 'Comparison', picture: 'growth', blocks };
}

function checkTable(comparison: Comparison): Block[] {
  const { length } = comparison.checks;
  if (length === 0) return paragraphs('No check completed in both rounds.');
  return [
    {
      kind: 'table',
      titles: checkTitles(comparison),
      rows: checkRows(comparison, checksShown),
      numbers: [1, 2, 3, 5],
    },
    ...paragraphs(cutNote(length, checksShown, 'check')),
  ];
}

/**
 * At which level it stops fitting, after what was forecast for this round.
 *
 * @param startedAt of the round
 */
export function forecastSection(forecast: Forecast, startedAt: string): Section {
  const score = scoreText(forecast, startedAt);
  const blocks: Block[] =
    forecast.why === undefined
      ? [
          ...paragraphs(score, { strong: forecast.sentence }, methodText(forecast), decisiveText(forecast)),
          { kind: 'table', titles: forecastTitles, rows: forecastRows(forecast), numbers: [0, 1, 2, 3] },
        ]
      : paragraphs(score, forecast.sentence);
  return { id: 'forecast', title: 'Forecast', picture: 'forecast', blocks };
}
