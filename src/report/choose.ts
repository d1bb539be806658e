import { ToolError } from '../domain/errors.ts';
import type { Schedule } from '../domain/schedules.ts';
import type { Report } from './model/model.ts';
import { isOneCampaign } from './steps/comparable.ts';

/** A report on disk: the name of its directory and what its report.json says. */
export interface StoredReport {
  readonly directory: string;
  readonly report: Report;
}

/** What the caller named: a directory, or a load (the newest report of it). */
export interface ReportNames {
  readonly baseline?: string | undefined;
  readonly candidate?: string | undefined;
  readonly schedule?: Schedule | undefined;
}

interface ReportPair {
  readonly baseline: StoredReport;
  readonly candidate: StoredReport;
}

const mostUnread = 3;

/**
 * The two reports to compare. Left out, the candidate is the newest report, and the baseline the one before it of the
 * same schedule and campaign; an older one only when it is named. The same load twice means its two newest reports.
 *
 * @param stored oldest first
 * @param unread why a report on disk is not among them
 * @throws ToolError NOT_FOUND that lists what there is, and what could not be read
 */
export function chooseReports(
  stored: readonly StoredReport[],
  names: ReportNames,
  unread: readonly string[] = [],
): ReportPair {
  const newestFirst = [...new Set(stored.map(({ report }) => report.schedule).reverse())];
  const asked = names.schedule === undefined ? newestFirst : [names.schedule];
  // A load means a level of one schedule: the newest schedule that has both.
  for (const schedule of asked) {
    const pair = pairIn(
      stored.filter(({ report }) => report.schedule === schedule),
      names,
    );
    if (pair !== undefined) return pair;
  }
  const byName = [names.baseline, names.candidate].some((name) => name && loadNamed(name) === undefined);
  const anyPair = byName && names.baseline && names.candidate ? pairIn(stored, names) : undefined;
  return anyPair ?? missing(stored, names, unread);
}

function pairIn(stored: readonly StoredReport[], names: ReportNames): ReportPair | undefined {
  const candidate = names.candidate === undefined ? newest(stored) : find(stored, names.candidate);
  if (candidate === undefined) return undefined;
  const others = stored.filter((one) => one !== candidate);
  const ofCampaign = others.filter(({ report }) => isOneCampaign(report, candidate.report));
  const baseline =
    names.baseline === undefined
      ? newest(ofCampaign.filter(({ report }) => report.round.startedAt <= candidate.report.round.startedAt))
      : (find(ofCampaign, names.baseline) ?? find(others, names.baseline));
  return baseline && { baseline, candidate };
}

function find(stored: readonly StoredReport[], name: string): StoredReport | undefined {
  const load = loadNamed(name);
  if (load !== undefined) return newest(stored.filter(({ report }) => report.load === load));
  const directoryName = name.trim().replace(/\/+$/, '').split('/').at(-1);
  return stored.find(({ directory }) => directory === directoryName);
}

/** A partial round can be compared with nothing: it is meant only where it is named, or where there is no other. */
function newest(stored: readonly StoredReport[]): StoredReport | undefined {
  return stored.findLast(({ report }) => !report.round.partOf) ?? stored.at(-1);
}

/** `2x` or `2` is a load, everything else a directory. */
function loadNamed(name: string): number | undefined {
  const digits = /^(\d{1,4})x?$/i.exec(name.trim())?.[1];
  return digits === undefined ? undefined : Number(digits);
}

function missing(stored: readonly StoredReport[], names: ReportNames, unread: readonly string[]): never {
  const more = unread.length > mostUnread ? ` And ${unread.length - mostUnread} more.` : '';
  const notRead = `Could not be read: ${unread.slice(0, mostUnread).join(' ')}${more}`;
  const what = [
    whatIsMissing(stored, names),
    ...(unread.length === 0 ? [] : [notRead]),
    'Nothing was written.',
  ];
  throw new ToolError('NOT_FOUND', what.join(' '), { next: nextFor(stored, names) });
}

/** A load above all that ran is a question for the forecast, which is in any comparison of two loads. */
function nextFor(stored: readonly StoredReport[], { candidate, schedule }: ReportNames): string {
  const asked = candidate === undefined ? undefined : loadNamed(candidate);
  const loads = stored
    .filter(({ report }) => schedule === undefined || report.schedule === schedule)
    .map(({ report }) => report.load);
  const [largest = 0, before] = [...new Set(loads)].sort((a, b) => b - a);
  if (asked !== undefined && asked > largest && before !== undefined)
    return `${asked}x was not run; compareReports with baseline ${before}x and candidate ${largest}x forecasts at most up to ${2 * largest}x.`;
  return 'call buildReport for the rounds that are to be compared, or compareReports with two reports that are there.';
}

function whatIsMissing(stored: readonly StoredReport[], names: ReportNames): string {
  const { baseline, candidate, schedule } = names;
  const asked = [baseline, candidate].flatMap((name) => name ?? []);
  const [load, other] = asked.map(loadNamed);
  if (load !== undefined && load === other) {
    const ofLoad = stored.filter(({ report }) => report.load === load);
    const there = named(ofLoad.filter(({ report }) => [undefined, report.schedule].includes(schedule)));
    const what =
      there.length === 1
        ? `there is one: ${there[0]}`
        : there.length === 0
          ? 'no such report was found'
          : `there are: ${there.join(', ')}`;
    return `${load}x against ${load}x needs two ${load}x reports of ${schedule ?? 'one schedule'}; ${what}.`;
  }
  const what =
    asked.length === 0
      ? 'There are not two reports of one schedule to compare'
      : `There are no two reports of one schedule to compare for ${asked.map((name) => name.slice(0, 60)).join(' and ')}`;
  const there = named(stored);
  return `${what}. ${there.length === 0 ? 'No report is in REPORTS_DIR.' : `There are: ${there.join(', ')}.`}`;
}

function named(stored: readonly StoredReport[]): string[] {
  return stored.slice(-6).map(({ directory, report }) => `${directory} (${report.schedule})`);
}
