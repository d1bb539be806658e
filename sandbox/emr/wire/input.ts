/** Reads the members of a JSON request, with EMR's error for each that is missing or has the wrong type. */
import { brokenConstraint } from './errors.ts';

export type Input = Readonly<Record<string, unknown>>;

export function objectAt(input: Input, member: string): Input | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value))
    throw brokenConstraint(wireName(member), value, 'Member must be a structure');
  return value as Input;
}

function listAt(input: Input, member: string): readonly unknown[] | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw brokenConstraint(wireName(member), value, 'Member must be a list');
  return value;
}

export function objectsAt(input: Input, member: string): readonly Input[] {
  const holder: Record<string, unknown> = {};
  return (listAt(input, member) ?? []).map((value) => {
    holder[member] = value;
    return objectAt(holder, member) ?? {};
  });
}

export function textsAt(input: Input, member: string): readonly string[] | undefined {
  return listAt(input, member)?.map(String);
}

export function textAt(input: Input, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw brokenConstraint(wireName(member), value, 'Member must be a string');
  return value;
}

export function requiredText(input: Input, member: string, maximumLength = 256): string {
  const value = textAt(input, member);
  if (value === undefined) throw brokenConstraint(wireName(member), undefined, 'Member must not be null');
  if (value.length > maximumLength)
    throw brokenConstraint(
      wireName(member),
      value,
      `Member must have length less than or equal to ${maximumLength}`,
    );
  return value;
}

export function numberAt(input: Input, member: string): number | undefined {
  const value = input[member];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw brokenConstraint(wireName(member), value, 'Member must be a number');
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
