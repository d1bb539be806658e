import type { Comparison, Forecast } from '../../comparisonModel.ts';
import { formatDuration } from '../../durations.ts';
import { forecastRows, forecastTitles, modelSentence } from '../../forecastWords.ts';
import {
  comparedText,
  fixedText,
  meanTexts,
  moreText,
  scalingText,
  times,
  timeTitles,
} from '../../scalingText.ts';
import { counted } from '../../words.ts';
import type { Block } from '../pageData.ts';

const checksShown = 10;
const namesShown = 20;
const weight = {
  'super-linear (confirmed)': 0,
  'suspect: repeat the round': 1,
  'within noise': 2,
  'insufficient data': 2,
} as const;

/** This round against the level before it. */
export function comparisonBlocks(comparison: Comparison): Block[] {
  const { ratios, checks, varies } = comparison;
  const head = comparedText(comparison);
  if (!comparison.comparable)
    return [{ kind: 'paragraph', line: `${head}: not comparable, because ${comparison.why ?? 'unknown'}.` }];
  const withWord = (word: string) => checks.filter((check) => check.word === word).length;
  const suspect = withWord('suspect: repeat the round');
  const items = [
    ratios.runtime !== null && `Total runtime: ${times(ratios.runtime)}`,
    ...meanTexts(comparison),
    varies === 'load' &&
      `Grew faster than the load (super-linear): ${counted(withWord('super-linear (confirmed)'), 'check')} confirmed, ${suspect} suspect`,
    comparison.toConfirm !== null && comparison.toConfirm,
    comparison.fixedWindows.length > 0 && fixedText(comparison.fixedWindows),
    comparison.newFailures.length > 0 && `New failures: ${names(comparison.newFailures)}`,
    comparison.fixed.length > 0 && `Failed before, not now: ${names(comparison.fixed)}`,
  ].filter((item) => item !== false);
  return [{ kind: 'paragraph', line: `${head}.` }, { kind: 'list', items }, ...checkTable(comparison)];
}

/** What is confirmed or suspect comes first; within that, what grew most. */
function checkTable(comparison: Comparison): Block[] {
  const { checks, varies } = comparison;
  if (checks.length === 0) return [{ kind: 'paragraph', line: 'No check completed in both rounds.' }];
  const more = moreText(checks.length, checksShown);
  const worst = checks.toSorted((a, b) => weight[a.word] - weight[b.word]).slice(0, checksShown);
  return [
    {
      kind: 'table',
      titles: ['Check', ...timeTitles(comparison), 'Ratio', 'Verdict'],
      rows: worst.map((check) => [
        check.check,
        formatDuration(check.baselineSeconds),
        formatDuration(check.candidateSeconds),
        times(check.ratio),
        scalingText(check, varies),
      ]),
    },
    ...(more === undefined ? [] : [{ kind: 'paragraph', line: more } as const]),
  ];
}

/** At which level it stops fitting; the model's own error first. */
export function forecastBlocks(forecast: Forecast): Block[] {
  if (forecast.why !== undefined) return [{ kind: 'paragraph', line: forecast.sentence }];
  return [
    { kind: 'paragraph', line: modelSentence(forecast) },
    { kind: 'paragraph', line: { strong: forecast.sentence } },
    { kind: 'table', titles: [...forecastTitles], rows: forecastRows(forecast) },
  ];
}

function names(checks: readonly string[]): string {
  const more = checks.length - namesShown;
  return checks.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
