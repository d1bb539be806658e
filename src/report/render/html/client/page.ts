/** The script of report.html: fills the sections, and links the timeline with the table of all steps. */
import { formatMeasured, ratioText } from '../../../../domain/text.ts';
import { localDateTime } from '../../../../domain/time.ts';
import { statusWord } from '../../../steps/checkTimes.ts';
import type { Block, Fact, Item, Line, Piece } from '../../sections/blocks.ts';
import type { PageData } from '../pageData.ts';
import { element, part, stateClass } from './elements.ts';
import { type Arrangement, arrange, type PageStep, sortedBy, stepsOf } from './steps.ts';
import { createStepTable } from './stepTable.ts';
import { createTimeline } from './timeline.ts';

/** Everything known of the selected step, read out when it changes. */
function showDetails(step: PageStep, { round }: PageData): void {
  const at = (seconds: number | null) =>
    seconds === null ? '–' : localDateTime(round.fromMs + seconds * 1000, round.utcOffsetMinutes);
  const facts: readonly (readonly [name: string, value: string])[] = [
    ['Step', step.name],
    ['Id', step.id],
    ['Status', statusWord(step.state)],
    ['Created', at(step.created)],
    ['Started', at(step.started)],
    ['Ended', at(step.ended)],
    ['Waited', formatMeasured(step.waited)],
    ['Elapsed', formatMeasured(step.ran)],
    [round.ratioTitle ?? '', step.ratio === null ? '' : ratioText(step.ratio)],
    ['Cause', step.cause],
    ['Proof', step.proof],
  ];
  const known = facts.filter(([, value]) => value !== '');
  part('details').replaceChildren(
    element('dl', {}, ...known.map(([name, value]) => factElement(name, [value]))),
  );
}

/** A proof takes the whole width. */
function factElement(name: string, value: readonly (Node | string)[]): HTMLElement {
  const attributes = name === 'Proof' ? { class: 'wide' } : {};
  return element('div', attributes, element('dt', {}, name), element('dd', {}, ...value));
}

const data = JSON.parse(part('report-data').textContent ?? '') as PageData;
const steps = stepsOf(data.steps);
const filter = part('filter') as HTMLInputElement;
let arrangement: Arrangement = { column: 'ran', descending: true, filter: '', hidden: new Set() };

fillSections(data.sections, (place) => {
  const step = steps[place];
  if (!step) return;
  part('steps').scrollIntoView();
  select(step);
});
const table = createStepTable(data, {
  onSort: (column) => rearrange(sortedBy(arrangement, column)),
  onSelect: select,
  onHover: (step) => timeline.hover(step),
});
const timeline = createTimeline(data, steps, { onSelect: select, onHover: hover });
createChips(steps, (hidden) => rearrange({ ...arrangement, hidden }));
filter.addEventListener('input', () => rearrange({ ...arrangement, filter: filter.value }));
rearrange(arrangement);

function rearrange(next: Arrangement): void {
  arrangement = next;
  const shown = arrange(steps, arrangement);
  table.show(shown, arrangement);
  timeline.show(shown);
  part('shown').textContent = `${shown.length} of ${steps.length} steps`;
}

function select(step: PageStep): void {
  table.select(step);
  timeline.select(step);
  showDetails(step, data);
}

/** A pointer on the timeline names the step under it. */
function hover(step: PageStep | undefined): void {
  timeline.hover(step);
  part('hovered').textContent = step ? `${step.name} (${step.state})` : '';
}

/** A switch for each state that occurs, with its count; all are on at first. */
function createChips(steps: readonly PageStep[], onChange: (hidden: ReadonlySet<string>) => void): void {
  const hidden = new Set<string>();
  const counts = new Map<string, number>();
  for (const step of steps) counts.set(step.state, (counts.get(step.state) ?? 0) + 1);
  for (const [state, count] of [...counts].sort((a, b) => b[1] - a[1])) {
    const chip = element(
      'button',
      { type: 'button', class: `chip ${stateClass(state)}`, 'aria-pressed': 'true' },
      `${statusWord(state)} ${count}`,
    );
    chip.addEventListener('click', () => {
      if (!hidden.delete(state)) hidden.add(state);
      chip.setAttribute('aria-pressed', String(!hidden.has(state)));
      onChange(hidden);
    });
    part('chips').append(chip);
  }
}

/** Fills the sections of the page. `onStep` is called with the place of a step whose name was clicked. */
function fillSections(sections: PageData['sections'], onStep: (place: number) => void): void {
  for (const [id, blocks] of Object.entries(sections))
    part(`${id}-body`).append(
      ...blocks.flatMap((block) => blockElements(block, (line) => lineNodes(line, onStep))),
    );
}

function blockElements(block: Block, nodes: (line: Line) => Node[]): HTMLElement[] {
  const factsElement = (facts: readonly Fact[]) =>
    element('dl', {}, ...facts.map(([name, value]) => factElement(name, nodes(value))));
  switch (block.kind) {
    case 'paragraph':
      return [element('p', {}, ...nodes(block.line))];
    case 'heading':
      return [element('h3', {}, ...nodes(block.line))];
    case 'notice':
      return [element('p', { class: 'notice' }, ...nodes(block.line))];
    case 'facts':
      return [factsElement(block.facts)];
    case 'list':
      return [
        element('ul', {}, ...block.items.flatMap(linesOf).map((line) => element('li', {}, ...nodes(line)))),
      ];
    case 'numbered':
      return block.items.flatMap(({ title, facts }, index) => [
        element('h3', {}, `${index + 1}. ${title}`),
        factsElement(facts),
      ]);
    case 'table':
      return [tableElement(block.titles, block.rows, nodes)];
  }
}

/** The lines below an item stand beside it. */
function linesOf(item: Item): Line[] {
  return typeof item === 'object' && 'below' in item ? [item.line, ...item.below] : [item];
}

function tableElement(
  titles: readonly string[],
  rows: readonly (readonly Line[])[],
  nodes: (line: Line) => Node[],
): HTMLElement {
  const head = element('tr', {}, ...titles.map((title) => element('th', { scope: 'col' }, title)));
  const body = rows.map((row) => element('tr', {}, ...row.map((cell) => element('td', {}, ...nodes(cell)))));
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': `Table: ${titles.join(', ')}` },
    element('table', {}, element('thead', {}, head), element('tbody', {}, ...body)),
  );
}

function lineNodes(line: Line, onStep: (place: number) => void): Node[] {
  const pieces = (typeof line === 'object' && 'length' in line ? line : [line]) as readonly Piece[];
  return pieces.map((piece) => {
    if (typeof piece === 'string') return document.createTextNode(piece);
    if ('strong' in piece) return element('strong', {}, piece.strong);
    if ('code' in piece) return element('code', {}, piece.code);
    const link = element('button', { type: 'button', class: 'step' }, piece.name);
    link.addEventListener('click', () => onStep(piece.step));
    return link;
  });
}
