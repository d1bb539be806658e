/** What every tool says while the user's approval is missing. */

/** How the user approves: in the chat (or asked by the client), or in their own terminal. */
export interface Yes {
  readonly mode: 'ask' | 'chat' | 'terminal';
  /** False when these bytes need no approval (again): the user only has to know that they are not the named ones. */
  readonly needed: boolean;
}

/** The steps to the call that needs approval: one, or two where only a terminal counts. */
export function yesTo(
  tool: string,
  given: Readonly<Record<string, unknown>>,
  reviewId: string,
  mode: Yes['mode'],
): string[] {
  const call = `${tool} with ${worded(given)}`;
  if (mode !== 'terminal') return [`Only after the user replies "approved": ${call} and approved: true.`];
  return [`To approve, the user runs in a terminal: audit-load-test approve ${reviewId}`, `Then ${call}.`];
}

/** The end of a result that asks for approval. */
export function stepsToYes(
  tool: string,
  given: Readonly<Record<string, unknown>>,
  reviewId: string,
  { mode, needed }: Yes,
  listsChanges = false,
) {
  const show = listsChanges
    ? 'Show the user the lines in changedSince; an earlier approval does not cover them.'
    : 'Show the user what is under review: git diff in the target repository, or reviewConfigs.';
  const steps = needed
    ? yesTo(tool, given, reviewId, mode)
    : [`These bytes need no approval: ${tool} with ${worded(given)}.`];
  const approval = needed && mode !== 'terminal' ? { approved: true } : {};
  return { nextSteps: [show, ...steps], callAgain: { tool, arguments: { ...given, ...approval } } };
}

function worded(given: Readonly<Record<string, unknown>>): string {
  return Object.entries(given)
    .map(([name, value]) => `${name} ${value}`)
    .join(' and ');
}
