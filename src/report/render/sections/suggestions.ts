import { changeText } from '../../model/findings.ts';
import type { Report } from '../../model/model.ts';
import { noWhatIfText, whatIfTable } from '../../suggestions/whatIfTable.ts';
import { noneText } from '../../summary/facts.ts';
import { type Block, list, type Medium, paragraphs } from './blocks.ts';

/** Each with its number, its setting, and what the next round has to show. */
export function suggestionBlocks(report: Report, medium: Medium): Block[] {
  const { suggestions, suggestionsTogether, followUp } = report;
  const { notMeasured } = report.findings;
  const items = suggestions.map((one) => ({
    title: one.title,
    facts: [
      ['Measured', one.measured],
      ['Change', changeText(one)],
      ['Expect', one.expected],
      ['Success', one.success],
    ] as const,
  }));
  return [
    ...(items.length === 0 ? paragraphs(noneText(report)) : [{ kind: 'numbered', items } as const]),
    ...paragraphs(suggestionsTogether),
    ...whatIfBlocks(report, medium),
    ...paragraphs(followUp?.sentence),
    ...(notMeasured.length === 0 ? [] : titled('What this report could not measure', medium)),
    ...list(notMeasured),
  ];
}

/** The page has a heading where Markdown has a line that ends in a colon. */
function titled(line: string, medium: Medium): Block[] {
  return medium === 'page' ? [{ kind: 'heading', line }] : paragraphs(`${line}:`);
}

function whatIfBlocks(report: Report, medium: Medium): Block[] {
  const whatIf = whatIfTable(report);
  if (!whatIf) return paragraphs(noWhatIfText(report));
  const { titles, rows, note, error } = whatIf;
  const on = medium === 'page' ? '' : ' on other numbers of slots';
  return [
    ...(medium === 'page' ? [{ kind: 'heading', line: 'Other numbers of slots' } as const] : []),
    ...paragraphs(
      `The same steps replayed${on}, if no step got slower (the replay of this round is off by ${error}):`,
    ),
    { kind: 'table', titles, rows },
    ...paragraphs(note),
  ];
}
