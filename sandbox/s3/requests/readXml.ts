import { XMLParser } from 'fast-xml-parser';
import { isRecord } from '../../service.ts';
import { s3Error } from './errors.ts';

/** An element of a request body: text and child elements by name. */
export type XmlElement = Readonly<Record<string, unknown>>;

const parser = new XMLParser({
  removeNSPrefix: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  trimValues: false,
  // Without it, numeric character references stay as they are.
  htmlEntities: true,
  isArray: (name) => name === 'Object' || name === 'Part',
});

/** A document type could define entities that grow; of the entities, only XML's own five and characters by number pass. */
const refused = /<!DOCTYPE|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-f]+);)/i;

/**
 * Reads the documents that S3 accepts in a request: keys to delete, parts to join. Attributes are ignored.
 * @throws S3 400 MalformedXML
 */
export function readXml(body: Buffer, root: string): XmlElement {
  const element = parsed(body.toString('utf8'))[root];
  if (!isRecord(element)) throw s3Error('MalformedXML');
  return element;
}

function parsed(source: string): XmlElement {
  if (refused.test(source)) throw s3Error('MalformedXML');
  try {
    return parser.parse(source, true) as XmlElement;
  } catch {
    throw s3Error('MalformedXML');
  }
}

/** The child elements of a name that can repeat: `Object` or `Part`. @throws S3 400 MalformedXML without any */
export function childrenOf(element: XmlElement, name: 'Object' | 'Part'): readonly XmlElement[] {
  const children = element[name];
  if (!Array.isArray(children)) throw s3Error('MalformedXML');
  return children.map((child) => (isRecord(child) ? child : {}));
}

export function childText(element: XmlElement, name: string): string | undefined {
  const text = element[name];
  return typeof text === 'string' ? text : undefined;
}
