/** What a person may pick from the client's menu instead of typing it: one message each, with the route by the tools. */
import { schedules } from '../checks/schedules.ts';
import { ToolError } from '../errors.ts';
import { cleanLine } from '../foreignText.ts';

type Arguments = Readonly<Record<string, string | undefined>>;

export interface PromptArgument {
  readonly name: string;
  readonly description: string;
  /** The value as it is written into the message; undefined for one that is none. */
  read(given: string): string | undefined;
  /** What completion offers. */
  readonly kind: 'load' | 'schedule' | 'report' | 'cluster';
}

export interface Prompt {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly arguments: readonly PromptArgument[];
  /** @param given as `read` answered */
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
  description: 'an EMR cluster id such as j-2ABCDEFG12345; left out, the one that the session knows',
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

/** Where every new level stops. */
const untilApproved =
  'Show me what it changed, and stop there: I look at the git diff myself, and say "approved" or what is wrong. Only after my own words call uploadChecks {reviewId, approved: true}, then uploadDags {}. Triggering the DAG in Airflow is my part.';

export const prompts: readonly Prompt[] = [
  {
    name: 'start-load-test',
    title: 'Start a load test',
    description: 'Scale the checks to a load, and stop for the review.',
    arguments: [load, schedule],
    message: ({ load = '2x', schedule }) =>
      `Start ${load} load test${schedule === undefined ? '' : ` for ${schedule}`}.

First call checkSetup {}. If something is not ok, tell me its fix and stop. Then call scaleConfigs ${callWith({ load, schedule })}. ${untilApproved}`,
  },
  {
    name: 'finish-round',
    title: 'Finish the round with a report',
    description: 'Wait for the last step, then write the report.',
    arguments: [cluster],
    message: ({ cluster }) =>
      `Test is done, ${cluster === undefined ? '' : `cluster id is ${cluster}, `}generate report.

First call pollCluster ${callWith({ clusterId: cluster })}, again after pollAfterSeconds for as long as done is false. Then call buildReport ${callWith({ clusterId: cluster })}. Tell me the verdict, what was slow, what failed and why, and what to change first. Then stop: I decide whether to commit, to repeat this load or to go up.`,
  },
  {
    name: 'next-level',
    title: 'Commit, and go up one level',
    description: 'Commit the results of this load, scale to the next, and stop for the review.',
    arguments: [load],
    message: ({ load }) =>
      `Commit results, start ${load ?? 'the next'} load test.

First call ${load === undefined ? 'showSession {}: the next load is twice the present one. Then call ' : ''}commitResults with keyFindings: one line from the report. If it answers awaiting_approval, ask me and wait. Then call scaleConfigs ${load === undefined ? 'with that load' : callWith({ load })}. ${untilApproved}`,
  },
  {
    name: 'compare',
    title: 'Compare two reports',
    description: 'What grew from one round to another, and at which load it no longer fits.',
    arguments: [
      report('a', 'a load such as 2x, or a report; left out, the report before'),
      report('b', 'a load such as 4x, or a report; left out, the newest'),
    ],
    message: ({ a, b }) =>
      `Compare reports${a === undefined && b === undefined ? '' : ` from ${a ?? 'the one before'} and ${b ?? 'the newest'}`}.

Call compareReports ${callWith({ baseline: a, candidate: b })}. Tell me whether the two are comparable, which checks grew most, what fails only now, and what the forecast says. Then stop: what comes next is my decision.`,
  },
  {
    name: 'resume',
    title: 'Where were we?',
    description: 'What the session remembers, and what to do next.',
    arguments: [],
    message: () =>
      `Where were we?

Call showSession {}. Tell me the phase, the load on disk and in the bucket, the rounds and what is still missing. Say what you would do next, and wait for my word before you call a tool that writes.`,
  },
];

/** Arguments of a call as a model writes them; `{}` when all are left out. */
function callWith(given: Arguments): string {
  const pairs = Object.entries(given).filter(([, value]) => value !== undefined);
  return pairs.length === 0 ? '{}' : `{${pairs.map(([name, value]) => `${name}: "${value}"`).join(', ')}}`;
}

/**
 * The message of a prompt; an empty argument counts as left out.
 *
 * @throws ToolError BAD_INPUT that names the prompts, or the argument and what it may be
 */
export function promptMessage(name: string, given: Arguments): string {
  const prompt = prompts.find((one) => one.name === name);
  const names = prompts.map((one) => one.name).join(', ');
  if (prompt === undefined) throw badInput(`There is no prompt ${quoted(name)}.`, `use one of ${names}.`);
  const known = prompt.arguments.map((argument) => argument.name);
  for (const unknown of Object.keys(given).filter((one) => !known.includes(one)))
    throw badInput(
      `${name} has no argument ${quoted(unknown)}.`,
      `its arguments are ${known.join(', ') || 'none'}.`,
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
