/** What the page of a report carries for its script: plain text and numbers; nothing in it is markup. */

/** A piece of a line: text, emphasised text, text as code, or a step's name that leads to the step. */
export type Piece =
  | string
  | { readonly strong: string }
  | { readonly code: string }
  | { readonly step: number; readonly name: string };

export type Line = Piece | readonly Piece[];

export type Block =
  | { readonly kind: 'paragraph' | 'heading' | 'notice'; readonly line: Line }
  | { readonly kind: 'facts'; readonly facts: readonly (readonly [name: string, value: Line])[] }
  | { readonly kind: 'list'; readonly items: readonly Line[] }
  | {
      readonly kind: 'table';
      readonly titles: readonly string[];
      readonly rows: readonly (readonly Line[])[];
    };

/** Where a section's blocks go: the part of the page with that id. */
export type SectionId =
  | 'head'
  | 'summary'
  | 'slowest'
  | 'metrics'
  | 'comparison'
  | 'forecast'
  | 'failures'
  | 'suggestions'
  | 'provenance';

export type Sections = Readonly<Partial<Record<SectionId, readonly Block[]>>>;

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
  readonly sections: Sections;
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
