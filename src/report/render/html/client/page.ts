/** The script of report.html: fills the sections, and links the timeline with the table of all steps. */
import { formatMeasured, ratioText } from '../../../../domain/text.ts';
import { localDateTime } from '../../../../domain/time.ts';
import { statusWord } from '../../../steps/checkTimes.ts';
import type { Block, Fact, Item, Line, Piece } from '../../sections/blocks.ts';
import type { PageData } from '../pageData.ts';
import { type Arrangement, arrange, sortedBy } from './arrange.ts';
import { createChips } from './chips.ts';
import { element, part } from './elements.ts';
import { type PageStep, stepsOf } from './steps.ts';
import { createStepTable } from './stepTable.ts';
import { createTimeline } from './timeline.ts';

/** Everything known of the selected step, read out when it changes. */
function showDetails(step: PageStep, { round }: PageData): void {
  const at = (seconds: number | null) =>
    seconds === null ? '–' : localDateTime(round.fromMs + seconds * 1000, round.utcOffsetMinutes);
  const facts: readonly (readonly [string, string])[] = [
    ['Step', step.name],
    ['Id', step.id],
    ['Status', statusWord(step.state)],
    ['Created', at(step.created)],
    ['Started', at(step.started)],
    ['Ended', at(step.ended)],
    ['Waited', formatMeasured(step.waited)],
    ['Elapsed', formatMeasured(step.ran)],
    ...(round.ratioTitle === undefined || step.ratio === null
      ? []
      : [[round.ratioTitle, ratioText(step.ratio)] as const]),
    ...(step.cause === '' ? [] : [['Cause', step.cause] as const]),
    ...(step.proof === '' ? [] : [['Proof', step.proof] as const]),
  ];
  part('details').replaceChildren(
    element(
      'dl',
      {},
      ...facts.map(([name, value]) =>
        element(
          'div',
          name === 'Proof' ? { class: 'wide' } : {},
          element('dt', {}, name),
          element('dd', {}, value),
        ),
      ),
    ),
  );
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
  table.select(step, true);
  timeline.select(step);
  showDetails(step, data);
}

/** A pointer on the timeline names the step under it. */
function hover(step: PageStep | undefined): void {
  timeline.hover(step);
  part('hovered').textContent = step ? `${step.name} (${step.state})` : '';
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
    element(
      'dl',
      {},
      ...facts.map(([name, value]) =>
        element('div', {}, element('dt', {}, name), element('dd', {}, ...nodes(value))),
      ),
    );
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
