import { s3Error } from './errors.ts';

/** An element of a request's body: its children, or its text when it has none. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const token =
  /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([A-Za-z_][\w.:-]*)((?:\s[^<>]*?)?)(\/?)>|([^<]+)/gy;

/**
 * Reads the small documents that S3 takes (keys to delete, parts to join, a location). Names lose their namespace
 * prefix; attributes are ignored; a document type is refused.
 * @throws S3 400 MalformedXML
 */
export function readXml(body: Buffer, root: string): XmlElement {
  const source = body.toString('utf8');
  const top: Building = { name: '', children: [], text: '' };
  const open: Building[] = [top];
  token.lastIndex = 0;
  while (token.lastIndex < source.length) {
    const match = token.exec(source);
    if (match === null) throw s3Error('MalformedXML');
    const [, cdata, closing, qualified, , selfClosing, text] = match;
    const current = open.at(-1) as Building;
    if (cdata !== undefined) current.text += cdata;
    else if (text !== undefined)
      current.text += text.replace(/&(#x?[0-9a-f]+|\w+);/gi, (_, name: string) => entity(name));
    else if (qualified !== undefined) {
      const name = qualified.replace(/^.*:/, '');
      if (closing === '/') {
        if (open.length < 2 || current.name !== name) throw s3Error('MalformedXML');
        open.pop();
      } else {
        const element: Building = { name, children: [], text: '' };
        current.children.push(element);
        if (selfClosing !== '/') open.push(element);
      }
    }
  }
  const [document] = top.children;
  if (open.length !== 1 || top.children.length !== 1 || document?.name !== root)
    throw s3Error('MalformedXML');
  return document;
}

interface Building {
  readonly name: string;
  readonly children: Building[];
  text: string;
}

/** The text of the first child of this name. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

function entity(name: string): string {
  const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  if (!name.startsWith('#')) {
    const character = named[name];
    if (character === undefined) throw s3Error('MalformedXML');
    return character;
  }
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
  if (!(code <= 0x10ffff)) throw s3Error('MalformedXML');
  return String.fromCodePoint(code);
}
