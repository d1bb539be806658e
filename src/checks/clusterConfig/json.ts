/** JSON as Python reads it: `5.0` and `5e0` are floats there, and the AWS client refuses a float for an integer. */

/** A whole number that the file writes as a float; JSON.parse hides the difference. */
export class WrittenAsFloat {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
  toJSON(): number {
    return Number(this.source);
  }
}

/** A string (to skip the digits in it), or a number with its fraction and exponent. */
const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** @throws SyntaxError of JSON.parse on the original text */
export function parseJson(text: string): unknown {
  JSON.parse(text);
  // The mark is a private-use character, so no file contains it by chance; the reviver finds the marked numbers by it.
  const mark = `\u{e000}float ${text.length} `;
  const marked = text.replace(token, (found) =>
    !found.startsWith('"') && /[.eE]/.test(found) && Number.isInteger(Number(found))
      ? JSON.stringify(mark + found)
      : found,
  );
  return JSON.parse(marked, (_name, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark)
      ? new WrittenAsFloat(value.slice(mark.length))
      : value,
  );
}
