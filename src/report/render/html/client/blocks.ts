/** The blocks of a report as elements; nothing in them is ever read as markup. */
import type { Bar, Block, Fact, Item, Line, Piece } from '../../sections/blocks.ts';
import type { PageData } from '../pageData.ts';
import { element, part } from './elements.ts';

/** Fills the sections of the page. `onStep` is called with the place of a step whose name was clicked. */
export function fillSections(sections: PageData['sections'], onStep: (place: number) => void): void {
  for (const [id, blocks] of Object.entries(sections))
    part(`${id}-body`).append(
      ...blocks.flatMap((block) => blockElements(block, (line) => lineNodes(line, onStep))),
    );
}

/** The numbers that are read first. */
export function fillTiles(tiles: PageData['tiles']): void {
  part('tiles').append(
    ...tiles.map(({ name, value, note, tone }) =>
      element(
        'div',
        { class: `tile ${tone}` },
        element('dt', {}, name),
        element('dd', { class: 'value' }, value),
        element('dd', { class: 'note' }, note),
      ),
    ),
  );
}

/** A proof takes the whole width. */
export function factElement(name: string, value: readonly (Node | string)[]): HTMLElement {
  const attributes = name === 'Proof' ? { class: 'wide' } : {};
  return element('div', attributes, element('dt', {}, name), element('dd', {}, ...value));
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
      return [element('ul', {}, ...block.items.map((item) => itemElement(item, nodes)))];
    case 'numbered':
      return block.items.flatMap(({ title, facts }, index) => [
        element('h3', {}, `${index + 1}. ${title}`),
        factsElement(facts),
      ]);
    case 'table':
      return [tableElement(block, nodes)];
  }
}

function itemElement(item: Item, nodes: (line: Line) => Node[]): HTMLElement {
  if (typeof item !== 'object' || !('below' in item)) return element('li', {}, ...nodes(item));
  const below = item.below.map((line) => element('li', {}, ...nodes(line)));
  return element('li', {}, ...nodes(item.line), element('ul', {}, ...below));
}

type Table = Extract<Block, { readonly kind: 'table' }>;

/** Its roles are said, because a phone shows the rows of a stacked table as blocks, which would lose them. */
function tableElement(
  { titles, rows, numbers = [], isStacked = false }: Table,
  nodes: (line: Line) => Node[],
): HTMLElement {
  const classOf = (index: number): Record<string, string> =>
    numbers.includes(index) ? { class: 'number' } : {};
  const cellNodes = (cell: Line) => (typeof cell === 'string' ? breakable(cell) : nodes(cell));
  const head = titles.map((title, index) =>
    element('th', { scope: 'col', role: 'columnheader', ...classOf(index) }, title),
  );
  const body = rows.map((row) =>
    element(
      'tr',
      { role: 'row' },
      ...row.map((cell, index) =>
        element(
          'td',
          { role: 'cell', 'data-title': titles[index] ?? '', ...classOf(index) },
          ...cellNodes(cell),
        ),
      ),
    ),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': `Table: ${titles.join(', ')}` },
    element(
      'table',
      { role: 'table', ...(isStacked && { class: 'stacked' }) },
      element('thead', { role: 'rowgroup' }, element('tr', { role: 'row' }, ...head)),
      element('tbody', { role: 'rowgroup' }, ...body),
    ),
  );
}

/** A time and its bar; what is longer than the window has a pattern of its own. */
function timeNode(time: string, { seconds, windowSeconds, untilSeconds }: Bar): HTMLElement {
  const share = (of: number) => `${((100 * of) / untilSeconds).toFixed(2)}%`;
  const piece = (cssClass: string, of: number) => {
    const made = element('span', { class: cssClass });
    made.style.width = share(of);
    return made;
  };
  const track = element('span', { class: 'track' }, piece('', Math.min(seconds, windowSeconds)));
  if (seconds > windowSeconds) track.append(piece('over', seconds - windowSeconds));
  track.style.setProperty('--window', share(windowSeconds));
  return element('span', { class: 'timed' }, track, time);
}

function lineNodes(line: Line, onStep: (place: number) => void): Node[] {
  const pieces = (typeof line === 'object' && 'length' in line ? line : [line]) as readonly Piece[];
  return pieces.map((piece) => {
    if (typeof piece === 'string') return document.createTextNode(piece);
    if ('strong' in piece) return element('strong', {}, piece.strong);
    if ('code' in piece) return element('code', {}, piece.code);
    if ('item' in piece) return element('span', { class: 'item' }, piece.item);
    if ('time' in piece) return timeNode(piece.time, piece.bar);
    const link = element('button', { type: 'button', class: 'step' }, ...breakable(piece.name));
    link.addEventListener('click', () => onStep(piece.step));
    return link;
  });
}

/** A name that may break behind its slashes and underscores rather than inside a word. */
function breakable(name: string): (Node | string)[] {
  return name.split(/(?<=[/_])/).flatMap((word, index) => (index === 0 ? [word] : [element('wbr'), word]));
}
