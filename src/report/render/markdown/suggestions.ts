import { changeText } from '../../model/findings.ts';
import type { Report } from '../../model/model.ts';
import { noWhatIfText, whatIfTable } from '../../suggestions/whatIfTable.ts';
import { noneText } from '../../summary/facts.ts';
import { plain, table } from './sections.ts';

function whatIfText(report: Report): string[] {
  const whatIf = whatIfTable(report);
  const why = noWhatIfText(report);
  if (!whatIf) return why === undefined ? [] : ['', why];
  return [
    '',
    `The same steps replayed on other numbers of slots, if no step got slower (the replay of this round is off by ${whatIf.error}):`,
    '',
    table(whatIf.titles, whatIf.rows),
    ...(whatIf.note === undefined ? [] : ['', whatIf.note]),
  ];
}

/** Each with its number, its setting, and what the next round has to show. */
export function suggestionsSection(report: Report): string {
  const { suggestions, suggestionsTogether, followUp, findings } = report;
  const numbered = suggestions.map((one, index) =>
    [
      `${index + 1}. **${plain(one.title)}**`,
      `   - Measured: ${plain(one.measured)}`,
      `   - Change: ${plain(changeText(one))}`,
      `   - Expect: ${plain(one.expected)}`,
      `   - Success: ${plain(one.success)}`,
    ].join('\n'),
  );
  const none = noneText(report);
  return [
    '## Optimization Suggestions',
    numbered.length === 0 ? none : numbered.join('\n'),
    ...(suggestionsTogether === null ? [] : ['', plain(suggestionsTogether)]),
    ...whatIfText(report),
    ...(followUp === null ? [] : ['', plain(followUp.sentence)]),
    ...(findings.notMeasured.length === 0
      ? []
      : [
          '',
          'What this report could not measure:',
          ...findings.notMeasured.map((text) => `- ${plain(text)}`),
        ]),
  ].join('\n');
}
