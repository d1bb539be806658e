/**
 * Which files are event logs, by the names that Spark gives them: `<application>[_<attempt>][.<codec>][.inprogress]`, or a
 * folder `eventlog_v2_<application>[_<attempt>]` with `events_<n>_<application>[.<codec>][.compact]` and an empty
 * `appstatus_<application>[.inprogress]`.
 */

export interface NamedFile<File> {
  /** Path below the folder of the event logs, with slashes. */
  readonly path: string;
  readonly file: File;
}

export interface NamedLog<File> {
  /** `application_1767225600000_0007`, `local-1767225600000`. */
  readonly application: string;
  /** The number of the attempt in YARN's cluster mode, else 0. */
  readonly attempt: number;
  /** Of the file, or of the folder. */
  readonly path: string;
  readonly parts: readonly File[];
  readonly inProgress: boolean;
  readonly lacksParts: boolean;
}

const codec = '(?:\\.(?:lz4|lzf|snappy|zstd|gz))*';
const application = '(application_\\d+_\\d+|app-\\d+-\\d+|local-\\d+)(?:_(\\d+))?';
const single = new RegExp(`^${application}${codec}(\\.inprogress)?(?:\\.gz)?$`);
const folder = new RegExp(`^eventlog_v2_${application}$`);
const rolled = /^events_(\d+)_.*?(\.compact)?$/;

/** Every log among the files, in any order. Files of other names are left out. */
export function eventLogsAmong<File>(files: Iterable<NamedFile<File>>): NamedLog<File>[] {
  const logs: NamedLog<File>[] = [];
  const folders = new Map<string, NamedFile<File>[]>();
  for (const named of files) {
    const at = named.path.lastIndexOf('/');
    const parent = at < 0 ? '' : named.path.slice(0, at);
    const name = named.path.slice(at + 1);
    const [, id, attempt, open] = single.exec(name) ?? [];
    if (id !== undefined)
      logs.push({
        application: id,
        attempt: Number(attempt ?? 0),
        path: named.path,
        parts: [named.file],
        inProgress: open !== undefined,
        lacksParts: false,
      });
    else if (folder.test(parent.slice(parent.lastIndexOf('/') + 1))) {
      const others = folders.get(parent);
      if (others) others.push(named);
      else folders.set(parent, [named]);
    }
  }
  return [...logs, ...[...folders].map(([path, parts]) => rolledLog(path, parts))];
}

function rolledLog<File>(path: string, files: readonly NamedFile<File>[]): NamedLog<File> {
  const [, application = '', attempt] = folder.exec(path.slice(path.lastIndexOf('/') + 1)) ?? [];
  const nameOf = (file: NamedFile<File>) => file.path.slice(path.length + 1);
  const parts = files
    .flatMap((file) => {
      const [, index, compact] = rolled.exec(nameOf(file)) ?? [];
      return index === undefined
        ? []
        : [{ file: file.file, index: Number(index), compact: compact !== undefined }];
    })
    // As numbers: part 10 comes after part 9.
    .sort((a, b) => a.index - b.index || Number(b.compact) - Number(a.compact));
  // A compacted part stands for all before it, without the tasks of jobs that had ended.
  const from = parts.findLastIndex((part) => part.compact);
  const kept = parts.slice(Math.max(from, 0)).filter((part, at, all) => part.index !== all[at - 1]?.index);
  return {
    application,
    attempt: Number(attempt ?? 0),
    path,
    parts: kept.map((part) => part.file),
    inProgress: files.some(
      (file) => nameOf(file).startsWith('appstatus_') && file.path.endsWith('.inprogress'),
    ),
    lacksParts: from >= 0 || kept.some((part, at) => part.index !== at + 1),
  };
}
