/** Pages of 50 behind an opaque marker. */
import { InvalidRequest } from './errors.ts';

const pageSize = 50;

/**
 * A page of a list, and the marker of the next. The marker names the last item shown, not a count, so that items
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
