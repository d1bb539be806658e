import { formatMeasured, ratioText } from '../../../../domain/text.ts';
import { localTime } from '../../../../domain/time.ts';
import { statusWord } from '../../../steps/checkTimes.ts';
import type { PageData } from '../pageData.ts';
import { element, part, stateClass } from './elements.ts';
import type { Arrangement, Column, PageStep } from './steps.ts';

/** Of the style sheet's rows: on a phone a name stands above its numbers. */
const rowHeights = { wide: 30, narrow: 58 } as const;
/** Rows beyond the edge that are kept, so that a scroll does not show an empty page first. */
const spareRows = 8;

interface Reactions {
  onSort(column: Column): void;
  onSelect(step: PageStep): void;
  onHover(step: PageStep | undefined): void;
}

type ColumnText = readonly [column: Column, title: string, text: (step: PageStep) => string];

function columnsOf({ round: { fromMs, utcOffsetMinutes, ratioTitle } }: PageData): ColumnText[] {
  const startOf = ({ started }: PageStep) =>
    started === null ? '–' : localTime(fromMs + started * 1000, utcOffsetMinutes);
  const columns: ColumnText[] = [
    ['name', 'Step', (step) => step.name],
    ['state', 'Status', (step) => statusWord(step.state)],
    ['ran', 'Elapsed', (step) => formatMeasured(step.ran)],
    ['waited', 'Waited', (step) => formatMeasured(step.waited)],
    ['started', 'Start', startOf],
    ['ratio', ratioTitle ?? '', (step) => (step.ratio === null ? '–' : ratioText(step.ratio))],
    ['cause', 'Cause', (step) => step.cause || '–'],
  ];
  return columns.filter(([, title]) => title !== '');
}

/** The table of all steps. Only the rows in sight are in the page, so that 10,000 steps cost no more than 30. */
export function createStepTable(data: PageData, reactions: Reactions) {
  const grid = part('step-table');
  const columns = columnsOf(data);
  const body = element('div', { class: 'rows', role: 'rowgroup' });
  const titles = columns.map(([column, title]) => {
    const button = element('button', { type: 'button' }, title);
    button.addEventListener('click', () => reactions.onSort(column));
    return element('div', { role: 'columnheader', class: column }, button);
  });
  const titlesRow = element(
    'div',
    { role: 'rowgroup', class: 'titles' },
    element('div', { role: 'row', class: 'row', 'aria-rowindex': '1' }, ...titles),
  );
  grid.append(titlesRow, body);
  grid.setAttribute('aria-colcount', String(columns.length));
  grid.classList.toggle('with-ratio', data.round.ratioTitle !== undefined);

  const isNarrow = matchMedia('(max-width: 700px)');
  let rowHeight: number = rowHeights.wide;
  let shown: readonly PageStep[] = [];
  let selected: PageStep | undefined;
  let first = -1;
  let last = -1;

  function draw(always: boolean): void {
    const top = Math.max(0, Math.floor(grid.scrollTop / rowHeight) - spareRows);
    const bottom = Math.min(shown.length, top + Math.ceil(grid.clientHeight / rowHeight) + 2 * spareRows);
    if (!always && top === first && bottom === last) return;
    first = top;
    last = bottom;
    body.replaceChildren(...shown.slice(top, bottom).map((step, index) => row(step, top + index)));
    const id = selected ? `row-${selected.place}` : '';
    if (selected && document.getElementById(id)) grid.setAttribute('aria-activedescendant', id);
    else grid.removeAttribute('aria-activedescendant');
  }

  function row(step: PageStep, index: number): HTMLElement {
    const made = element(
      'div',
      {
        role: 'row',
        id: `row-${step.place}`,
        class: `row ${stateClass(step.state)}`,
        'aria-rowindex': String(index + 2),
        'aria-selected': String(step === selected),
      },
      ...columns.map(([column, , text]) => element('div', { role: 'gridcell', class: column }, text(step))),
    );
    made.style.top = `${index * rowHeight}px`;
    made.addEventListener('click', () => reactions.onSelect(step));
    made.addEventListener('pointerenter', () => reactions.onHover(step));
    made.addEventListener('pointerleave', () => reactions.onHover(undefined));
    return made;
  }

  function scrollTo(index: number): void {
    const top = index * rowHeight;
    const room = grid.clientHeight - rowHeight - titlesRow.clientHeight;
    if (top < grid.scrollTop) grid.scrollTop = top;
    else if (top > grid.scrollTop + room) grid.scrollTop = top - room;
  }

  const moves: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: 10,
    PageUp: -10,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  };
  grid.addEventListener('keydown', (event) => {
    const move = Object.hasOwn(moves, event.key) ? moves[event.key] : undefined;
    if (move === undefined || event.target !== grid || shown.length === 0) return;
    event.preventDefault();
    const at = selected ? shown.indexOf(selected) : -1;
    const next = shown[Math.min(shown.length - 1, Math.max(0, at + move))];
    if (next) reactions.onSelect(next);
  });
  function layOut(): void {
    rowHeight = isNarrow.matches ? rowHeights.narrow : rowHeights.wide;
    body.style.height = `${shown.length * rowHeight}px`;
    draw(true);
  }
  isNarrow.addEventListener('change', layOut);
  grid.addEventListener('scroll', () => draw(false), { passive: true });
  new ResizeObserver(() => draw(false)).observe(grid);

  return {
    /** Shows these steps, from the top. */
    show(steps: readonly PageStep[], sorted: Arrangement): void {
      shown = steps;
      grid.setAttribute('aria-rowcount', String(steps.length + 1));
      for (const [index, title] of titles.entries()) {
        const order = sorted.descending ? 'descending' : 'ascending';
        title.setAttribute('aria-sort', columns[index]?.[0] === sorted.column ? order : 'none');
      }
      grid.scrollTop = 0;
      layOut();
    },
    /** Marks a step, and scrolls to it. */
    select(step: PageStep): void {
      selected = step;
      scrollTo(Math.max(0, shown.indexOf(step)));
      draw(true);
    },
  };
}
