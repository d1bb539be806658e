import { formatDuration, percent, plural, ratioText } from '../../domain/text.ts';
import { startText } from '../../domain/time.ts';
import { rowGrowthText } from '../evidence/text.ts';
import type { Comparison } from '../model/comparisonModel.ts';
import { leastSeconds } from '../steps/checkTimes.ts';
import { settingsText } from './followUp.ts';

const namesShown = 20;

/** The fact of one check: `3.1× the time for 2× the load`, and its word where it has one. */
export function checkText(
  { ratio, word }: { readonly ratio: number; readonly word?: string | undefined },
  varies: Comparison['varies'],
  loads: { readonly baseline: number; readonly candidate: number },
): string {
  const load = varies === 'load' ? ` for ${factorText(loads.candidate / loads.baseline)} the load` : '';
  return `${ratioText(ratio)} the time${load}${word === undefined ? '' : `, ${word}`}`;
}

/** Which two rounds are compared, and what they differ in. */
export function comparedText({ varies, baseline, candidate }: Comparison): string {
  const before = startText(baseline.startedAt);
  if (varies === 'repeat') return `${candidate.load}x again, against the round of ${before}`;
  if (varies === 'cluster')
    return `${candidate.load}x on another cluster configuration, against the round of ${before}`;
  return `${candidate.load}x against ${baseline.load}x (the round of ${before})`;
}

/**
 * The change of the runtime, which comes first: `20% shorter (13m 42s → 10m 53s) with StepConcurrencyLevel 8 → 12; single checks
 * take as long as before`. Undefined where one of the rounds is not decided. Names and values of settings are foreign.
 */
function runtimeText(comparison: Comparison): string | undefined {
  const { baseline, candidate, clusterChanges, varies } = comparison;
  const [from, to] = [baseline.runtimeSeconds, candidate.runtimeSeconds];
  if (from === null || to === null) return undefined;
  const changes = clusterChanges.length === 0 ? '' : ` with ${settingsText(clusterChanges)}`;
  const single = varies === 'load' ? '' : singleChecksText(comparison);
  return `${runtimeChangeText(comparison, from, to)}${changes}${single}`;
}

/** `20% shorter (13m 42s → 10m 53s)`, or where the load changed `2.1× for 2× the load (…)`. */
export function runtimeChangeText(
  { baseline, candidate }: Pick<Comparison, 'baseline' | 'candidate'>,
  from: number,
  to: number,
): string {
  const times = `(${formatDuration(from)} → ${formatDuration(to)})`;
  if (from < leastSeconds) return times;
  if (baseline.load !== candidate.load)
    return `${ratioText(to / from)} for ${factorText(candidate.load / baseline.load)} the load ${times}`;
  const share = percent(Math.abs(to / from - 1));
  return `${share === '0%' ? 'as long as before' : `${share} ${to < from ? 'shorter' : 'longer'}`} ${times}`;
}

function singleChecksText({ ratios }: Comparison): string {
  const { geometricMean, low, high } = ratios;
  if (geometricMean === null || low === null || high === null) return '';
  return low <= 1 && high >= 1
    ? '; single checks take as long as before'
    : `; single checks take ${ratioText(geometricMean)} the time`;
}

/** How many times as long the checks take, the scaled ones apart from those that no load asks more of. */
function meanTexts({ ratios, unscaled }: Comparison): (string | false)[] {
  const { n, geometricMean, low, high } = ratios;
  const what = unscaled === null ? 'A check' : 'A scaled check';
  return [
    geometricMean !== null &&
      `${what} takes ${ratioText(geometricMean)} the time (geometric mean of ${plural(n, 'check')}; 95% interval ${factorText(low ?? 0)} to ${factorText(high ?? 0)})`,
    unscaled !== null &&
      `An unscaled check takes ${ratioText(unscaled.geometricMean)} the time (${plural(unscaled.n, 'check')})`,
  ];
}

/** What a reader must know first of a round that was not decided. */
export function notDecidedText(comparison: Comparison, which: 'baseline' | 'candidate'): string {
  const { load, startedAt } = comparison[which];
  return `The round of ${load}x (${startText(startedAt)}) was not decided: what did not complete in it is not known`;
}

/** The lines of a comparison before its table; names are foreign. */
export function comparisonLines(comparison: Comparison): string[] {
  const { checks, varies, rows, oneLevelOnly, fixedWindows, newFailures, fixed } = comparison;
  const runtime = runtimeText(comparison);
  const faster = checks.filter(growsFaster);
  const { undecided, unshared, baselinesDiffer } = comparison;
  const apart = [...unshared.baseline, ...unshared.candidate];
  const lines = [
    ...undecided.map((which) => notDecidedText(comparison, which)),
    baselinesDiffer && 'The two rounds were scaled from different baseline commits',
    runtime !== undefined && `Total runtime: ${runtime}`,
    ...meanTexts(comparison),
    !comparison.loadRecorded &&
      'Which checks were scaled is not recorded for one of the rounds, so unscaled checks are among them',
    rows !== null && `Rows: ${rowGrowthText(rows, comparison.candidate.load)}`,
    varies === 'load' &&
      `${faster.length === 0 ? 'No check' : plural(faster.length, 'check')} clearly grew faster than the load`,
    oneLevelOnly.length > 0 && `One level only: ${namesText(oneLevelOnly)}`,
    fixedWindows.length > 0 &&
      `Left out, because the user fixed the interval in one of the rounds: ${plural(fixedWindows.length, 'check')} (${namesText(fixedWindows)})`,
    apart.length > 0 && `Left out, because only one of the rounds ran them: ${namesText(apart)}`,
    newFailures.length > 0 && `New failures: ${namesText(newFailures)}`,
    fixed.length > 0 && `Failed before, not now: ${namesText(fixed)}`,
  ];
  return lines.filter((line) => line !== false);
}

/** The titles of the table of checks: `Time for 2× the Load` and how a check grows, where the load changed. */
export function checkTitles({ varies, baseline, candidate, rows }: Comparison): string[] {
  if (varies !== 'load') return ['Check', 'Before', 'Now', 'Ratio'];
  const growth = `Time for ${factorText(candidate.load / baseline.load)} the Load`;
  return ['Check', `${baseline.load}x`, `${candidate.load}x`, growth, 'Growth', ...(rows ? ['Rows'] : [])];
}

/** Its first rows: what grows faster than the load first, then what grew most. Names are foreign. */
export function checkRows({ checks, varies, rows }: Comparison, most: number): string[][] {
  const ratios = new Map(rows?.checks.map((one) => [one.check, one.ratio]));
  const [faster, others] = [checks.filter(growsFaster), checks.filter((check) => !growsFaster(check))];
  return [...faster, ...others]
    .slice(0, most)
    .map(({ check, baselineSeconds, candidateSeconds, ratio, word }) => [
      check,
      formatDuration(baselineSeconds),
      formatDuration(candidateSeconds),
      ratioText(ratio),
      ...(varies === 'load' ? [word ?? ''] : []),
      ...(rows ? [rowsCell(ratios.get(check))] : []),
    ]);
}

const rowsCell = (ratio: number | null | undefined) =>
  ratio === null || ratio === undefined ? '–' : ratioText(ratio);

function growsFaster({ word }: Comparison['checks'][number]): boolean {
  return word !== undefined && word !== 'constant';
}

/** How many times the load: `2×`, `1.5×`. */
function factorText(factor: number): string {
  return `${Number(factor.toFixed(2))}×`;
}

function namesText(checks: readonly string[]): string {
  const more = checks.length - namesShown;
  return checks.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
