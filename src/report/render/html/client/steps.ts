import { statusWord } from '../../../steps/checkTimes.ts';
import type { StepColumns } from '../pageData.ts';

/** A step as the page shows it; times in seconds since the first creation of the round. */
export interface PageStep {
  /** Its place in the report's order. */
  readonly place: number;
  readonly name: string;
  readonly id: string;
  readonly state: string;
  readonly created: number;
  readonly started: number | null;
  readonly ended: number | null;
  /** Null where a stamp is missing, or where the stamps run backwards. */
  readonly waited: number | null;
  readonly ran: number | null;
  readonly ratio: number | null;
  readonly cause: string;
  readonly proof: string;
}

/** The columns of the page's data as steps. */
export function stepsOf(columns: StepColumns): PageStep[] {
  if (columns.states.length === 0) return [];
  const [names, ids] = [unfolded(columns.names), unfolded(columns.ids)];
  let created = 0;
  return columns.states.map((state, place) => {
    created += columns.created[place] ?? 0;
    const started = columns.started[place] ?? null;
    const ended = columns.ended[place] ?? null;
    const [cause = '', proof = ''] = columns.causes[place] ?? [];
    const ratio = columns.ratios?.[place] ?? null;
    return {
      place,
      name: names[place] ?? '',
      id: ids[place] ?? '',
      state: columns.stateNames[state] ?? '',
      created: created / 1000,
      started: started === null ? null : (created + started) / 1000,
      ended: ended === null ? null : (created + ended) / 1000,
      waited: started === null || started < 0 ? null : started / 1000,
      ran: started === null || ended === null || ended < started ? null : (ended - started) / 1000,
      ratio: ratio === null ? null : ratio / 100,
      cause,
      proof,
    };
  });
}

function unfolded({ begin, end, rest }: StepColumns['names']): string[] {
  return rest.split('\n').map((name) => begin + name + end);
}

export type Column = 'name' | 'state' | 'waited' | 'ran' | 'started' | 'ratio' | 'cause';

export interface Arrangement {
  readonly column: Column;
  readonly descending: boolean;
  /** Words that all have to be in the name, the id, the state or the cause; upper and lower case are one. */
  readonly filter: string;
  /** The states that are shown; none of them stands for all. */
  readonly only: ReadonlySet<string>;
}

/** What a click on a column's title does: the other way round, or a new column with what matters most on top. */
export function sortedBy(arrangement: Arrangement, column: Column): Arrangement {
  const descending =
    column === arrangement.column ? !arrangement.descending : ['waited', 'ran', 'ratio'].includes(column);
  return { ...arrangement, column, descending };
}

/** The steps that pass the filter and the chips, in order. What was not measured comes last either way. */
export function arrange(steps: readonly PageStep[], arrangement: Arrangement): PageStep[] {
  const { column, descending, only } = arrangement;
  const words = arrangement.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const sign = descending ? -1 : 1;
  return steps
    .filter((step) => (only.size === 0 || only.has(step.state)) && matches(step, words))
    .sort((a, b) => {
      const [one, other] = [a[column], b[column]];
      const empty = Number(isEmpty(one)) - Number(isEmpty(other));
      return empty || sign * compare(one, other) || a.place - b.place;
    });
}

function matches(step: PageStep, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = `${step.name} ${step.id} ${statusWord(step.state)} ${step.cause}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function isEmpty(value: string | number | null): boolean {
  return value === null || value === '';
}

function compare(one: string | number | null, other: string | number | null): number {
  if (one === null || other === null) return 0;
  return one < other ? -1 : one > other ? 1 : 0;
}
