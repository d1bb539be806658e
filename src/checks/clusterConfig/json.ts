/** JSON as Python reads it: `5.0` and `5e0` are floats there, which the AWS client refuses for an integer. */

/** A whole number that the file writes as a float; JavaScript's own parser hides the difference. */
export class WrittenAsFloat {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
  toJSON(): number {
    return Number(this.source);
  }
}

/** A string, so that its digits are passed over, or a number with its fraction and exponent. */
const token = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** @throws SyntaxError of the file as it is written */
export function parseJson(text: string): unknown {
  JSON.parse(text);
  // A mark that no file holds by chance: numbers become texts with it, and the reviver knows them again.
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
