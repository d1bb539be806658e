import type { Report } from '../model/model.ts';
import type { DrawnPicture, DrawnPictures } from './charts/pictures.ts';
import type { Block, Fact, Item, Line, Piece, Section } from './sections/blocks.ts';
import { headBlocks, provenanceBlocks, roundFacts, sectionsOf } from './sections/index.ts';

/** report.md: the verdict first, then the sections. Pictures lie beside it. */
export function renderMarkdown(report: Report, pictures: Partial<DrawnPictures> = {}): string {
  const { Date: date, Cluster: cluster, Round: round } = roundFacts(report);
  const facts = Object.entries({ Date: date, Cluster: cluster, Round: round });
  const head = [
    `# Load Test Report - ${report.load}x Load${report.round.partial ? ' (*provisional*)' : ''}`,
    // Two blanks end a line in Markdown without ending the paragraph.
    facts.map(([name, value]) => `${name}: ${plain(value)}`).join('  \n'),
  ];
  return `${[
    `${head.join('\n')}\n\n${blocksText(headBlocks(report))}`,
    ...sectionsOf(report, 'markdown').map((one) => sectionText(one, one.picture && pictures[one.picture])),
    `---\n${blocksText(provenanceBlocks(report, 'markdown'))}`,
  ].join('\n\n')}\n`;
}

/** A section with its heading, and its picture below it. */
export function sectionText({ title, blocks }: Section, picture?: DrawnPicture): string {
  return `## ${title}\n${blocksText(blocks)}${picture ? `\n\n![${plain(picture.alt)}](${picture.path})` : ''}`;
}

/** Blocks with an empty line between them; only a list stands right below what it belongs to. */
function blocksText(blocks: readonly Block[]): string {
  return blocks.reduce((text, block) => {
    const gap = text === '' ? '' : block.kind === 'list' ? '\n' : '\n\n';
    return text + gap + blockText(block);
  }, '');
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return lineText(block.line);
    case 'heading':
      return `### ${lineText(block.line)}`;
    case 'notice':
      return `> ${lineText(block.line)}`;
    case 'facts':
      return block.facts.map(factText).join('\n');
    case 'list':
      return block.items.map(itemText).join('\n');
    case 'numbered':
      return block.items
        .flatMap(({ title, facts }, index) => [
          `${index + 1}. **${plain(title)}**`,
          ...facts.map(([name, value]) => `   - ${name}: ${lineText(value)}`),
        ])
        .join('\n');
    case 'table':
      return [
        row(block.titles),
        `|${block.titles.map((title, index) => rule(title, block.numbers?.includes(index))).join('|')}|`,
        ...block.rows.map((cells) => row(cells.map(lineText))),
      ].join('\n');
  }
}

/** Below a title; one that ends in a colon puts the column right. */
function rule(title: string, isNumber = false): string {
  return `${'-'.repeat(title.length + 1)}${isNumber ? ':' : '-'}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

/** Several items are a list below the name. */
function factText([name, value]: Fact): string {
  const pieces: readonly Piece[] = typeof value === 'object' && 'length' in value ? value : [value];
  const items = pieces.flatMap((piece) =>
    typeof piece === 'object' && 'item' in piece ? plain(piece.item) : [],
  );
  if (items.length < 2) return `- ${name}: ${lineText(value)}`;
  return [`- ${name}:`, ...items.map((item) => `  - ${item}`)].join('\n');
}

function itemText(item: Item): string {
  if (typeof item === 'string' || !('below' in item)) return `- ${lineText(item)}`;
  return [`- ${lineText(item.line)}`, ...item.below.map((line) => `  - ${lineText(line)}`)].join('\n');
}

function lineText(line: Line): string {
  const pieces = Array.isArray(line) ? line : [line];
  return pieces.map(pieceText).join('').trim();
}

function pieceText(piece: Piece): string {
  if (typeof piece === 'string') return escaped(piece);
  if ('strong' in piece) return `**${plain(piece.strong)}**`;
  if ('time' in piece) return plain(piece.time);
  if ('item' in piece) return plain(piece.item);
  return 'code' in piece ? code(piece.code) : plain(piece.name);
}

/** Foreign text as one piece of a Markdown line or table cell. */
export function plain(text: string): string {
  return escaped(text).trim();
}

/**
 * Nothing in it is markup, HTML, a link or the end of a cell. Underscores inside words stay as they are: no renderer reads
 * them as emphasis, and every check's name is full of them.
 */
function escaped(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*[\]|~]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/gu, '\\_')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:\/\//g, '\\://');
}

/** Foreign text as code outside a table, with a fence longer than any run of backticks in it. */
function code(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line === '') return '';
  const longest = (line.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}
