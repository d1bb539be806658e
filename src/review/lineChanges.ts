import { diffLines } from 'diff';
import { clean } from '../domain/foreignText.ts';

export interface LineChange {
  /** 1-based, in the newer text (in the older one for a deleted line). */
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/** Lists the lines in which two texts differ, paired where a run of lines replaces another. */
export function lineChanges(before: string, after: string): LineChange[] {
  const changes: LineChange[] = [];
  let line = 1;
  let removed: string[] = [];
  const flush = (added: string[]): void => {
    for (let index = 0; index < Math.max(removed.length, added.length); index += 1)
      changes.push({
        line: line + Math.min(index, Math.max(added.length - 1, 0)),
        before: removed[index] ?? '',
        after: added[index] ?? '',
      });
    removed = [];
  };
  for (const part of diffLines(before, after)) {
    const lines = part.value.replace(/\n$/, '').split('\n');
    if (part.removed) removed = lines;
    else if (part.added) {
      flush(lines);
      line += lines.length;
    } else {
      flush([]);
      line += lines.length;
    }
  }
  flush([]);
  return changes;
}

export interface FileChange {
  readonly file: string;
  readonly line: number;
  readonly before: string;
  readonly after: string;
}

/** Line by line; a deleted file is one change. */
export function fileChanges(
  file: string,
  before: Uint8Array | undefined,
  after: Uint8Array | undefined,
): FileChange[] {
  if (before !== undefined && after === undefined)
    return [{ file, line: 1, before: 'the whole file', after: 'deleted' }];
  const [from, to] = [before, after].map((bytes) =>
    bytes === undefined ? '' : Buffer.from(bytes).toString('utf8'),
  );
  return lineChanges(from ?? '', to ?? '').map((change) => ({
    file,
    line: change.line,
    before: clean(change.before, 160),
    after: clean(change.after, 160),
  }));
}
