import type { Scale } from './scale.ts';

/** Where the bars of a timeline go. */
export interface Place {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  /** Seconds since `fromMs`. */
  readonly x: Scale;
  readonly fromMs: number;
  readonly endMs: number;
}

/** What was drawn, and how far down it reaches. */
export interface Body {
  readonly parts: readonly string[];
  readonly bottom: number;
}
