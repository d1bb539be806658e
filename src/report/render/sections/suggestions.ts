import { changeText } from '../../model/findings.ts';
import type { Report, Verdict } from '../../model/model.ts';
import type { ToFit } from '../../model/toFit.ts';
import { longestText } from '../../suggestions/nextLevel.ts';
import { noneText } from '../../summary/facts.ts';
import {
  necessaryRows,
  necessaryText,
  necessaryTitles,
  optionRows,
  optionTitles,
  replayText,
  savingText,
} from '../../toFit/text.ts';
import { type Block, cutNote, type Line, list, type Medium, paragraphs } from './blocks.ts';

const necessaryShown = 50;

/** What it takes to fit, or what could be saved; nothing where the round says nothing about its load. */
export function toFitBlocks(report: Report): Block[] {
  const { toFit, verdict } = report;
  if (toFit === null) return [];
  const { why, necessary, options } = toFit;
  return [
    ...paragraphs(necessaryText(necessary.length, verdict.windowSeconds)),
    ...(necessary.length === 0
      ? []
      : [
          {
            kind: 'table',
            titles: necessaryTitles,
            rows: necessaryRows(necessary.slice(0, necessaryShown)),
            numbers: [1, 2],
          } as const,
        ]),
    ...paragraphs(cutNote(necessary.length, necessaryShown, 'check')),
    ...(options.length === 0 ? [] : [optionTable(toFit, verdict)]),
    ...paragraphs(
      verdict.outcome === 'fits' ? savingText(toFit) : undefined,
      why === undefined ? replayText(toFit, report) : `Nothing was replayed: ${why}.`,
    ),
  ];
}

/** The round as it was and every option, each runtime with a bar against the window. */
function optionTable(toFit: ToFit, verdict: Verdict): Block {
  const { windowSeconds } = verdict;
  const times = [toFit.now, ...toFit.options].map(({ runtimeSeconds }) => runtimeSeconds);
  const untilSeconds = Math.max(windowSeconds, ...times);
  return {
    kind: 'table',
    titles: optionTitles(toFit),
    rows: optionRows(toFit, verdict).map(([change = '', time = '', ...others], index): Line[] => [
      change,
      { time, bar: { seconds: times[index] ?? 0, windowSeconds, untilSeconds } },
      ...others,
    ]),
    numbers: [1, 3, 4],
    isStacked: true,
  };
}

/** Each with its number, its setting, and what the next round has to show. */
export function suggestionBlocks(report: Report, medium: Medium): Block[] {
  const { suggestions, followUp } = report;
  const { notMeasured } = report.findings;
  const longest = longestText(report);
  const items = suggestions.map((one) => ({
    title: one.title,
    facts: [
      ['Measured', one.measured],
      ['Change', changeText(one)],
      ['Expect', one.expected],
      ['Success', one.success],
    ] as const,
  }));
  const toFit = medium === 'page' ? [] : toFitBlocks(report);
  return [
    ...(toFit.length === 0 ? [] : [{ kind: 'heading', line: toFitTitle(report) } as const, ...toFit]),
    ...(items.length === 0 ? paragraphs(noneText(report)) : [{ kind: 'numbered', items } as const]),
    ...paragraphs(longest && `Longest checks: ${longest}.`, followUp?.sentence),
    ...(notMeasured.length === 0 ? [] : titled('What this report could not measure', medium)),
    ...list(notMeasured),
  ];
}

/** A round that fits with something to spare has nothing to do but to save. */
export function toFitTitle({ verdict }: Report): string {
  return verdict.outcome === 'fits' ? 'What could be saved' : 'What it takes to fit';
}

/** The page has a heading where Markdown has a line that ends in a colon. */
function titled(line: string, medium: Medium): Block[] {
  return medium === 'page' ? [{ kind: 'heading', line }] : paragraphs(`${line}:`);
}
