/** How wide a window a check config asks for: the sandbox's own look at the SQL, apart from the product's. */

const hoursOf: Readonly<Record<string, number>> = { minute: 1 / 60, hour: 1, day: 24, week: 168 };

/**
 * The widest `INTERVAL` of the text in hours; undefined when there is none. Comments do not count. It is a
 * plain scan of lines, enough for the checks of this sandbox and wrong for a SQL string with an interval in it.
 */
export function windowHours(config: string): number | undefined {
  const sql = config
    .replace(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/(^|\s)#.*$/gm, '$1')
    .replace(/--.*$/gm, '');
  let widest: number | undefined;
  for (const [, amount, unit] of sql.matchAll(
    /\binterval\s*[\\'"]*\s*[+-]?(\d+)\s*[\\'"]*\s*(minute|hour|day|week)s?\b/gi,
  )) {
    const hours = Number(amount) * (hoursOf[String(unit).toLowerCase()] ?? 0);
    if (widest === undefined || hours > widest) widest = hours;
  }
  return widest;
}
