import { formatDuration } from '../durations.ts';
import type { Report } from '../model.ts';
import { noneText } from '../noneText.ts';
import { percent } from '../share.ts';
import { plain, table } from './escape.ts';

/** What other numbers of slots would have made of the same steps, with how wrong the replay is on what was observed. */
function whatIfText({ findings, verdict, counts }: Report): string[] {
  const { model, whatIf, slots } = findings;
  // With a slot for every step there is nothing to share out.
  if (counts.total <= (slots.limit ?? 0)) return [];
  if (model.error === null || model.makespanSeconds === null || whatIf.length < 2) return [];
  const beside = Math.max(0, (verdict.runtimeSeconds ?? 0) - model.makespanSeconds);
  const rows = whatIf.map((one) => [
    one.slots === slots.limit ? `${one.slots} (now)` : String(one.slots),
    formatDuration(one.makespanSeconds + beside),
    one.makespanSeconds + beside <= verdict.windowSeconds ? 'yes' : 'no',
  ]);
  return [
    '',
    `The same steps replayed on other numbers of slots, if no step got slower (the replay of this round is off by ${signedPercent(model.error)}):`,
    '',
    table(['Slots', 'Total Runtime', 'Fits'], rows),
  ];
}

function signedPercent(share: number): string {
  return `${share > 0 ? '+' : ''}${percent(share)}`;
}

/** Each with its number, its setting, and how the next round shows whether it worked. */
export function suggestionsSection(report: Report): string {
  const { suggestions, judged, findings } = report;
  const numbered = suggestions.map((one, index) =>
    [
      `${index + 1}. **${plain(one.title)}**`,
      `   - Measured: ${plain(one.measured)}`,
      `   - Change: ${plain(one.setting)}, from ${plain(one.from)} to ${plain(one.to)}`,
      `   - Expect: ${plain(one.expected)}`,
      `   - The next round shows it: ${plain(one.nextRound.sentence)}`,
    ].join('\n'),
  );
  const none = noneText(report);
  return [
    '## Optimization Suggestions',
    numbered.length === 0 ? none : numbered.join('\n'),
    ...whatIfText(report),
    ...(judged.length === 0
      ? []
      : [
          '',
          'What became of the last report’s suggestions:',
          ...judged.map((one) => `- ${plain(one.sentence)}`),
        ]),
    ...(findings.notMeasured.length === 0
      ? []
      : ['', 'Not measured:', ...findings.notMeasured.map((text) => `- ${plain(text)}`)]),
  ].join('\n');
}
