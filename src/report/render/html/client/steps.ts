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
  const names = columns.names.split('\n');
  const ids = columns.ids.split('\n');
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
