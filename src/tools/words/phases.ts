/** What to do next in each phase of the workflow. */
import type { Phase, Round, Session } from '../../state/session.ts';
import { type Yes, yesTo } from './approving.ts';
import { outcomeIn, stepsAfterRound } from './sameLoad.ts';

export const phases = [
  'idle',
  'scaled',
  'approved',
  'checks_uploaded',
  'dag_uploaded',
  'round_open',
  'running',
  'finished',
  'reported',
  'committed',
] as const satisfies readonly Phase[];

/** The check files under review, when they can be read. */
type Disk = { readonly reviewId: string; readonly approved: boolean; readonly mode: Yes['mode'] } | null;

export function nextStepsOf(session: Session, disk: Disk): string[] {
  const newest = session.interruptions.at(-1);
  if (newest === undefined) return stepsAfter(session, disk);
  return [`${newest.tool} began and did not finish (or still runs elsewhere): the same call finishes it.`];
}

const beforeRound: readonly Phase[] = ['scaled', 'approved', 'checks_uploaded', 'dag_uploaded'];

function stepsAfter({ phase, level, rounds }: Session, disk: Disk): string[] {
  if (disk?.approved === false && beforeRound.includes(phase))
    return [
      'reviewConfigs says what is under review: show the person the lines that changed, else the git diff.',
      ...yesTo('uploadChecks', { reviewId: disk.reviewId }, disk.reviewId, disk.mode),
    ];
  const load = level?.load ?? 1;
  switch (phase) {
    case 'idle':
      return [
        'checkSetup tells whether everything is in place.',
        rounds.length === 0
          ? 'scaleConfigs with load 2x starts the first test (15m unless the person says otherwise).'
          : 'scaleConfigs with the load that the person names starts the next level.',
      ];
    case 'scaled':
      return ['reviewConfigs shows what is under review; the person approves it or names what to mend.'];
    case 'approved':
      return [
        disk === null
          ? 'reviewConfigs gives the reviewId; then uploadChecks.'
          : `uploadChecks with reviewId ${disk.reviewId}: these bytes need no further yes.`,
      ];
    case 'checks_uploaded':
      return [`uploadDags with load ${load}.`];
    case 'dag_uploaded':
      return ['markRound; then the person triggers the DAG in Airflow.'];
    case 'round_open':
      return rounds.at(-1)?.dagRun === undefined
        ? ['The person triggers the DAG in Airflow; then pollCluster.']
        : ['pollCluster, or triggerDag again: it finds the run that it asked Airflow for.'];
    case 'running':
      return ['pollCluster until the round is done; then buildReport.'];
    case 'finished':
      return ['buildReport writes the report.'];
    case 'reported':
      return afterReport(rounds.findLast(({ report }) => report !== undefined));
    case 'committed':
      return [`scaleConfigs with the next load (for example ${(rounds.at(-1)?.load ?? load) * 2}x).`];
  }
}

function afterReport(round: Round | undefined): string[] {
  const outcome = outcomeIn(round?.report?.verdict ?? '');
  return ['The person reads the report and decides.', ...stepsAfterRound(outcome, round?.load ?? 1)];
}
