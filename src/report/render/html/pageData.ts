/** What the page of a report carries for its script: plain text and numbers; nothing in it is markup. */
import type { Report } from '../../model/model.ts';
import { lastEnded, roundTimes, stampsOf } from '../../steps/occupancy.ts';
import { type Block, factList, type Section } from '../sections/blocks.ts';
import { proofOf } from '../sections/failures.ts';
import {
  noticeBlocks,
  pageBriefBlocks,
  provenanceBlocks,
  ratiosOf,
  roundFacts,
  verdictBlocks,
} from '../sections/index.ts';
import { tilesOf } from './front.ts';

/** Lines that prove a failure are kept for this many steps: the groups of causes are clear long before. */
const provenSteps = 40;
const proofLength = 240;

export type PageData = ReturnType<typeof pageData>;

export function pageData(report: Report, sections: readonly Section[]) {
  const last = lastEnded(report.steps);
  const blocks: Readonly<Record<string, readonly Block[]>> = {
    when: factList(Object.entries(roundFacts(report))),
    verdict: verdictBlocks(report),
    brief: [...noticeBlocks(report), ...pageBriefBlocks(report)],
    ...Object.fromEntries(sections.map((section) => [section.id, section.blocks])),
    provenance: provenanceBlocks(report, 'page'),
  };
  return {
    /** By the id of the part of the page that they go to. */
    sections: blocks,
    tiles: tilesOf(report),
    steps: stepColumns(report),
    round: {
      /** UTC milliseconds of the first creation. */
      fromMs: roundTimes(report.steps)?.firstCreatedMs ?? 0,
      /** From the first creation to the end of the round. */
      runtimeSeconds: report.verdict.runtimeSeconds ?? 0,
      windowSeconds: report.verdict.windowSeconds,
      utcOffsetMinutes: report.round.utcOffsetMinutes,
      /** The place of the step that set the end of the round; null while it has none. */
      lastPlace: last === undefined ? null : report.steps.indexOf(last),
      load: report.load,
      schedule: report.schedule,
      /** The title of the column of ratios, when there is one. */
      ratioTitle: ratiosOf(report)?.title,
    },
  };
}

export type StepColumns = ReturnType<typeof stepColumns>;

/**
 * The steps by column, in the report's order, which is a third of the bytes of as many objects. Times are milliseconds; a step's
 * place in every column is the same.
 */
export function stepColumns(report: Report) {
  const { steps } = report;
  const stateNames = [...new Set(steps.map((step) => step.state))];
  const stamps = steps.map(stampsOf);
  const ratios = ratiosOf(report);
  return {
    names: folded(steps.map((step) => oneLine(step.name))),
    ids: folded(steps.map((step) => oneLine(step.id))),
    /** Index into `stateNames`. */
    states: steps.map((step) => stateNames.indexOf(step.state)),
    stateNames,
    /** Since the step before it in the columns. */
    created: stamps.map(({ createdMs }, index) => createdMs - (stamps[index - 1]?.createdMs ?? createdMs)),
    /** Since its creation; null when it never started. */
    started: stamps.map(({ createdMs, startedMs }) => since(createdMs, startedMs)),
    /** Since its creation; null when it has not ended. */
    ended: stamps.map(({ createdMs, endedMs }) => since(createdMs, endedMs)),
    /** Hundredths of the time at the level before, when there is one to compare with. */
    ratios: ratios && steps.map((step) => hundredths(ratios.of(step))),
    causes: causesOf(report),
  };
}

/** Names, one on a line, without the beginning and the end that all of them have, which would be a fifth of the page. */
function folded(names: readonly string[]) {
  const [first = ''] = names;
  const shared = (isSame: (length: number) => boolean) => {
    let length = 0;
    while (length < first.length && isSame(length + 1)) length++;
    return length;
  };
  const begin = shared((length) => names.every((name) => name.startsWith(first.slice(0, length))));
  const rest = names.map((name) => name.slice(begin));
  const [left = ''] = rest;
  const end = shared(
    (length) => length <= left.length && rest.every((name) => name.endsWith(left.slice(-length))),
  );
  return {
    begin: first.slice(0, begin),
    end: left.slice(left.length - end),
    rest: rest.map((name) => name.slice(0, name.length - end)).join('\n'),
  };
}

/** By place: the cause of a failure, and the line that proves it. */
function causesOf({ failures, steps }: Report) {
  const places = new Map(steps.map((step, place) => [step.id, place]));
  const causes: Record<number, readonly [title: string, line?: string]> = {};
  let proven = 0;
  for (const group of failures)
    for (const id of group.steps) {
      const place = places.get(id);
      if (place === undefined) continue;
      const proof = proven < provenSteps ? proofOf(steps[place]?.failure, proofLength) : undefined;
      if (proof !== undefined) proven++;
      causes[place] = proof === undefined ? [group.title] : [group.title, proof];
    }
  return causes;
}

function hundredths(ratio: number | undefined): number | null {
  return ratio === undefined ? null : Math.round(ratio * 100);
}

function since(createdMs: number, atMs: number | null): number | null {
  return atMs === null ? null : atMs - createdMs;
}

/** A report.json that somebody edited may contain what EMR's names cannot. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
