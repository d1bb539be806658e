/**
 * Cuts a log into blocks: one message of a logger, one traceback, one exception with its causes, one report of YARN, each
 * with the lines that belong to it. Anything else (the program's own output, SQL that it prints) is left out.
 */

/**
 * How much a block says about the end of a step: `fatal` ends a process, `error` is logged and may be survived, `warn` is
 * context. What is logged as INFO is left out, except what YARN says there about the end.
 */
export type Weight = 'fatal' | 'error' | 'warn';

export interface LogBlock {
  readonly weight: Weight;
  /** The index of its first line in the log. */
  readonly first: number;
  readonly lines: readonly string[];
}

export interface ParsedLog {
  readonly blocks: readonly LogBlock[];
  /** What the log itself says of the end, if anything. */
  readonly outcome: 'succeeded' | 'failed' | undefined;
}

interface OpenBlock {
  weight: Weight | 'context';
  /** Begun by a logger: plain lines after it may be anything. */
  readonly isLogged: boolean;
  readonly first: number;
  readonly lines: string[];
}

const lineLimit = 20_000;
const blockLimit = 400;

/** Log4j, Python's logging, and copies of both: after a time of day (a progress bar may stand before it), or first in its line. */
const logged =
  /(?:^\s{0,4}|\d{2}:\d{2}:\d{2}[.,\dZ]*\]?\s{1,3}(?:\S{1,120}\s{1,3}){0,4}?)\[?(?:[A-Z]{1,20}:)?(TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)\]?(?::|\s{1,3}\S)/;
/** A collector of logs puts a stamp before every line. */
const collected =
  /^\[?\d{4}-\d{2}-\d{2}T[\d:.,]{8,20}Z?\]?\s(?=\s*(?:Caused by|Exception|at |Traceback|\S{1,200}(?:Exception|Error):))/;
/** A level stands near the front; the rest of a line is foreign. */
const prefixLength = 300;

/** Logged as errors, and a program lives on. */
const isHarmless =
  /(?:ERROR|FATAL)\s{1,3}(?:\S{1,80}\.)?(?:AsyncEventQueue|LiveListenerBus|ContextCleaner|Transport\w+|ShutdownHookManager|MetricsSystem|EventLoggingListener|RetryingBlock\w+|OneForOneBlockFetcher)\b|in thread shutdown/;

/** Logged, and the driver ends with it. */
const endsTheDriver =
  /RECEIVED SIGNAL|User class threw exception|Uncaught exception: |Exception in User Class|SparkContext did not initialize|Error initializing SparkContext|Application diagnostics message: |Final app status: (?:FAILED|KILLED|UNDEFINED)/;

/** Begins a block of its own, whatever stands before it. */
const startsFatal =
  /^\s*(?:Traceback \(most recent call last\):|(?:Caused by: )?Exception in thread ["'“]|Error ?: |usage: |User class threw exception|Application \S{1,80} failed \d+ times|Failed to submit application|Main Class not found|python[\d.]*: can't open file|Error occurred during initialization of VM|OpenJDK \d+-Bit Server VM warning: INFO: os::commit_memory|# There is insufficient memory|Command exiting with ret '[1-9]|:: {1,20}(?:UNRESOLVED DEPENDENCIES|FAILED DOWNLOADS)|diagnostics: (?!N\/A))/;
/** What Spark or YARN says, printed without a logger: by a program that caught it, or in a copy of a log. */
const startsError =
  /^\s*(?:\[[A-Z][A-Z_]{3,60}(?:\.[A-Z_]{3,60})?\] |Container killed by YARN|Container \[pid=)/;
/** A thread that may die while the program goes on. */
const sideThread =
  /^\s*Exception in thread ["'“](?!main|Driver|dag-scheduler|dispatcher|task-result|broadcast|spark-listener|Executor task)(?!.{0,200}OutOfMemoryError)/;

/** An exception, in Java or Python, alone or as one of the causes in a trace. */
export const exceptionLine =
  /^\s*(?:\| )?(?:Caused by: |: )?(?:(?:[A-Za-z_$][\w$]*\.)*[A-Z][\w$]*(?:Exception|Error|Exit|Interrupt|Failure|Fault)|(?:[a-z_$][\w$]*\.){1,9}[A-Za-z_$][\w$]*(?:Exception|Error|Failure|Failed|Fault|timeout))(?::|$| \()|^\s*(?:Caused by: )?Job aborted due to stage failure: /;
export const frameLine = /^\s*(?:\| )?(?:at |\.\.\. \d+ more|File "|Driver stacktrace:)/;
/** What YARN's node managers and the JVM print below a message. */
const yarnLine =
  /^\s*(?:Container |Exit ?code|Exception message|Killed by|Diagnostics: |Failing |Last \d+ bytes|\[\d{4}-|#|\/bin\/bash: )/;
const crashLine = /^\s*# A fatal error has been detected/;
const isWaiting = /not yet activated|waiting for AM container|AM container is launched/;

/** @param text the whole log, or its end */
export function parseLog(text: string): ParsedLog {
  const blocks: OpenBlock[] = [];
  let outcome: ParsedLog['outcome'];
  for (const [index, whole] of text.split(/\r\n|\n|\r/).entries()) {
    const line = (whole.length > lineLimit ? whole.slice(0, lineLimit) : whole).replace(collected, '');
    outcome = outcomeIn(line) ?? outcome;
    const weight = weightOf(line, blocks.at(-1));
    if (weight === 'same') addTo(blocks.at(-1), line);
    else if (weight !== 'nothing') {
      forgetRecovered(blocks, line);
      blocks.push({ weight, isLogged: levelIn(line) !== undefined, first: index, lines: [line] });
      const aborted = /Task (\d+) in stage (\d+\.\d+) failed \d+ times; aborting job/.exec(line);
      if (aborted?.[1] && aborted[2]) confirmLosses(blocks, aborted[1], aborted[2]);
    }
  }
  const kept = blocks.flatMap(({ weight, first, lines }) =>
    weight === 'context' ? [] : [{ weight, first, lines }],
  );
  return { blocks: kept, outcome };
}

function weightOf(line: string, last: OpenBlock | undefined): Weight | 'context' | 'same' | 'nothing' {
  const level = levelIn(line);
  if (level !== undefined) return loggedWeight(level, line);
  if (last && continuesChain(last, line)) return 'same';
  if (startsFatal.test(line))
    return isWaiting.test(line) ? 'warn' : sideThread.test(line) ? 'error' : 'fatal';
  if ((last === undefined || last.weight === 'context') && startsError.test(line)) return 'error';
  if (last === undefined) return exceptionLine.test(line) || crashLine.test(line) ? 'fatal' : 'nothing';
  if (!last.isLogged) return 'same';
  const isFirst = last.lines.length === 1;
  if (last.weight === 'context') {
    // Right after a line of INFO it may belong to it.
    if (exceptionLine.test(line) && !line.startsWith('Caused by')) return isFirst ? 'error' : 'fatal';
    return crashLine.test(line) ? 'fatal' : 'same';
  }
  if (crashLine.test(line) && !/[Cc]ontainer/.test(last.lines[0] ?? '')) return 'fatal';
  return 'same';
}

/** Python shows an exception that another one led to as two tracebacks. */
function continuesChain({ lines }: OpenBlock, line: string): boolean {
  if (!line.startsWith('Traceback')) return false;
  const before = lines.findLast((one) => one.trim() !== '') ?? '';
  return /^(?:During handling of the above exception|The above exception was the direct cause)/.test(before);
}

function levelIn(line: string): string | undefined {
  const front = line.slice(0, prefixLength);
  return logged.exec(front)?.[1];
}

function loggedWeight(level: string, line: string): Weight | 'context' {
  if (endsTheDriver.test(line)) return 'fatal';
  if (isWaiting.test(line)) return 'warn';
  if (level.startsWith('WARN')) return 'warn';
  if (level === 'ERROR' || level === 'FATAL' || level === 'CRITICAL')
    return isHarmless.test(line) ? 'warn' : 'error';
  return 'context';
}

/** After a logger's message only a trace, or what YARN adds, belongs to it. */
function addTo(block: OpenBlock | undefined, line: string): void {
  if (block === undefined || block.lines.length >= blockLimit) return;
  block.lines.push(!block.isLogged || belongsToMessage(block, line) ? line : '');
}

function belongsToMessage({ lines }: OpenBlock, line: string): boolean {
  if (frameLine.test(line) || yarnLine.test(line) || /^\s*Caused by: /.test(line)) return true;
  if (exceptionLine.test(line)) return true;
  // A message of several lines in a trace.
  const before = lines.at(-1) ?? '';
  return lines.length > 1 && before !== '' && !frameLine.test(before) && !yarnLine.test(before);
}

/** A line, and what it makes good. */
const recoveries: readonly (readonly [sign: RegExp, over: RegExp])[] = [
  [/DAGScheduler: Job \d+ finished\b/, /^/],
  [/\(state: RUNNING\)/, isWaiting],
  [/Registered executor|TaskSetManager: Starting task/, /Initial job has not accepted any resources/],
];

/** A job that finished survived whatever was logged before; what waited before it ran did get its place. */
function forgetRecovered(blocks: OpenBlock[], line: string): void {
  const over = recoveries.find(([sign]) => sign.test(line))?.[1];
  if (over === undefined) return;
  for (const block of blocks)
    if (block.weight !== 'fatal' && over.test(block.lines[0] ?? '')) block.weight = 'context';
}

/** A lost task is retried and so only a warning, until it was the last attempt. */
function confirmLosses(blocks: OpenBlock[], task: string, stage: string): void {
  const lost = blocks.findLast(
    ({ weight, lines }) =>
      weight === 'warn' &&
      lines[0]?.includes(`Lost task ${task}.`) === true &&
      lines[0].includes(` in stage ${stage} `),
  );
  if (lost) lost.weight = 'error';
}

function outcomeIn(line: string): ParsedLog['outcome'] {
  if (
    /Final app status: SUCCEEDED|final status: SUCCEEDED|exiting with ret '0'|succeeded with exitCode 0/.test(
      line,
    )
  )
    return 'succeeded';
  return /Final app status: (?:FAILED|KILLED)|final status: (?:FAILED|KILLED)|exiting with ret '[1-9]|failed with exitCode/.test(
    line,
  )
    ? 'failed'
    : undefined;
}
