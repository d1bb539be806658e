/** Text that a person wrote into a page that a build writes again. */
import { sha256 } from '../../domain/digest.ts';

/** The last line that a build writes; what stands above it is known by this digest. */
const mark = /\n<!-- built: ([0-9a-f]{16}) -->\n/;
const notesHeading = /^## Notes[ \t]*$/m;

/** What a new build does with the page that it replaces. */
export interface Rebuilt {
  readonly text: string;
  /** The name under which the old page is kept, because a person wrote in it outside its notes. */
  readonly keptName?: string;
}

/** The new page with the notes of the old one. */
export function rebuild(name: string, text: string, old: string | undefined): Rebuilt {
  const built = `${text.trimEnd()}\n`;
  const marked = `${built}\n<!-- built: ${digestOf(built)} -->\n`;
  if (old === undefined) return { text: marked };
  // An editor or git may change the ends of lines.
  const page = old.replaceAll('\r\n', '\n');
  const { body, notes } = partsOf(page);
  const whole = notes === undefined ? marked : `${marked}\n${notes}`;
  if (isAsBuilt(body)) return { text: whole };
  return {
    text: whole,
    keptName: name.replace(/\.md$/, `.edited-${sha256(Buffer.from(old)).slice(0, 8)}.md`),
  };
}

/** A person's notes reach from their heading to the end of the page, or to the mark if they stand above it. */
function partsOf(page: string): { body: string; notes?: string } {
  const at = page.search(notesHeading);
  if (at === -1) return { body: page };
  const below = page.slice(at);
  const markAt = below.search(mark);
  if (markAt === -1) return { body: page.slice(0, at), notes: below };
  return {
    body: `${page.slice(0, at)}${below.slice(markAt)}`,
    notes: `${below.slice(0, markAt).trimEnd()}\n`,
  };
}

/** Nothing above the mark differs from what was built, and nothing stands below it. */
function isAsBuilt(body: string): boolean {
  const found = mark.exec(body);
  if (found === null) return false;
  const above = body.slice(0, found.index);
  const below = body.slice(found.index + found[0].length);
  return digestOf(above) === found[1] && below.trim() === '';
}

function digestOf(text: string): string {
  return sha256(Buffer.from(text)).slice(0, 16);
}
