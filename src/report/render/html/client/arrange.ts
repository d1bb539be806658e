import type { PageStep } from './steps.ts';

export type Column = 'name' | 'state' | 'waited' | 'ran' | 'started' | 'ratio' | 'cause';

export interface Arrangement {
  readonly column: Column;
  readonly descending: boolean;
  /** Words that all have to be in the name, the id, the state or the cause; upper and lower case are one. */
  readonly filter: string;
  /** States that are left out. */
  readonly hidden: ReadonlySet<string>;
}

/** What a click on a column's title does: the other way round, or a new column with what matters most on top. */
export function sortedBy(arrangement: Arrangement, column: Column): Arrangement {
  const descending =
    column === arrangement.column ? !arrangement.descending : ['waited', 'ran', 'ratio'].includes(column);
  return { ...arrangement, column, descending };
}

/** The steps that pass the filter and the chips, in order. What was not measured comes last either way. */
export function arrange(steps: readonly PageStep[], arrangement: Arrangement): PageStep[] {
  const { column, descending, hidden } = arrangement;
  const words = arrangement.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const sign = descending ? -1 : 1;
  return steps
    .filter((step) => !hidden.has(step.state) && matches(step, words))
    .sort((a, b) => {
      const [one, other] = [a[column], b[column]];
      const empty = Number(isEmpty(one)) - Number(isEmpty(other));
      return empty || sign * compare(one, other) || a.place - b.place;
    });
}

function matches(step: PageStep, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${step.name} ${step.id} ${step.state} ${step.cause}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function isEmpty(value: string | number | null): boolean {
  return value === null || value === '';
}

function compare(one: string | number | null, other: string | number | null): number {
  if (one === null || other === null) return 0;
  return one < other ? -1 : one > other ? 1 : 0;
}
