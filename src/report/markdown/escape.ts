/**
 * Foreign text as one piece of a markdown line or table cell: nothing in it is markup, HTML, a link or the end of
 * the cell. Underscores inside words stay as they are: no renderer reads them as emphasis, and every check's name
 * is full of them.
 */
export function plain(text: string): string {
  return oneLine(text)
    .replace(/[\\`*[\]|~]/g, '\\$&')
    .replace(/(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/gu, '\\_')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/:\/\//g, '\\://');
}

/** Foreign text as code outside a table, with a fence longer than any run of backticks in it. */
export function code(text: string): string {
  const line = oneLine(text);
  if (line === '') return '';
  const longest = (line.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(longest + 1);
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** A table; its cells are already escaped. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = `|${titles.map((title) => '-'.repeat(title.length + 2)).join('|')}|`;
  return [line(titles), rule, ...rows.map(line)].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
