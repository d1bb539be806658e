import { changeText } from '../../model/findings.ts';
import type { Report } from '../../model/model.ts';
import { noWhatIfText, whatIfTable } from '../../suggestions/whatIfTable.ts';
import { noneText } from '../../summary/facts.ts';
import type { Block } from './pageData.ts';

/** Each with its number, its setting, and what the next round has to show. */
export function suggestionBlocks(report: Report): Block[] {
  const { suggestions, suggestionsTogether, followUp, findings } = report;
  const none = noneText(report);
  return [
    ...(suggestions.length === 0 ? [{ kind: 'paragraph', line: none } as const] : []),
    ...suggestions.flatMap((one, index): Block[] => [
      { kind: 'heading', line: `${index + 1}. ${one.title}` },
      {
        kind: 'facts',
        facts: [
          ['Measured', one.measured],
          ['Change', changeText(one)],
          ['Expect', one.expected],
          ['Success', one.success],
        ],
      },
    ]),
    ...(suggestionsTogether === null ? [] : [{ kind: 'paragraph', line: suggestionsTogether } as const]),
    ...whatIfBlocks(report),
    ...(followUp === null ? [] : [{ kind: 'paragraph', line: followUp.sentence } as const]),
    ...listed('What this report could not measure', findings.notMeasured),
  ];
}

function whatIfBlocks(report: Report): Block[] {
  const whatIf = whatIfTable(report);
  const why = noWhatIfText(report);
  if (!whatIf) return why === undefined ? [] : [{ kind: 'paragraph', line: why }];
  return [
    { kind: 'heading', line: 'Other numbers of slots' },
    {
      kind: 'paragraph',
      line: `The same steps replayed, if no step got slower (the replay of this round is off by ${whatIf.error}):`,
    },
    { kind: 'table', titles: whatIf.titles, rows: whatIf.rows },
    ...(whatIf.note === undefined ? [] : [{ kind: 'paragraph', line: whatIf.note } as const]),
  ];
}

function listed(title: string, items: readonly string[]): Block[] {
  return items.length === 0
    ? []
    : [
        { kind: 'heading', line: title },
        { kind: 'list', items },
      ];
}
