/** Explains logs on disk as buildReport explains those of failed steps. Nothing of AWS is needed. */
import { basename, dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanLine } from '../../domain/foreignText.ts';
import type { Ports } from '../../ports/ports.ts';
import { adviceOf } from '../../report/failures/advice.ts';
import { endedWell, findCause, quote } from '../../report/failures/cause.ts';
import { kindText } from '../../report/failures/logs.ts';
import {
  type ExplainedEventLog,
  eventLogText,
  explainEventLog,
  type UnreadEventLog,
} from '../../workflow/evidence/explain.ts';
import { toolErrorIn } from '../invoke.ts';
import type { ExitStatus, Shell } from './cli.ts';

const usage = `audit-load-test explain FILE… [--json]

Says why a step failed: what ended it, on which side (driver, executor, none), and what to do.
FILE is a log of a step or of a container, plain or gzip. Logs that name the same YARN application are explained
together. A Spark event log (a file, or the folder of a rolled one; plain, gzip, zstd or lz4) gives what was read and why
it was slow. Exit status: 0 done, 1 a file could not be read, 2 bad usage.`;

interface LogFile {
  readonly file: string;
  readonly text: string;
}

export interface Explained {
  readonly causes: readonly {
    readonly file: string;
    readonly cause: string;
    readonly signature: string;
    readonly kind: string;
    readonly side: string;
    readonly line: number;
    readonly text: string;
    readonly advice: string | null;
  }[];
  readonly withoutCause: readonly {
    readonly files: readonly string[];
    readonly why: 'ended_well' | 'unknown';
  }[];
  /** Of the files that are Spark event logs; absent without one. */
  readonly evidence?: readonly ExplainedEventLog[];
  readonly notRead?: readonly UnreadEventLog[];
}

/** The command: prints the causes and returns the exit status. */
export async function runExplain(
  args: readonly string[],
  ports: () => Promise<Pick<Ports, 'logFiles' | 'eventLogs'>>,
  shell: Pick<Shell, 'out' | 'err'>,
): Promise<ExitStatus> {
  const options = { json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  const { values, positionals } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
  });
  if (values.help) {
    shell.out(usage);
    return 0;
  }
  const unknown = Object.keys(values).find((name) => !(name in options));
  if (positionals.length === 0 || unknown !== undefined) {
    shell.err(unknown === undefined ? usage : `explain has no option --${unknown}.\n${usage}`);
    return 2;
  }
  try {
    const { logFiles, eventLogs } = await ports();
    const logs: LogFile[] = [];
    const evidence: (ExplainedEventLog | UnreadEventLog)[] = [];
    for (const file of positionals) {
      const eventLog = await explainEventLog(file, eventLogs);
      if (eventLog) evidence.push(eventLog);
      else logs.push({ file, text: (await logFiles.read(file)).text });
    }
    const explained = { ...explain(logs), ...split(evidence) };
    shell.out(
      values.json
        ? JSON.stringify(explained, null, 2)
        : [...evidence.map(eventLogText), explainedText(explained)].filter((text) => text !== '').join('\n'),
    );
    return 0;
  } catch (error) {
    const expected = toolErrorIn(error);
    if (expected === undefined) throw error;
    const { code, message, next, text } = expected;
    shell.err(values.json ? JSON.stringify({ code, message, next }) : text);
    return 1;
  }
}

function split(
  all: readonly (ExplainedEventLog | UnreadEventLog)[],
): Pick<Explained, 'evidence' | 'notRead'> {
  const evidence = all.filter((one) => !('notRead' in one)) as ExplainedEventLog[];
  const notRead = all.filter((one) => 'notRead' in one) as UnreadEventLog[];
  return { ...(evidence.length > 0 && { evidence }), ...(notRead.length > 0 && { notRead }) };
}

/** One cause for each step that the logs belong to, in the order of their first logs. */
function explain(logs: readonly LogFile[]): Explained {
  const causes: Explained['causes'][number][] = [];
  const withoutCause: Explained['withoutCause'][number][] = [];
  for (const step of bySteps(logs)) {
    const texts = step.map(({ text }) => text);
    const found = findCause(...texts);
    if (!found) {
      const why = endedWell(...texts) ? 'ended_well' : 'unknown';
      withoutCause.push({ files: step.map(({ file }) => file), why });
      continue;
    }
    const { signature, side, lineNumber, log } = found;
    causes.push({
      file: step[log]?.file ?? '',
      cause: cleanLine(signature.title, 120),
      signature: cleanLine(signature.id, 200),
      kind: signature.kind,
      side,
      line: lineNumber,
      text: quote(found),
      advice: adviceOf({ signature: signature.id, side }) ?? null,
    });
  }
  return { causes, withoutCause };
}

/**
 * Logs of one step name the same application. One that names none belongs to the logs beside it under the same name but for
 * stderr and stdout, or to the only application there is.
 */
function bySteps(logs: readonly LogFile[]): LogFile[][] {
  const named = new Map(logs.map((log) => [log, applicationOf(log)] as const));
  const applications = new Set([...named.values()].filter((one) => one !== undefined));
  const only = applications.size === 1 ? [...applications][0] : undefined;
  const besideKey = (log: LogFile) =>
    logs.flatMap((other) => (isBeside(log, other) ? (named.get(other) ?? []) : []))[0];
  const keyOf = (log: LogFile) => named.get(log) ?? besideKey(log) ?? only ?? placeOf(log);
  const steps = new Map<string, LogFile[]>();
  for (const log of logs) steps.set(keyOf(log), [...(steps.get(keyOf(log)) ?? []), log]);
  return [...steps.values()];
}

/** `1733600000000_0042`, of an application, an attempt or a container. */
function applicationOf({ file, text }: LogFile): string | undefined {
  const id = /\b(?:application|appattempt|container(?:_e\d+)?)_(\d{6,}_\d{4,})/;
  return (id.exec(file) ?? id.exec(text))?.[1];
}

const stream = /\b(?:stderr|stdout|controller|syslog)\b/;

/** The path without the name of a stream: the same for the two logs of one process. */
function placeOf({ file }: LogFile): string {
  return `${dirname(file)}/${basename(file).replace(stream, '')}`;
}

function isBeside(log: LogFile, other: LogFile): boolean {
  return log !== other && stream.test(basename(log.file)) && placeOf(log) === placeOf(other);
}

function explainedText({ causes, withoutCause }: Explained): string {
  return [
    ...causes.flatMap((one) => [
      `${one.file}:${one.line}: ${one.cause}${kindText(one)}`,
      `  ${one.text}`,
      `  ${one.advice === null ? 'No advice: the line is all that is known.' : `To do: ${one.advice}`}`,
    ]),
    ...withoutCause.map(({ files, why }) =>
      why === 'ended_well'
        ? `${files.join(', ')}: ended well.`
        : `${files.join(', ')}: nothing in it says what ended the step.`,
    ),
  ].join('\n');
}
