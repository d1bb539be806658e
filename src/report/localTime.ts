const zone = /(?:Z|([+-])(\d{2}):?(\d{2}))$/;

/** Minutes east of UTC of a stamp that carries its offset: `…-05:00` is -300. No offset counts as UTC. */
export function utcOffsetMinutes(stamp: string): number {
  const match = zone.exec(stamp);
  if (!match?.[1]) return 0;
  return (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3]));
}

/** `2025-12-07 15:30:05` at this offset. */
export function localDateTime(atMs: number, offsetMinutes: number): string {
  return new Date(atMs + offsetMinutes * 60_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** `2025-12-07 15:30:05` of a stamp with its offset and up to nine digits of a second, where it was written. */
export function startText(stamp: string): string {
  return localDateTime(Date.parse(stamp.replace(/(\.\d{3})\d+/, '$1')), utcOffsetMinutes(stamp));
}

/** `15:30:05` at this offset, as in the table of the slowest steps. */
export function localTime(atMs: number, offsetMinutes: number): string {
  return localDateTime(atMs, offsetMinutes).slice(11);
}

/** `UTC-05:00`. */
export function offsetName(offsetMinutes: number): string {
  const minutes = Math.abs(offsetMinutes);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `UTC${offsetMinutes < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}
