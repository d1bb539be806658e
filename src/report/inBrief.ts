import { byText } from './checkKey.ts';
import { isDeterministic } from './deterministic.ts';
import type { Report } from './model.ts';
import { signatures } from './signatures/index.ts';

const shown = 3;
/** Classes of failures whose remedy lies in a check or in its table. */
const brokenByItself: ReadonlySet<string> = new Set(['data', 'code']);

/** A name and what is said under it; the text may hold foreign names and is not escaped. */
export type BriefLine = readonly [name: string, text: string];

/**
 * What a reader takes along who reads no further than the verdict: what broke, what to change first, and at which load it
 * stops fitting. Each is told in full in a section below.
 */
export function inBrief(report: Report): BriefLine[] {
  const { failures, suggestions, comparison } = report;
  const limit = comparison?.forecast?.why === undefined ? comparison?.forecast?.sentence : undefined;
  const lines: (BriefLine | false)[] = [
    failures.length > 0 && ['Broke', cut(failures.map((group) => brokeText(group, report)))],
    suggestions.length > 0 && ['Change first', cut(suggestions.map(({ title }) => title))],
    limit !== undefined && ['Limit', limit.replace(/\.$/, '')],
  ];
  return lines.filter((line) => line !== false);
}

function cut(texts: readonly string[]): string {
  const more = texts.length - shown;
  return texts.slice(0, shown).join('; ') + (more > 0 ? `; and ${more} more below` : '');
}

/** "Column not found (check_consent_15m, at 2x already: fix the check, not the load)". */
function brokeText(group: Report['failures'][number], { load, steps }: Report): string {
  const ids = new Set(group.steps);
  const checks = [...new Set(steps.flatMap(({ id, check }) => (ids.has(id) ? check : [])))].sort(byText);
  const more = checks.length - shown;
  const names = checks.slice(0, shown).join(', ') + (more > 0 ? ` and ${more} more` : '');
  const remedy = signatures.find(({ id }) => id === group.signature)?.remedy;
  const isElsewhere = remedy !== undefined && !remedy.ofQuery;
  const isChecks =
    brokenByItself.has(group.class) && isDeterministic(group) && group.newHere.length === 0 && !isElsewhere;
  const fix = isChecks ? `: fix the check${checks.length === 1 ? '' : 's'}, not the load` : '';
  return `${group.title} (${names}${whenText(group, checks.length, load)}${fix})`;
}

/** Only what holds for every check of the group. */
function whenText({ alsoFailedAt, newHere }: Report['failures'][number], checks: number, load: number) {
  if (newHere.length === checks) return `, new at ${load}x`;
  const loads = new Set(alsoFailedAt.flatMap((one) => one.loads));
  if (alsoFailedAt.length === checks && loads.size === 1) return `, at ${[...loads][0]}x already`;
  return alsoFailedAt.length === checks ? ', at lower levels already' : '';
}
