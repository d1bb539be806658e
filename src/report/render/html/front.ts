/** What the page leads with: the runtime against its window, and four numbers. Words of ours; names in them are foreign text. */
import { carrying } from '../../../domain/coverage.ts';
import { formatDuration, formatMeasured, plural, windowName } from '../../../domain/text.ts';
import type { Report } from '../../model/model.ts';
import type { ToFit } from '../../model/toFit.ts';
import { xml } from '../charts/svg.ts';

/** A number that is read first, with what it is of. */
export interface Tile {
  readonly name: string;
  readonly value: string;
  readonly note: string;
  /** Nothing to worry about, or something; the note says it in words. */
  readonly tone: 'plain' | 'bad';
}

const causesShown = 2;

export function tilesOf(report: Report): Tile[] {
  return [runtimeTile(report), failedTile(report), loadTile(report), costTile(report)];
}

function runtimeTile({ verdict, counts, cluster: { startUp } }: Report): Tile {
  const { runtimeSeconds, windowSeconds, slackSeconds, outcome } = verdict;
  const window = `the ${windowName(windowSeconds)} window`;
  const soFar = counts.unfinished > 0 ? 'so far; ' : '';
  const note =
    slackSeconds === null
      ? `${soFar}${verdict.headline}; ${window}`
      : slackSeconds < 0
        ? `${soFar}${formatDuration(-slackSeconds)} over ${window}`
        : `${formatDuration(slackSeconds)} to spare in ${window}`;
  const start = startUp ? `; ${formatDuration(startUp.totalSeconds)} with the start of the cluster` : '';
  return {
    name: 'Runtime',
    value: formatMeasured(runtimeSeconds),
    note: `${note}${start}`,
    tone: outcome === 'missed' ? 'bad' : 'plain',
  };
}

function failedTile({ counts, failures }: Report): Tile {
  const causes = failures.slice(0, causesShown).map(({ title }) => title);
  const more = failures.length - causes.length;
  const others = [
    counts.cancelled > 0 && `${counts.cancelled} cancelled`,
    counts.interrupted > 0 && `${counts.interrupted} interrupted`,
    counts.unfinished > 0 && `${counts.unfinished} not finished`,
  ].filter((text) => text !== false);
  const notes = [
    ...causes,
    ...(more > 0 ? [`${plural(more, 'more cause')}`] : []),
    ...(failures.length === 0 ? [`of ${plural(counts.total, 'step')}`] : []),
    ...others,
  ];
  return {
    name: 'Failed',
    value: failures.length === 0 ? String(counts.failed) : `${counts.failed} of ${counts.total}`,
    note: notes.join('; '),
    tone: counts.failed + counts.interrupted > 0 ? 'bad' : 'plain',
  };
}

function loadTile({ load, coverage, eventLogs }: Report): Tile {
  const name = 'Load scaled';
  if (load === 1) return { name, value: '1x', note: 'the baseline: nothing is scaled', tone: 'plain' };
  if (coverage === null)
    return { name, value: '–', note: 'which checks were scaled is not recorded', tone: 'plain' };
  const rows = eventLogs?.rows?.ratio;
  const notes = [
    coverage.unscaledTotal === 0
      ? `every check at ${load}x`
      : `checks at ${load}x; ${coverage.unscaledTotal} at 1x`,
    ...(coverage.narrows.length === 0 ? [] : [`${coverage.narrows.length} of them read less`]),
    ...(rows == null ? [] : [`${Number(rows.toFixed(1))} times the rows of ${eventLogs?.rows?.loadBefore}x`]),
  ];
  return {
    name,
    value: `${coverage.scaled} of ${coverage.checks}`,
    note: notes.join('; '),
    tone: carrying(coverage) === 0 ? 'bad' : 'plain',
  };
}

function costTile({ cost, toFit }: Report): Tile {
  const name = 'Cost';
  if (cost === null) return { name, value: '–', note: 'the machines are not known', tone: 'plain' };
  const { total, currency, notPriced, examplePrices, upPerHour } = cost;
  const count = cost.instances.reduce((sum, one) => sum + one.count, 0);
  const used = `${plural(count, 'instance')}, ${cost.hours.toFixed(2)} instance-hours`;
  if (total === null) return { name, value: '–', note: `not priced; ${used}`, tone: 'plain' };
  const money = (amount: number) => `${amount.toFixed(2)} ${currency ?? ''}`.trim();
  const notes = [
    ...dailyNotes(toFit?.now, total, money),
    used,
    ...(examplePrices ? ['example prices'] : []),
    ...(notPriced.length === 0 ? [] : [`without ${notPriced.join(', ')}`]),
    ...(upPerHour === null ? [] : [`still up: ${money(upPerHour)} an hour`]),
  ];
  return { name, value: money(total), note: notes.join('; '), tone: 'plain' };
}

/** A day of rounds pays for the start of each cluster as well, which the cost of one round leaves out. */
function dailyNotes(
  now: ToFit['now'] | undefined,
  total: number,
  money: (amount: number) => string,
): string[] {
  const { usdPerRound, usdPerDay } = now ?? {};
  if (usdPerRound === undefined || usdPerDay === undefined) return [];
  const withStart =
    money(usdPerRound) === money(total) ? '' : `${money(usdPerRound)} with the start of the cluster, `;
  return [`${withStart}${money(usdPerDay)} a day`];
}

/** A row of the meter: how long something took, or would at least take. */
interface Reach {
  readonly name: string;
  readonly seconds: number;
}

/**
 * The runtime as a bar against its window, and below it the two lower bounds: what is longer than the window in each has its own
 * pattern. It is made here and not by the script, because it holds no foreign text. Empty where nothing ran.
 */
export function meter({ verdict, findings, counts }: Report): string {
  const { runtimeSeconds, windowSeconds } = verdict;
  if (runtimeSeconds === null) return '';
  const { workOverSlotsSeconds: work, longestStepSeconds: longest } = findings.bounds;
  const { limit, from } = findings.slots;
  const rows: Reach[] = [
    { name: counts.unfinished > 0 ? 'Runtime so far' : 'Runtime', seconds: runtimeSeconds },
    ...(work === null || limit === null
      ? []
      : [
          {
            name: `With ${from === 'cluster' && limit > 1 ? 'all ' : ''}${plural(limit, 'slot')} busy`,
            seconds: work,
          },
        ]),
    ...(longest === null ? [] : [{ name: 'Longest step alone', seconds: longest }]),
  ];
  const until = Math.max(windowSeconds, ...rows.map(({ seconds }) => seconds)) * 1.02;
  const share = (seconds: number) => `${((100 * seconds) / until).toFixed(2)}%`;
  const window = `${windowName(windowSeconds)} window`;
  const said = rows.map(({ name, seconds }) => `${name} ${formatDuration(seconds)}`).join(', ');
  const bars = rows.map(({ name, seconds }, index) => {
    const within = share(Math.min(seconds, windowSeconds));
    const over =
      seconds > windowSeconds
        ? `<span class="over" style="width:${share(seconds - windowSeconds)}"></span>`
        : '';
    const first = index === 0 ? ' first' : '';
    const row = `style="--row:${index + 2}"`;
    return `<span class="of${first}" ${row}>${name}</span><span class="took${first}" ${row}>${formatDuration(seconds)}</span><span class="track${first}" ${row}><span style="width:${within}"></span>${over}</span>`;
  });
  const isLate = windowSeconds / until > 0.6;
  return `<div class="meter" style="--window:${share(windowSeconds)}" role="img" aria-label="${xml(`${said}; ${window}`)}"><span class="scale"><span class="${isLate ? 'late' : 'early'}" style="${isLate ? `right:calc(100% - ${share(windowSeconds)} - 2px)` : `left:${share(windowSeconds)}`}">${window}</span></span>${bars.join('')}</div>`;
}
