/** The units of an interval literal, in the singular. */
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

export type Unit = (typeof units)[number];

const bySpelling = new Map<string, Unit>(
  units.flatMap((unit): [string, Unit][] => [
    [unit, unit],
    [`${unit}s`, unit],
  ]),
);

/** Finds the unit that a lower-case word names, singular or plural. */
export function unitNamed(word: string): Unit | undefined {
  return bySpelling.get(word);
}
