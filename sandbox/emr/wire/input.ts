/** Reads the members of a JSON request, with EMR's error for each that is missing or has the wrong type. */
import { isRecord } from '../../service.ts';
import { brokenConstraint } from './errors.ts';

export type Input = Readonly<Record<string, unknown>>;

function valueAt<Value>(
  input: Input,
  member: string,
  hasType: (value: unknown) => value is Value,
  type: string,
): Value | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (!hasType(value)) throw brokenConstraint(wireName(member), value, `Member must be a ${type}`);
  return value;
}

export function objectAt(input: Input, member: string): Input | undefined {
  return valueAt(input, member, isRecord, 'structure');
}

export function objectsAt(input: Input, member: string): readonly Input[] {
  const isRecords = (value: unknown): value is Input[] => Array.isArray(value) && value.every(isRecord);
  return valueAt(input, member, isRecords, 'list of structures') ?? [];
}

export function textsAt(input: Input, member: string): readonly string[] | undefined {
  return valueAt(input, member, Array.isArray, 'list')?.map(String);
}

export function textAt(input: Input, member: string): string | undefined {
  return valueAt(input, member, (value) => typeof value === 'string', 'string');
}

export function numberAt(input: Input, member: string): number | undefined {
  return valueAt(input, member, (value) => typeof value === 'number', 'number');
}

export function requiredText(input: Input, member: string, maximumLength = 256): string {
  const value = textAt(input, member);
  const constraint =
    value === undefined
      ? 'Member must not be null'
      : `Member must have length less than or equal to ${maximumLength}`;
  if (value === undefined || value.length > maximumLength)
    throw brokenConstraint(wireName(member), value, constraint);
  return value;
}

export function oneOf<Word extends string>(member: string, value: string, words: readonly Word[]): Word {
  const word = words.find((candidate) => candidate === value);
  if (!word)
    throw brokenConstraint(member, value, `Member must satisfy enum value set: [${words.join(', ')}]`);
  return word;
}

/** In its errors EMR writes member names with a lower-case first letter. */
function wireName(member: string): string {
  return member.charAt(0).toLowerCase() + member.slice(1);
}
