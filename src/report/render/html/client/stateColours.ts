import { classOf } from '../../charts/svg.ts';

/** `completed`, `failed`, `cancelled` or `other`: the name of the state's class and of its colour. */
export function stateClass(state: string): string {
  return classOf({ state }).slice('lt-'.length);
}

export interface Colours {
  readonly page: string;
  readonly text: string;
  readonly soft: string;
  readonly line: string;
  readonly mark: string;
  of(state: string): string;
}

/** The colours of the page as they are now: they change with the reader's scheme. */
export function currentColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const states = new Map(
    ['completed', 'failed', 'cancelled', 'other'].map((state) => [state, colour(state)]),
  );
  return {
    page: colour('page'),
    text: colour('text'),
    soft: colour('soft'),
    line: colour('line'),
    mark: colour('mark'),
    of: (state) => states.get(stateClass(state)) ?? '',
  };
}
