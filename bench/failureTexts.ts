/** Failure texts with their right answers, and the judgement of what a classifier says of them. */
import { readFileSync } from 'node:fs';
import { adviceOf } from '../src/report/failures/advice.ts';
import { findCause, quote } from '../src/report/failures/cause.ts';

/** One line each: the sets in the order in which they came to be. */
export const textSets = ['cases', 'open', 'holdout', 'later', 'last', 'final'] as const;
export type TextSet = (typeof textSets)[number];

export interface FailureText {
  readonly id: string;
  /** Where the lines were quoted from. */
  readonly source?: string;
  readonly text: string;
  /** The other log of the same step. */
  readonly beside?: string;
  /** Part of the line that ended the step; alternatives between bars, empty for a log that ended well. */
  readonly ends: string;
  /** Any of these is a right cause. */
  readonly causes: readonly string[];
  readonly side: readonly string[];
  readonly kind: readonly string[];
  /** Families of advice that would be wrong: names in `misleading`. */
  readonly wrong: readonly string[];
}

/** What a classifier says of a text; sides and kinds only the present one knows. */
export interface Said {
  readonly cause: string | null;
  readonly side?: string;
  readonly kind?: string;
  readonly line?: string;
  readonly advice?: string | null;
}

export interface Judged {
  readonly isRight: boolean;
  readonly quotes: boolean;
  readonly isWronglyAdvised: boolean;
  readonly sideIsRight: boolean;
  readonly kindIsRight: boolean;
}

const misleading: Readonly<Record<string, RegExp>> = {
  capacity: /\bmemory\b|memoryOverhead|StepConcurrencyLevel|larger nodes|more nodes|shuffle partitions|EBS/i,
  memory: /spark\.(?:executor|driver)\.memory|memoryOverhead|: more memory/i,
  executor: /spark\.executor\.|executor’s/,
  driver: /spark\.driver\./,
  query: /its query or table/,
  retries: /\bretr(?:y|ies)\b|run the (?:check|round) again/i,
  queue: /yarn\.scheduler\.capacity/,
  glue: /Glue quota/,
  layout: /object-storage/,
};

const folder = 'test/fixtures/failures';
const read = (path: string): string => readFileSync(`${folder}/${path}`, 'utf8');

type Kept = Omit<FailureText, 'text'> & { readonly text?: readonly string[] };

export function failureTexts(set: TextSet): FailureText[] {
  const kept: readonly Kept[] = JSON.parse(
    read(set === 'cases' ? 'cases/cases.json' : `collected/${set}.json`),
  );
  return kept.map(({ text, beside, ...one }) => ({
    ...one,
    text: text === undefined ? read(`cases/${one.id}.txt`) : text.join('\n'),
    ...(beside === undefined ? {} : { beside: read(`cases/${beside}.txt`) }),
  }));
}

/** What the classifier of one line at a time said, kept when the texts were collected. */
export function saidBefore(): Readonly<Record<string, Said>> {
  return JSON.parse(read('collected/before.json'));
}

export function saidNow({ text, beside }: FailureText): Said {
  const found = findCause(text, ...(beside === undefined ? [] : [beside]));
  if (!found) return { cause: null };
  const { id, kind } = found.signature;
  const { side } = found;
  return { cause: id, kind, side, line: quote(found), advice: adviceOf({ signature: id, side }) ?? null };
}

/** An exception that is on no list goes by its class. */
function namesOf(cause: string | null): string[] {
  if (cause === null) return ['none'];
  return cause.startsWith('exception:') ? ['python-exception', 'other-exception'] : [cause];
}

/** Advice that follows from a wrong cause misleads, whatever it says. */
export function judge(text: FailureText, said: Said): Judged {
  const isRight = namesOf(said.cause).some((name) => text.causes.includes(name));
  const advice = said.advice ?? '';
  const isMisleading = text.wrong.some((family) => misleading[family]?.test(advice) === true);
  return {
    isRight,
    quotes:
      text.ends === ''
        ? said.cause === null
        : text.ends.split('|').some((part) => said.line?.includes(part) === true),
    isWronglyAdvised: advice !== '' && (!isRight || isMisleading),
    sideIsRight: text.side.includes(said.side ?? 'none'),
    kindIsRight: text.kind.includes(said.kind ?? 'none'),
  };
}

export interface Tally {
  readonly texts: number;
  readonly quoted: number;
  readonly named: number;
  readonly wronglyAdvised: number;
  readonly sides: number;
}

export function tallyOf(judged: readonly Judged[]): Tally {
  const count = (of: (one: Judged) => boolean): number => judged.filter(of).length;
  return {
    texts: judged.length,
    quoted: count((one) => one.quotes),
    named: count((one) => one.isRight),
    wronglyAdvised: count((one) => one.isWronglyAdvised),
    sides: count((one) => one.sideIsRight),
  };
}
