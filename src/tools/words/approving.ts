/** What every tool says when the person's yes is still missing. */

/** How the person says yes: in the chat (or asked by the client), or in a terminal of their own. */
export interface Yes {
  readonly mode: 'ask' | 'chat' | 'terminal';
  /** False: these very bytes need no approval any more; the person only has to know that they are others. */
  readonly needed: boolean;
}

/** What leads from here to the call that needs the yes: one step, or two where only a terminal counts. */
export function yesTo(
  tool: string,
  given: Readonly<Record<string, unknown>>,
  reviewId: string,
  mode: Yes['mode'],
): string[] {
  const call = `${tool} with ${worded(given)}`;
  if (mode !== 'terminal') return [`Only after the person says "approved": ${call} and approved: true.`];
  return [`To approve, the person types in a terminal: audit-load-test approve ${reviewId}`, `Then ${call}.`];
}

/** The end of a result that is the question for a yes. */
export function stepsToYes(
  tool: string,
  given: Readonly<Record<string, unknown>>,
  reviewId: string,
  { mode, needed }: Yes,
  listsChanges = false,
) {
  const show = listsChanges
    ? 'Show the person the lines under changedSince; a yes to anything before them does not count.'
    : 'Show the person what is under review: git diff in the target repository, or reviewConfigs.';
  const steps = needed
    ? yesTo(tool, given, reviewId, mode)
    : [`These bytes need no approval: ${tool} with ${worded(given)}.`];
  const saysYes = needed && mode !== 'terminal' ? { approved: true } : {};
  return { nextSteps: [show, ...steps], callAgain: { tool, arguments: { ...given, ...saysYes } } };
}

function worded(given: Readonly<Record<string, unknown>>): string {
  return Object.entries(given)
    .map(([name, value]) => `${name} ${value}`)
    .join(' and ');
}
