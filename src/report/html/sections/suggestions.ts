import { formatDuration } from '../../durations.ts';
import type { Report } from '../../model.ts';
import { noneText } from '../../noneText.ts';
import { percent } from '../../share.ts';
import type { Block } from '../pageData.ts';

/** Each with its number, its setting, and how the next round shows whether it worked. */
export function suggestionBlocks(report: Report): Block[] {
  const { suggestions, judged, findings } = report;
  const none = noneText(report);
  return [
    ...(suggestions.length === 0 ? [{ kind: 'paragraph', line: none } as const] : []),
    ...suggestions.flatMap((one, index): Block[] => [
      { kind: 'heading', line: `${index + 1}. ${one.title}` },
      {
        kind: 'facts',
        facts: [
          ['Measured', one.measured],
          ['Change', `${one.setting}, from ${one.from} to ${one.to}`],
          ['Expect', one.expected],
          ['The next round shows it', one.nextRound.sentence],
        ],
      },
    ]),
    ...whatIfBlocks(report),
    ...listed(
      'What became of the last report’s suggestions',
      judged.map((one) => one.sentence),
    ),
    ...listed('Not measured', findings.notMeasured),
  ];
}

/** What other numbers of slots would have made of the same steps; its error on what was observed first. */
function whatIfBlocks({ findings, verdict, counts }: Report): Block[] {
  const { model, whatIf, slots } = findings;
  // With a slot for every step there is nothing to share out.
  if (counts.total <= (slots.limit ?? 0)) return [];
  if (model.error === null || model.makespanSeconds === null || whatIf.length < 2) return [];
  const beside = Math.max(0, (verdict.runtimeSeconds ?? 0) - model.makespanSeconds);
  const sign = model.error > 0 ? '+' : '';
  return [
    { kind: 'heading', line: 'Other numbers of slots' },
    {
      kind: 'paragraph',
      line: `The same steps replayed, if no step got slower (the replay of this round is off by ${sign}${percent(model.error)}):`,
    },
    {
      kind: 'table',
      titles: ['Slots', 'Total Runtime', 'Fits'],
      rows: whatIf.map((one) => [
        one.slots === slots.limit ? `${one.slots} (now)` : String(one.slots),
        formatDuration(one.makespanSeconds + beside),
        one.makespanSeconds + beside <= verdict.windowSeconds ? 'yes' : 'no',
      ]),
    },
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
