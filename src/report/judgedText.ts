import type { Report } from './model.ts';

/** What became of the last report's suggestions: a line each, but one for all that the same reason leaves open. */
export function judgedLines(judged: Report['judged']): string[] {
  const titlesByReason = new Map<string, string[]>();
  for (const { outcome, sentence } of judged) {
    const at = outcome === 'not_comparable' ? sentence.lastIndexOf(notComparable) : -1;
    const [title, reason] = at < 0 ? [sentence, ''] : [sentence.slice(0, at), sentence.slice(at)];
    titlesByReason.set(reason, [...(titlesByReason.get(reason) ?? []), title]);
  }
  return [...titlesByReason].flatMap(([reason, titles]) =>
    reason === '' ? titles : [`${titles.join('; ')}${reason}`],
  );
}

const notComparable = ': not comparable, ';
