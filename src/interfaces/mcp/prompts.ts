/** Messages that users pick from the client's menu instead of typing them, each with the calls to make; and the completions of their arguments. */
import { ToolError } from '../../domain/errors.ts';
import { cleanLine } from '../../domain/foreignText.ts';
import { schedules } from '../../domain/schedules.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Session } from '../../state/session.ts';
import { reportTemplate } from './resources.ts';

type Arguments = Readonly<Record<string, string | undefined>>;

export interface PromptArgument {
  readonly name: string;
  readonly description: string;
  /** The value as the message shows it; undefined if invalid. */
  read(given: string): string | undefined;
  /** Which completions fit. */
  readonly kind: 'load' | 'schedule' | 'report' | 'cluster';
}

export interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly PromptArgument[];
  /** @param given as returned by `read` */
  message(given: Arguments): string;
}

const load = {
  name: 'load',
  description: 'a load such as 2x or 4x',
  kind: 'load',
  read: (given) => {
    const times = Number(/^(\d{1,4})\s*x?$/i.exec(given)?.[1] ?? 0);
    return times >= 1 && times <= 1000 ? `${times}x` : undefined;
  },
} satisfies PromptArgument;

const schedule = {
  name: 'schedule',
  description: `one of ${schedules.join(', ')}`,
  kind: 'schedule',
  read: (given) => schedules.find((one) => one === given.toLowerCase()),
} satisfies PromptArgument;

const cluster = {
  name: 'cluster',
  description: 'an EMR cluster id such as j-2ABCDEFG12345; default: the cluster of the session',
  kind: 'cluster',
  read: (given) => (/^j-[A-Z0-9]{1,20}$/.test(given) ? given : undefined),
} satisfies PromptArgument;

const report = (name: string, description: string) =>
  ({
    name,
    description,
    kind: 'report',
    read: (given) => (/^\d+x_\d{8}_\d{6}$/.test(given) ? given : load.read(given)),
  }) satisfies PromptArgument;

/** Every new level stops here. */
const untilApproved =
  'Show me what changed, then stop: I review the git diff and say "approved" or what is wrong. Call uploadChecks {reviewId, approved: true} and then uploadDags {} only after I have approved. I trigger the DAG in Airflow.';

export const prompts: readonly Prompt[] = [
  {
    name: 'start-load-test',
    title: 'Start a load test',
    description: 'Scale the checks to a load, then stop for the review.',
    arguments: [load, schedule],
    message: ({ load = '2x', schedule }) =>
      `Start ${load} load test${schedule === undefined ? '' : ` for ${schedule}`}.

First call checkSetup {}. If a check is not ok, show me its fix and stop. Then call scaleConfigs ${callWith({ load, schedule })}. ${untilApproved}`,
  },
  {
    name: 'finish-round',
    title: 'Finish the round with a report',
    description: 'Wait for the last step, then build the report.',
    arguments: [cluster],
    message: ({ cluster }) =>
      `Test is done, ${cluster === undefined ? '' : `cluster id is ${cluster}, `}generate report.

First call pollCluster ${callWith({ clusterId: cluster })}, and again after pollAfterSeconds while done is false. Then call buildReport ${callWith({ clusterId: cluster })}. Tell me the verdict, what was slow, what failed and why, and what to change first. Then stop: I decide whether to commit, repeat this load or go to the next level.`,
  },
  {
    name: 'next-level',
    title: 'Commit and go to the next level',
    description: 'Commit the results of this load, scale to the next one, then stop for the review.',
    arguments: [load],
    message: ({ load }) =>
      `Commit results, start ${load ?? 'the next'} load test.

First call ${load === undefined ? 'showSession {}: the next load is twice the current one. Then call ' : ''}commitResults with keyFindings: one line from the report. If it answers awaiting_approval, ask me and wait. Then call scaleConfigs ${load === undefined ? 'with that load' : callWith({ load })}. ${untilApproved}`,
  },
  {
    name: 'compare',
    title: 'Compare two reports',
    description: 'What grew between two rounds, and at which load the schedule stops fitting.',
    arguments: [
      report('a', 'a load such as 2x, or a report; default: the report before'),
      report('b', 'a load such as 4x, or a report; default: the newest'),
    ],
    message: ({ a, b }) =>
      `Compare reports${a === undefined && b === undefined ? '' : ` from ${a ?? 'the one before'} and ${b ?? 'the newest'}`}.

Call compareReports ${callWith({ baseline: a, candidate: b })}. Tell me whether the two are comparable, which checks grew most, what fails only now, and what the forecast says. Then stop: I decide what comes next.`,
  },
  {
    name: 'resume',
    title: 'Where were we?',
    description: 'The state of the session, and what to do next.',
    arguments: [],
    message: () =>
      `Where were we?

Call showSession {}. Tell me the phase, the load on disk and in the bucket, the rounds and what is still missing. Propose the next step, and wait for my answer before you call a tool that writes.`,
  },
];

/** The arguments of a call as a model writes them; `{}` without any. */
function callWith(given: Arguments): string {
  const pairs = Object.entries(given).filter(([, value]) => value !== undefined);
  return pairs.length === 0 ? '{}' : `{${pairs.map(([name, value]) => `${name}: "${value}"`).join(', ')}}`;
}

/**
 * The message of a prompt; an empty argument counts as absent.
 *
 * @throws ToolError BAD_INPUT that names the valid prompts, arguments or values
 */
export function promptMessage(name: string, given: Arguments): string {
  const prompt = prompts.find((one) => one.name === name);
  const names = prompts.map((one) => one.name).join(', ');
  if (prompt === undefined) throw badInput(`There is no prompt ${quoted(name)}.`, `use one of ${names}.`);
  const known = prompt.arguments.map((argument) => argument.name);
  for (const unknown of Object.keys(given).filter((one) => !known.includes(one)))
    throw badInput(
      `${name} has no argument ${quoted(unknown)}.`,
      known.length === 0 ? 'it takes no arguments.' : `its arguments are ${known.join(', ')}.`,
    );
  const read = prompt.arguments.map((argument) => {
    const text = given[argument.name]?.trim() ?? '';
    const value = text === '' ? undefined : argument.read(text);
    if (text !== '' && value === undefined)
      throw badInput(`${argument.name} cannot be ${quoted(text)}.`, `give ${argument.description}.`);
    return [argument.name, value] as const;
  });
  return prompt.message(Object.fromEntries(read));
}

function badInput(message: string, next: string): ToolError {
  return new ToolError('BAD_INPUT', message, { next });
}

function quoted(text: string): string {
  return JSON.stringify(cleanLine(text, 60));
}

export interface CompletionRequest {
  readonly ref: { readonly type: string; readonly name?: string; readonly uri?: string };
  readonly argument: { readonly name: string; readonly value: string };
}

/** The maximum of the MCP specification. */
const maxValues = 100;

type CompletionPorts = Pick<Ports, 'reports' | 'sessions'>;

/** Values that begin with the typed text; none for an unknown argument. */
export async function complete({ ref, argument }: CompletionRequest, ports: CompletionPorts) {
  const typed = argument.value.toLowerCase();
  const matches = (await candidates(ref, argument.name, ports)).filter((value) =>
    value.toLowerCase().startsWith(typed),
  );
  return { values: matches.slice(0, maxValues), total: matches.length, hasMore: matches.length > maxValues };
}

async function candidates(
  ref: CompletionRequest['ref'],
  name: string,
  ports: CompletionPorts,
): Promise<readonly string[]> {
  if (ref.uri === reportTemplate.uriTemplate) {
    if (name === 'page') return ['report.md', 'report.html', 'report.json'];
    return name === 'report' ? reportNames(ports) : [];
  }
  const prompt = prompts.find((one) => one.name === ref.name);
  switch (prompt?.arguments.find((one) => one.name === name)?.kind) {
    case 'schedule':
      return schedules;
    case 'load':
      return loadsAfter(await ports.sessions.load());
    case 'cluster':
      return clustersOf(await ports.sessions.load());
    case 'report': {
      const names = await reportNames(ports);
      return [...new Set(names.map((one) => one.slice(0, one.indexOf('_')))), ...names];
    }
    default:
      return [];
  }
}

/** Newest first. */
async function reportNames(ports: Pick<Ports, 'reports'>): Promise<string[]> {
  return (await ports.reports.list()).map(({ directory }) => directory);
}

/** The next level first: twice the load on disk. */
function loadsAfter({ level }: Session): string[] {
  const next = level === undefined ? [] : [Math.min(level.load * 2, 1000)];
  return [...new Set([...next, 2, 4, 8, 16])].map((load) => `${load}x`);
}

/** Newest first. */
function clustersOf({ rounds }: Session): string[] {
  return [...new Set(rounds.flatMap(({ clusterId }) => clusterId ?? []).toReversed())];
}
