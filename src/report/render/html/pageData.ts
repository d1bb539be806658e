/** What the page of a report carries for its script: plain text and numbers; nothing in it is markup. */
import type { Block } from '../sections/blocks.ts';

/**
 * The steps by column, which is a third of the bytes of as many objects. Times are milliseconds; a step's place in
 * every column is the same.
 */
export interface StepColumns {
  /** One on a line. */
  readonly names: string;
  readonly ids: string;
  /** Index into `stateNames`. */
  readonly states: readonly number[];
  readonly stateNames: readonly string[];
  /** Since the step before it in the columns. */
  readonly created: readonly number[];
  /** Since its creation; null when it never started. */
  readonly started: readonly (number | null)[];
  /** Since its creation; null when it has not ended. */
  readonly ended: readonly (number | null)[];
  /** Hundredths of the time at the level before, when there is one to compare with. */
  readonly ratios?: readonly (number | null)[];
  /** By place: the cause of a failure, and the line that proves it. */
  readonly causes: Readonly<Record<number, readonly [title: string, line?: string]>>;
}

export interface PageData {
  /** By the id of the part of the page that they go to. */
  readonly sections: Readonly<Record<string, readonly Block[]>>;
  readonly steps: StepColumns;
  readonly round: {
    /** UTC milliseconds of the first creation. */
    readonly fromMs: number;
    /** Seconds from the first creation to the end of the round. */
    readonly runtimeSeconds: number;
    readonly windowSeconds: number;
    readonly utcOffsetMinutes: number;
    /** The title of the column of ratios. */
    readonly ratioTitle?: string;
  };
}
