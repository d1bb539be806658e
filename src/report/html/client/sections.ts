import type { Block, Line, Piece, Sections } from '../pageData.ts';
import { element, part } from './elements.ts';

/** Fills the sections of the page. `onStep` is called with the place of a step whose name was clicked. */
export function fillSections(sections: Sections, onStep: (place: number) => void): void {
  for (const [id, blocks] of Object.entries(sections))
    part(`${id}-body`).append(...blocks.map((block) => blockElement(block, onStep)));
}

function blockElement(block: Block, onStep: (place: number) => void): HTMLElement {
  const line = (text: Line) => lineNodes(text, onStep);
  switch (block.kind) {
    case 'paragraph':
      return element('p', {}, ...line(block.line));
    case 'heading':
      return element('h3', {}, ...line(block.line));
    case 'notice':
      return element('p', { class: 'notice' }, ...line(block.line));
    case 'facts':
      return element(
        'dl',
        {},
        ...block.facts.map(([name, value]) =>
          element('div', {}, element('dt', {}, name), element('dd', {}, ...line(value))),
        ),
      );
    case 'list':
      return element('ul', {}, ...block.items.map((item) => element('li', {}, ...line(item))));
    case 'table':
      return tableElement(block.titles, block.rows, line);
  }
}

function tableElement(
  titles: readonly string[],
  rows: readonly (readonly Line[])[],
  line: (text: Line) => Node[],
): HTMLElement {
  const head = element('tr', {}, ...titles.map((title) => element('th', { scope: 'col' }, title)));
  const body = rows.map((row) => element('tr', {}, ...row.map((cell) => element('td', {}, ...line(cell)))));
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
