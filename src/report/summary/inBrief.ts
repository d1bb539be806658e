import { rowsText } from '../evidence/text.ts';
import { isDeterministic, remedyOf } from '../failures/advice.ts';
import { scoreText } from '../forecast/text.ts';
import { byText } from '../model/checkKey.ts';
import type { Suggestion } from '../model/findings.ts';
import type { Report } from '../model/model.ts';
import { isDecided } from '../model/outcomes.ts';
import { savingLead, toFitLead } from '../toFit/text.ts';

const shown = 3;
/** Kinds of failures that are fixed in a check or in its table. */
const kindsOfChecks: ReadonlySet<string> = new Set(['data', 'code']);

/** For a reader who stops after the verdict: whether the load was real, what failed, what to do first, and at which load it stops fitting. */
export function inBrief(report: Report): [name: string, text: string][] {
  return briefLists(report).map(([name, texts]) => {
    const isNumbered = name === 'Do first' && texts.length > 1;
    return [name, texts.map((text, index) => (isNumbered ? `(${index + 1}) ${text}` : text)).join('; ')];
  });
}

/** The same, each answer as a list: its first few items, and how many more there are below. */
export function briefLists(report: Report): [name: string, texts: string[]][] {
  const { failures, eventLogs, load } = report;
  const rows = eventLogs ? rowsText(eventLogs, load) : undefined;
  const capacity = capacityText(report);
  const lists: [string, string[]][] = [
    ['Rows', rows === undefined ? [] : [rows]],
    ['Failed', cut(failures.map((group) => failedText(group, report)))],
    ['Do first', cut(doFirst(report), shown + 1)],
    ['Capacity', capacity === undefined ? [] : [capacity]],
  ];
  return lists.filter(([, texts]) => texts.length > 0);
}

/** What failed comes before what it takes to fit, and that before the rest; what could be saved comes last. */
function doFirst(report: Report): string[] {
  const isBroken = ({ id }: Suggestion) => id.startsWith('failure:') || id === 'lost-machines';
  const titles = (some: readonly Suggestion[]) => some.map(({ title }) => title);
  return [
    ...titles(report.suggestions.filter(isBroken)),
    ...toFitLead(report),
    ...titles(report.suggestions.filter((one) => !isBroken(one))),
    ...savingLead(report),
  ];
}

/**
 * The forecast, after what an earlier report forecast for this load. After one level it says that a second is needed; undefined
 * where nothing can be said.
 */
export function capacityText({ comparison, round, verdict }: Report): string | undefined {
  const forecast = comparison?.forecast;
  const score = forecast ? scoreText(forecast, round.startedAt) : undefined;
  if (forecast && (score !== undefined || forecast.why === undefined))
    return [score, forecast.sentence].filter((text) => text !== undefined).join(' ');
  return comparison === null && isDecided(verdict)
    ? 'no forecast yet: one load was measured, and a second is needed'
    : undefined;
}

function cut(texts: readonly string[], most = shown): string[] {
  const more = texts.length - most;
  return [...texts.slice(0, most), ...(more > 0 ? [`and ${more} more below`] : [])];
}

/** "Column not found (check_consent_15m, at 2x already: fix the check, not the load)". */
function failedText(group: Report['failures'][number], { load, steps }: Report): string {
  const ids = new Set(group.steps);
  const checks = [...new Set(steps.flatMap(({ id, check }) => (ids.has(id) ? check : [])))].sort(byText);
  const more = checks.length - shown;
  const names = checks.slice(0, shown).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const remedy = remedyOf(group);
  const isElsewhere = remedy !== undefined && !remedy.ofQuery;
  const isChecks =
    kindsOfChecks.has(group.kind) && isDeterministic(group) && group.newHere.length === 0 && !isElsewhere;
  const fix = isChecks ? `: fix the check${checks.length === 1 ? '' : 's'}, not the load` : '';
  return `${group.title} (${names}${whenText(group, checks.length, load)}${fix})`;
}

/** Only what is true of every check of the group. */
function whenText({ alsoFailedAt, newHere }: Report['failures'][number], checks: number, load: number) {
  if (newHere.length === checks) return `, new at ${load}x`;
  const loads = new Set(alsoFailedAt.flatMap((one) => one.loads));
  if (alsoFailedAt.length === checks && loads.size === 1) return `, at ${[...loads][0]}x already`;
  return alsoFailedAt.length === checks ? ', at lower levels already' : '';
}
