/** The text of what it takes to fit; names of checks and instance types are foreign. */
import { formatDuration, percent, plural, takeWithinBudget, windowName } from '../../domain/text.ts';
import type { Report } from '../model/model.ts';
import type { ShownToFit, ToFit, ToFitChange, ToFitOption } from '../model/toFit.ts';
import { noiseShare, type TimedVerdict } from './rows.ts';

const namesShown = 10;

/**
 * `Tune 7 checks to at most 7m 30s each (a, b, …) and StepConcurrencyLevel 8 → 12 with 2 more core nodes (m6i.2xlarge)`.
 *
 * @param named how many checks were named before: these names are left out
 */
function optionText(option: ToFitOption | ToFitChange, named = 0): string {
  const changes = 'parts' in option && option.parts ? option.parts : [option];
  const parts = changes.map((change) => changeText(change, named));
  const text = [parts.slice(0, -1).join(', '), parts.at(-1)].filter(Boolean).join(' and ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function changeText(
  { kind, setting, from, to, nodes, checks = [], targetSeconds }: ToFitOption | ToFitChange,
  named: number,
): string {
  switch (kind) {
    case 'order':
      return 'submit the longest checks first';
    case 'submission':
      return 'submit all steps at once';
    case 'keepCluster':
      return 'keep the cluster up between rounds';
    case 'tuned': {
      const target = `to at most ${formatDuration(targetSeconds ?? 0)}`;
      if (checks.length === 1) return `tune ${checks[0]} ${target}`;
      if (checks.length === named) return `tune these ${checks.length} checks ${target} each`;
      return `tune ${plural(checks.length, 'check')} ${target} each (${namesText(checks)})`;
    }
    default:
      return `${setting} ${from} → ${to}${nodes ? nodesText(nodes) : ''}`;
  }
}

function nodesText({ type, from, to }: NonNullable<ToFitChange['nodes']>): string {
  const more = Math.abs(to - from);
  const noun = `${to > from ? 'more' : 'fewer'} core node${more === 1 ? '' : 's'}`;
  return ` with ${more} ${noun} (${type}, ${from} → ${to})`;
}

function namesText(checks: readonly string[]): string {
  const more = checks.length - namesShown;
  return checks.slice(0, namesShown).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** `yes`, `just` where rounds differ by more than what is to spare, or `no`. */
function fitsWord(runtimeSeconds: number, verdict: TimedVerdict): string {
  const spare = verdict.windowSeconds - runtimeSeconds;
  return spare < 0 ? 'no' : spare < noiseShare(verdict) * runtimeSeconds ? 'just' : 'yes';
}

/** What to do first, for a reader who stops after a line; undefined where nothing is to be done. */
export function toFitLead({ toFit, verdict, load }: Pick<Report, 'toFit' | 'verdict' | 'load'>): string[] {
  const { outcome, windowSeconds, slackSeconds, noiseSeconds } = verdict;
  const [best] = toFit?.options ?? [];
  const repeat =
    outcome === 'fits_just' &&
    `Repeat ${load}x once: ${formatDuration(slackSeconds ?? 0)} to spare is less than rounds differ by (${formatDuration(noiseSeconds ?? 0)})`;
  return [repeat, best && `${optionText(best)}: ${outcomeText(best, { ...verdict, windowSeconds })}`].filter(
    (text) => typeof text === 'string',
  );
}

/** On how much less a round that fits would still fit; nothing where that saves nothing. */
export function savingLead({ toFit, load }: Pick<Report, 'toFit' | 'load'>): string[] {
  const { saving } = toFit ?? {};
  if (saving?.savesUsdPerDay === undefined) return [];
  const time = formatDuration(saving.runtimeSeconds);
  return [
    `A smaller cluster still fits ${load}x: ${optionText(saving)}: ${time}, ${money(saving.savesUsdPerDay)} a day less`,
  ];
}

function outcomeText({ runtimeSeconds, fits }: ToFitOption, verdict: TimedVerdict): string {
  const time = formatDuration(runtimeSeconds);
  if (!fits) return `${time}, still ${formatDuration(runtimeSeconds - verdict.windowSeconds)} over`;
  const spare = formatDuration(Math.round(verdict.windowSeconds) - Math.round(runtimeSeconds));
  return `${time}, ${fitsWord(runtimeSeconds, verdict) === 'just' ? 'just fits' : 'fits'} with ${spare} to spare`;
}

function money(usd: number | undefined): string {
  return usd === undefined ? '–' : `${usd.toFixed(2)} USD`;
}

/** Which checks have to be tuned in any case. */
export function necessaryText(count: number, windowSeconds: number): string | undefined {
  if (count === 0) return undefined;
  const isOne = count === 1;
  return `Necessary: ${plural(count, 'check')} ${isOne ? 'takes' : 'take'} longer than the ${windowName(windowSeconds)} window alone. No slot, node or order helps ${isOne ? 'it' : 'them'}; the target is half of the window, so that the next level may double it.`;
}

export const necessaryTitles = ['Check', 'Now', 'Target'];

export function necessaryRows(necessary: ToFit['necessary']): string[][] {
  return necessary.map(({ check, seconds, targetSeconds }) => [
    check,
    formatDuration(seconds),
    `at most ${formatDuration(targetSeconds)}`,
  ]);
}

/** The titles of the table of options. */
export function optionTitles({ now }: ToFit): string[] {
  return [
    'Change',
    'Total Runtime',
    'Fits',
    ...(now.usdPerDay === undefined ? [] : ['USD per Round', 'USD per Day']),
  ];
}

/** The round as it was, then every option. */
export function optionRows({ now, options, necessary }: ToFit, window: TimedVerdict): string[][] {
  const cost = ({ usdPerRound, usdPerDay }: ToFit['now']) =>
    now.usdPerDay === undefined ? [] : [usdPerRound, usdPerDay].map((usd) => usd?.toFixed(2) ?? '–');
  const row = (text: string, outcome: ToFit['now']) => [
    text,
    formatDuration(outcome.runtimeSeconds),
    fitsWord(outcome.runtimeSeconds, window),
    ...cost(outcome),
  ];
  return [row('None: as it was', now), ...options.map((one) => row(optionText(one, necessary.length), one))];
}

/** Of a round that fits: on how much less it still would. */
export function savingText({
  saving,
  now,
  why,
  noGainBeyond = null,
}: Pick<ToFit, 'saving' | 'now' | 'why'> & Partial<Pick<ToFit, 'noGainBeyond'>>): string | undefined {
  if (why !== undefined) return undefined;
  if (!saving)
    return noGainBeyond === null
      ? undefined
      : 'Nothing: with fewer slots it would not fit with a tenth of the window to spare.';
  const { runtimeSeconds, savesUsdPerDay, usdPerDay } = saving;
  const cost =
    savesUsdPerDay !== undefined
      ? `${money(savesUsdPerDay)} a day less (${money(now.usdPerDay)} → ${money(usdPerDay)})`
      : usdPerDay === undefined
        ? 'what that saves is not known'
        : usdPerDay < (now.usdPerDay ?? 0)
          ? 'which saves too little to be worth a change'
          : 'which saves nothing, because the round takes longer';
  return `It would still fit with less: ${optionText(saving)}: about ${formatDuration(runtimeSeconds)}; ${cost}.`;
}

/** How the rows were made, and where more slots end to help. */
export function replayText(
  { error, noGainBeyond, prices }: ToFit,
  { findings: { slots }, counts }: Pick<Report, 'findings' | 'counts'>,
): string {
  const off =
    error === null
      ? ''
      : ` (the replay of the round itself is off by ${error > 0 ? '+' : ''}${percent(error)})`;
  const present = slots.limit ?? 0;
  const limit =
    noGainBeyond === null
      ? 'How many slots there are is not known, so no other number is advised.'
      : noGainBeyond <= present
        ? `More than ${plural(present, 'slot')} gain nothing.`
        : noGainBeyond < counts.total && `No gain beyond ${plural(noGainBeyond, 'slot')}.`;
  const priced =
    prices &&
    `USD: all machines, with the start of a cluster that each round makes, at ${pricesText(prices)}.`;
  const open = counts.total - counts.successful;
  const incomplete =
    open > 0 &&
    `${open} of ${plural(counts.total, 'step')} did not complete and count for as long as they ran.`;
  return [`By replaying the steps of this round, if no step gets slower${off}.`, incomplete, limit, priced]
    .filter((text) => typeof text === 'string')
    .join(' ');
}

function pricesText({ date, isExample }: NonNullable<ToFit['prices']>): string {
  return `${isExample ? 'example prices' : 'the prices'} of ${date}`;
}

const optionsShown = 4;

/** The first rows, for a result with a budget; report.json has all. */
export function shownToFit(toFit: ToFit): ShownToFit {
  const { necessary, options, noGainBeyond: _gain, error: _error, ...others } = toFit;
  const shown = takeWithinBudget(necessary, 900);
  return {
    ...others,
    now: inWholeSeconds(others.now),
    necessary: shown,
    ...(shown.length < necessary.length && { necessaryTotal: necessary.length }),
    options: options.slice(0, optionsShown).map((option) => {
      const { parts: _parts, checks: _checks, targetSeconds: _target, ...row } = option;
      return { change: optionText(option, necessary.length), ...inWholeSeconds(row) };
    }),
    ...(options.length > optionsShown && { optionsTotal: options.length }),
  };
}

function inWholeSeconds<Row extends { readonly runtimeSeconds: number }>(row: Row): Row {
  return { ...row, runtimeSeconds: Math.round(row.runtimeSeconds) };
}

/** The same as lines of text, the cheapest that is enough first. */
export function toFitLines(toFit: ShownToFit, windowSeconds: number): string[] {
  const { necessary = [], necessaryTotal = necessary.length, options = [], why, prices, saving } = toFit;
  const priced = prices ? ` (USD at ${pricesText(prices)})` : '';
  const rows = options.map(({ change, runtimeSeconds, fits, usdPerDay }) => {
    const cost = usdPerDay === undefined ? '' : `, ${money(usdPerDay)} a day`;
    return `  - ${change}: ${formatDuration(runtimeSeconds)}, ${fits ? 'fits' : 'does not fit'}${cost}`;
  });
  const more = necessaryTotal - necessary.length;
  const lines = [
    necessaryText(necessaryTotal, windowSeconds),
    ...necessaryRows(necessary).map(([check, now, target]) => `  - ${check}: ${now} → ${target}`),
    more > 0 ? `  - and ${more} more, in report.json` : undefined,
    ...(rows.length === 0 ? [] : [`What it takes to fit, by replay${priced}:`, ...rows]),
    saving && `${savingText(toFit)}${priced}`,
    why === undefined ? undefined : `Nothing was replayed: ${why}.`,
  ];
  return lines.filter((line) => line !== undefined);
}
