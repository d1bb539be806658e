/** What ended a step: first the block that did, then its side, then its cause. */
import { cleanLine } from '../../domain/foreignText.ts';
import { type LogBlock, parseLog } from './blocks.ts';
import { entriesOf, exceptionIn } from './entries.ts';
import { causes, endings, vague } from './signatures/index.ts';
import type { Side, Signature } from './signatures/signature.ts';

export type KnownCause = Pick<Signature, 'id' | 'title' | 'kind' | 'isGeneric' | 'isDeath' | 'followsDeath'>;

export interface Cause {
  readonly signature: KnownCause;
  readonly side: Side;
  /** The line that proves it, as in the log. */
  readonly line: string;
  /** Where in the line the proof begins. */
  readonly column: number;
  /** 1-based, in its log. */
  readonly lineNumber: number;
  /** Which of the logs that is, from 0. */
  readonly log: number;
}

interface Place {
  readonly block: LogBlock;
  readonly log: number;
}

/**
 * The cause that the logs of one step prove, the driver's log first. Undefined where they ended well, or say nothing: where
 * one says that it succeeded and none that it failed, only what ended another process counts.
 *
 * Of what ends a process the last is the answer. Only where that says no more than "failed" do logged errors count, and
 * warnings only where there is nothing else.
 */
export function findCause(...logs: readonly string[]): Cause | undefined {
  const parsed = logs.map(parseLog);
  const outcomes = parsed.map(({ outcome }) => outcome);
  const isCalm = outcomes.includes('succeeded') && !outcomes.includes('failed');
  const places = parsed.map(({ blocks, outcome }, log) =>
    outcome === 'succeeded' ? [] : blocks.map((block) => ({ block, log })),
  );
  const fatal = places.map((one) => one.filter(({ block }) => block.weight === 'fatal'));
  const decided = fatal.flat().findLast(({ block }) => isOfMaster(block) && isDecided(block));
  const found =
    (decided && causeOf(decided)) ??
    lastTelling(fatal) ??
    (isCalm ? undefined : withoutTelling(places, fatal.flat()));
  return found && explained(found, places.flat());
}

/** The cause in words that are no log: each line may name it. */
export function findCauseInWords(text: string): Cause | undefined {
  const lines = text.split('\n');
  for (const [first, line] of lines.entries()) {
    const cause = matching({ block: { weight: 'fatal', first, lines: [line] }, log: 0 }, [
      ...causes,
      ...endings,
    ]);
    if (cause) return cause;
  }
  return undefined;
}

/** One of the logs says that the step succeeded, and none that it failed. */
export function endedWell(...logs: readonly string[]): boolean {
  const outcomes = logs.map((text) => parseLog(text).outcome);
  return outcomes.includes('succeeded') && !outcomes.includes('failed');
}

/** Nothing fatal says more than that something failed. */
function withoutTelling(places: readonly (readonly Place[])[], fatal: readonly Place[]): Cause | undefined {
  const of = (weight: LogBlock['weight']) =>
    places.map((one) => one.filter(({ block }) => block.weight === weight));
  const generic = mostSpecific(fatal);
  if (generic?.signature.followsDeath) return generic;
  return lastTelling(of('error')) ?? generic ?? mostSpecific(of('error').flat()) ?? lastTelling(of('warn'));
}

/** Of each log the last block that names a cause; a known one before any other, then by the order of the logs. */
function lastTelling(logs: readonly (readonly Place[])[]): Cause | undefined {
  const last = logs.flatMap((places) => {
    for (const place of places.toReversed()) {
      const cause = causeOf(place);
      if (cause && !cause.signature.isGeneric) return cause;
    }
    return [];
  });
  return last.find(({ signature }) => isListed(signature)) ?? last[0];
}

function mostSpecific(places: readonly Place[]): Cause | undefined {
  const found = places.flatMap((place) => causeOf(place) ?? []);
  return found.toSorted((a, b) => rankOf(a) - rankOf(b))[0];
}

const order = new Map([...causes, ...endings, ...vague].map((signature, rank) => [signature.id, rank]));
const rankOf = ({ signature }: Cause): number => order.get(signature.id) ?? order.size;
const isListed = ({ id }: KnownCause): boolean => order.has(id);

/** Where an executor or a driver died before, and the end only follows from it, that is the cause. */
function explained(found: Cause, places: readonly Place[]): Cause {
  if (!found.signature.followsDeath) return found;
  const deaths = places.flatMap((place) => {
    const death = matching(place, deadly);
    return death && death.side === found.side && death.signature.id !== found.signature.id ? death : [];
  });
  return deaths.toSorted((a, b) => rankOf(a) - rankOf(b))[0] ?? found;
}

const deadly = [...causes, ...endings].filter(({ isDeath }) => isDeath);

function isOfMaster({ lines }: LogBlock): boolean {
  return lines.some((line) => masterLine.test(line));
}

// A path with a container's folder names whose log it is, or which script ran, not what died.
const masterLine = /\bAM Container\b|(?<!\/)\bcontainer_\w{1,60}_000001\b/;

function isDecided(block: LogBlock): boolean {
  const cause = causeOf({ block, log: 0 });
  return causes.some(({ id, isDecidedByYarn }) => isDecidedByYarn && id === cause?.signature.id);
}

/** The cause that one block names: a known one, else the exception that is deepest in it. */
function causeOf(place: Place): Cause | undefined {
  return matching(place, causes) ?? matching(place, endings) ?? unlisted(place) ?? matching(place, vague);
}

function matching({ block, log }: Place, signatures: readonly Signature[]): Cause | undefined {
  const entries = entriesOf(block);
  const whole = block.lines.join('\n');
  const side = sideOf(whole);
  for (const signature of signatures) {
    if (signature.onlyOn !== undefined && signature.onlyOn !== side) continue;
    for (const { first, text } of entries) {
      const match = signature.pattern.exec(text);
      if (!match || signature.unless?.test(text)) continue;
      if (signature.unlessBlock?.test(whole) || (signature.inBlock && !signature.inBlock.test(whole))) break;
      const before = text.slice(0, match.index + match[0].search(/\S/)).split('\n');
      const column = before.at(-1)?.length ?? 0;
      return causeAt(block, first + before.length - 1, log, {
        signature,
        side: signature.side ?? side,
        column,
      });
    }
  }
  return undefined;
}

/** An exception that is on no list goes by its class. */
function unlisted({ block, log }: Place): Cause | undefined {
  for (const entry of entriesOf(block).toReversed()) {
    const name = exceptionIn(entry);
    if (name === undefined) continue;
    const title = name.slice(name.lastIndexOf('.') + 1);
    // A traceback that no exception of the JVM follows is the program's own.
    const isProgram = /^\s*Traceback/.test(block.lines[0] ?? '') && !block.lines.some(isOfTheJvm);
    const signature = { id: `exception:${name}`, title, kind: isProgram ? 'code' : 'unknown' } as const;
    const column = entry.text.indexOf(name);
    return causeAt(block, entry.first, log, { signature, side: sideOf(block.lines.join('\n')), column });
  }
  return undefined;
}

const isOfTheJvm = (line: string): boolean => /^\s+at |Py4J/.test(line);

function causeAt(
  block: LogBlock,
  at: number,
  log: number,
  what: Pick<Cause, 'signature' | 'side' | 'column'>,
): Cause {
  return { ...what, line: block.lines[at] ?? '', lineNumber: block.first + at + 1, log };
}

const executorWords =
  /\bexecutor (?:\d|driver\b)|\bExecutorLostFailure\b|\bLost (?:task|executor|an executor)\b|\bERROR (?:\S{1,60}\.)?Executor\b|Executor task launch worker|\bPythonException: |\bException in task \d|YarnAllocator|CoarseGrainedExecutorBackend|Utils: Aborting task|Container killed by YARN|scheduler\.Task\.run\(|Executor\$TaskRunner/;

/** The application master is the driver, or stands for it. */
function sideOf(text: string): Side {
  if (masterLine.test(text)) return 'driver';
  if (executorWords.test(text) || /(?<!\/)\bcontainer_\w{1,60}_\d{6}\b/.test(text)) return 'executor';
  return 'driver';
}

const quoteLength = 500;
/** What of a line is surely shown where there is little room. */
const shownLength = 200;
const contextLength = 80;

/** The proving line, cleaned; where the proof stands far to the right, from shortly before it. */
export function quote({ line, column }: Pick<Cause, 'line' | 'column'>): string {
  const trimmed = line.trimStart();
  const at = column - (line.length - trimmed.length);
  if (at < shownLength) return cleanLine(trimmed, quoteLength);
  const from = trimmed.indexOf(' ', at - contextLength);
  return cleanLine(`…${trimmed.slice(from < 0 || from >= at ? at : from)}`, quoteLength);
}
