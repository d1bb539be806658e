import { scanIntervals } from '../intervals/scale.ts';
import type { ExpectedFile } from './expected.ts';

export interface SampleChange {
  readonly file: string;
  readonly line: number;
  /** The literal in the baseline, on disk before, and after. */
  readonly baseline: string;
  readonly before: string;
  readonly after: string;
}

/** The first change of a few files, taken in turn from each kind of file, so that every rule is shown once. */
export function sampleChanges(files: readonly ExpectedFile[], most: number): SampleChange[] {
  const kinds = new Map<string, ExpectedFile[]>();
  for (const one of files) {
    if (one.changes.length === 0) continue;
    const kind = kinds.get(one.rule.suffix);
    if (kind === undefined) kinds.set(one.rule.suffix, [one]);
    else if (kind.length < most) kind.push(one);
  }
  const chosen: ExpectedFile[] = [];
  for (let turn = 0; chosen.length < most && turn < most; turn += 1)
    for (const kind of kinds.values()) {
      const one = kind[turn];
      if (one !== undefined && chosen.length < most) chosen.push(one);
    }
  return chosen.flatMap((one) => {
    const [change] = one.changes;
    if (change === undefined) return [];
    return [
      {
        file: one.path,
        line: change.line,
        baseline: change.before,
        before: literalOnDisk(one, change.line) ?? change.before,
        after: change.after,
      },
    ];
  });
}

/** Scaling keeps every line in its place, so the literal that is replaced is on the same line. */
function literalOnDisk(one: ExpectedFile, line: number): string | undefined {
  if (one.file.disk === undefined || one.rule.scales === undefined) return undefined;
  const { literals } = scanIntervals(one.file.disk, one.rule.scales);
  return literals.find((literal) => literal.line === line)?.text;
}
