/** The exceptions of a block, each with the lines of its message, without the frames of its trace. */
import { exceptionLine, frameLine, type LogBlock } from './blocks.ts';

export interface Entry {
  /** The index of its first line in the block. */
  readonly first: number;
  /** The exception's line, then what its message goes on with. */
  readonly text: string;
  /** Whether it ends a traceback of Python, where a class of any name may stand. */
  readonly isRaised: boolean;
}

const messageLimit = 30;
/** Spark shows the query and its plan inside a message: they may name anything. */
const startsQuery = /^== SQL|^\s*(?:'[A-Z]\w|[+:]-|:? +[+:]-)|^\s{0,4}!\w/;

export function entriesOf({ lines }: LogBlock): Entry[] {
  const entries: { first: number; lines: string[]; isRaised: boolean }[] = [];
  let isOpen = false;
  const isTraceback = lines.some((line) => traceback.test(line));
  for (const [index, line] of lines.entries()) {
    const last = entries.at(-1);
    const isRaised = endsTraceback(line, lines[index - 1], isTraceback);
    if (index === 0 || exceptionLine.test(line) || isRaised) {
      entries.push({ first: index, lines: [line], isRaised });
      isOpen = true;
    } else if (frameLine.test(line) || line === '' || startsQuery.test(line)) isOpen = false;
    else if (isOpen && last && last.lines.length < messageLimit) last.lines.push(line);
  }
  return entries.map(({ first, lines: message, isRaised }) => ({
    first,
    text: message.join('\n'),
    isRaised,
  }));
}

const traceback = /^\s*Traceback \(most recent call last\):/;
/** In Python any class may be raised: its line is the first after the frames that is not indented. */
function endsTraceback(line: string, before: string | undefined, isTraceback: boolean): boolean {
  return isTraceback && /^\s{2,}\S/.test(before ?? '') && /^[A-Za-z_][\w.]{0,200}(?:: |$)/.test(line);
}

/** Exceptions that only wrap another, and say nothing themselves. */
const wrappers =
  /(?:^|\.)(?:SparkException|Py4JJavaError|Py4JError|ExecutionException|UncheckedExecutionException|CompletionException|InvocationTargetException|UndeclaredThrowableException|PrivilegedActionException|SparkUserAppException|FetchFailedException|PythonException|FileReadException|SystemExit|ExitCodeException|ExecutorLostFailure)$/;

const named =
  /(?:^|[:)("] ?)\s*((?:[A-Za-z_$][\w$]*\.)*[A-Za-z_$][\w$]*(?:Exception|Error|Exit|Interrupt|Failure|Fault)|(?:[a-z_$][\w$]*\.){2,9}[A-Z][\w$]*)(?=:|\s*$| \()/g;
/** What a traceback ends with, whatever it is called. */
const raised = /^([A-Za-z_][\w.]*)(?::|$)/;

/** The class of the exception that an entry tells of: in "SparkException: … executor 9): a.b.Broken: x" the last. */
export function exceptionIn({ text, isRaised }: Entry): string | undefined {
  const line = text.slice(0, text.indexOf('\n') < 0 ? undefined : text.indexOf('\n'));
  const classes = [...line.matchAll(named)].flatMap(([, name]) => name ?? []);
  if (isRaised && classes.length === 0) classes.push(...(raised.exec(line)?.slice(1) ?? []));
  return classes.findLast((name) => !wrappers.test(name));
}
