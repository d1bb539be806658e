/**
 * EMR's wire: the members of a JSON request, with EMR's error for each that is missing or has the wrong type; pages;
 * errors, with EMR's own messages.
 */
import { isRecord, WireError, type WireResponse } from '../service.ts';

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

const pageSize = 50;

/**
 * A page of 50 items, and the marker of the next. The marker names the last item shown, not a count, so that items
 * added at the front in the meantime neither repeat nor hide others.
 */
export function pageOf<Item>(
  items: readonly Item[],
  marker: string | undefined,
  keyOf: (item: Item) => string,
): { items: Item[]; marker?: string } {
  let from = 0;
  if (marker !== undefined) {
    const last = Buffer.from(marker, 'base64url').toString();
    from = items.findIndex((item) => keyOf(item) === last) + 1;
    if (from === 0) throw new InvalidRequest(`Marker '${marker}' is not valid.`);
  }
  const page = items.slice(from, from + pageSize);
  const last = page.at(-1);
  if (!last || from + pageSize >= items.length) return { items: page };
  return { items: page, marker: Buffer.from(keyOf(last)).toString('base64url') };
}

/** The kind that has an error code of its own beside the message. */
export class InvalidRequest extends WireError {
  readonly errorCode: string;
  constructor(message: string, errorCode = 'ValidationError') {
    super(400, 'InvalidRequestException', message);
    this.errorCode = errorCode;
  }
}

export function validation(message: string): WireError {
  return new WireError(400, 'ValidationException', message);
}

/** The error for a member that violates the API model. */
export function brokenConstraint(member: string, value: unknown, constraint: string): WireError {
  const shown = value === undefined ? 'null' : `'${String(value)}'`;
  return validation(
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`,
  );
}

/** awsJson1.1: the type in `__type`; modelled exceptions spell `Message`, the others `message`. */
export function serialise(error: WireError, requestId: string): WireResponse {
  const body =
    error instanceof InvalidRequest
      ? { __type: error.code, ErrorCode: error.errorCode, Message: error.message }
      : { __type: error.code, message: error.message };
  return {
    status: error.status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId },
    body: JSON.stringify(body),
  };
}
