/** Stamps and times of day. Pure, except for the machine's time zone in `localStamp` and `wholeStamp`. */

/** EMR delivers logs every five minutes; this allows for twice that. */
export const logDeliveryMs = 10 * 60_000;

/** `2025-12-08T15:30:00.123456-05:00` in the machine's time zone, from microseconds since the epoch. */
export function localStamp(epochUs: number): string {
  const epochMs = Math.floor(epochUs / 1000);
  const offsetMinutes = -new Date(epochMs).getTimezoneOffset();
  const shifted = new Date(epochMs + offsetMinutes * 60_000).toISOString().slice(0, -1);
  const microseconds = String(epochUs - epochMs * 1000).padStart(3, '0');
  return `${shifted}${microseconds}${offsetText(offsetMinutes)}`;
}

/** A stamp with seconds unchanged; one without them as the full stamp of that moment; undefined for other text. */
export function wholeStamp(text: string): string | undefined {
  const ms = parseStamp(text);
  if (ms === undefined) return undefined;
  return /[T ]\d{2}:\d{2}:\d{2}/.test(text) ? text.trim() : localStamp(ms * 1000);
}

const stampPattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?(Z|[+-]\d{2}:\d{2})$/;

/**
 * Milliseconds since the epoch of a stamp with an offset, rounded down; undefined for anything else, including a
 * stamp without offset and a day that does not exist (30 February).
 */
export function parseStamp(text: string): number | undefined {
  const match = stampPattern.exec(text.trim());
  if (match === null) return undefined;
  const [, day, clock, fraction = '', offset] = match;
  const time = clock?.length === 5 ? `${clock}:00` : clock;
  const asUtc = Date.parse(`${day}T${time}Z`);
  // Date.parse rolls 30 February over into March; the round trip detects it.
  if (Number.isNaN(asUtc) || new Date(asUtc).toISOString().slice(0, 19) !== `${day}T${time}`)
    return undefined;
  const exact = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(exact) ? undefined : exact + Number(fraction.padEnd(3, '0').slice(0, 3));
}

const zone = /(?:Z|([+-])(\d{2}):?(\d{2}))$/;

/** Minutes east of UTC of a stamp that carries its offset: `…-05:00` is -300. No offset counts as UTC. */
export function utcOffsetMinutes(stamp: string): number {
  const match = zone.exec(stamp);
  if (!match?.[1]) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

/** `2025-12-07 15:30:05` of a stamp with up to nine digits of a second, at the offset that it carries. */
export function startText(stamp: string): string {
  return localDateTime(Date.parse(stamp.replace(/(\.\d{3})\d+/, '$1')), utcOffsetMinutes(stamp));
}

/** `2025-12-07 15:30:05` at this offset. */
export function localDateTime(atMs: number, offsetMinutes: number): string {
  return new Date(atMs + offsetMinutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** `2025-12-07T15:30:05-05:00` at this offset. */
export function stampAt(atMs: number, offsetMinutes: number): string {
  return `${localDateTime(atMs, offsetMinutes).replace(' ', 'T')}${offsetText(offsetMinutes)}`;
}

/** `15:30:05` at this offset. */
export function localTime(atMs: number, offsetMinutes: number): string {
  return localDateTime(atMs, offsetMinutes).slice(11);
}

/** `UTC-05:00`. */
export function offsetName(offsetMinutes: number): string {
  return `UTC${offsetText(offsetMinutes)}`;
}

function offsetText(offsetMinutes: number): string {
  const minutes = Math.abs(offsetMinutes);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}
