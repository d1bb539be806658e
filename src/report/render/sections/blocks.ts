/** What a report says, as plain data: report.md and report.html show the same blocks, each in its own form. No text in them is markup. */
import { plural } from '../../../domain/text.ts';
import type { Report, ReportStep } from '../../model/model.ts';
import type { DrawnPictures } from '../charts/pictures.ts';

/** Where the blocks are shown. The page has room for tables and links where Markdown has lines. */
export type Medium = 'markdown' | 'page';

/**
 * A piece of a line: text, emphasised text, text as code, a step's name that leads to the step, a time with a bar, or
 * one of several texts, each on a line of its own.
 */
export type Piece =
  | string
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly step: number; readonly name: string }
  | { readonly time: string; readonly bar: Bar }
  | { readonly item: string };

/** A time against the window: on the page it has a bar, and every bar of a table has the same scale. */
export interface Bar {
  readonly seconds: number;
  readonly windowSeconds: number;
  readonly untilSeconds: number;
}

export type Line = Piece | readonly Piece[];

/** An item of a list, with lines of its own below it. */
export type Item = Line | { readonly line: Line; readonly below: readonly Line[] };

/** A name and its value, which may contain foreign text. */
export type Fact = readonly [name: string, value: Line];

export type Block =
  | { readonly kind: 'paragraph' | 'heading' | 'notice'; readonly line: Line }
  | { readonly kind: 'facts'; readonly facts: readonly Fact[] }
  | { readonly kind: 'list'; readonly items: readonly Item[] }
  | {
      readonly kind: 'numbered';
      readonly items: readonly { readonly title: string; readonly facts: readonly Fact[] }[];
    }
  | {
      readonly kind: 'table';
      readonly titles: readonly string[];
      readonly rows: readonly (readonly Line[])[];
      /** The columns of times and numbers: they stand right, so that they can be compared. */
      readonly numbers?: readonly number[];
      /** Its first column is a sentence: on a phone the rest of a row stands below it. */
      readonly isStacked?: boolean;
    };

/** A part of the report under a title of its own; `id` is its place in the page. */
export interface Section {
  readonly id: string;
  readonly title: string;
  readonly picture?: keyof DrawnPictures;
  readonly blocks: readonly Block[];
}

/** A paragraph for each line that is there. */
export function paragraphs(...lines: readonly (Line | null | undefined)[]): Block[] {
  return lines.flatMap((line) => (line == null ? [] : { kind: 'paragraph' as const, line }));
}

/** A list, where it has items. */
export function list(items: readonly Item[]): Block[] {
  return items.length === 0 ? [] : [{ kind: 'list', items }];
}

/** Names with their values, where there are any. */
export function factList(facts: readonly Fact[]): Block[] {
  return facts.length === 0 ? [] : [{ kind: 'facts', facts }];
}

/** What a table or list that was cut leaves out; nothing where nothing is. */
export function cutNote(all: number, shown: number, noun: string): string | undefined {
  return all > shown ? `And ${plural(all - shown, `more ${noun}`)}, in report.json.` : undefined;
}

/** A step with its name as a piece that leads to it. */
export interface NamedStep {
  readonly step: ReportStep;
  readonly name: Piece;
}

/** The steps of a report by their ids. */
export function stepsById({ steps }: Report): ReadonlyMap<string, NamedStep> {
  return new Map(steps.map((step, place) => [step.id, { step, name: { step: place, name: step.name } }]));
}
