/** The units of an interval literal, singular or plural. */
const units = [
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour',
  'minute',
  'second',
  'millisecond',
  'microsecond',
  'nanosecond',
] as const;

/** A unit of an interval literal, in the singular. */
export type Unit = (typeof units)[number];

const bySpelling = new Map<string, Unit>(
  units.flatMap((unit): [string, Unit][] => [
    [unit, unit],
    [`${unit}s`, unit],
  ]),
);

/** The unit that a word in lower case names. */
export function unitNamed(word: string): Unit | undefined {
  return bySpelling.get(word);
}
