/** What uploadDags says in each of its three outcomes. */

import * as z from 'zod';
import { plural } from '../domain/text.ts';
import { loadTag } from '../rounds/begin.ts';
import type { SeenRun } from '../rounds/otherRuns.ts';
import { afterDecline, type Yes } from '../workflow/approvals.ts';
import { untoldText } from '../workflow/otherRuns.ts';
import { outlookLines, retriedText, type Wording } from './text.ts';
import { callAgain, declined, loadOutput, outlookOutput, result, rowsOf } from './tool.ts';

/** The result of uploadDags. */
export const uploadDagsResult = z.object({
  ...result,
  status: z.enum(['uploaded', 'unchanged', 'needs_overwrite']),
  load: loadOutput,
  previousLoad: loadOutput.nullable(),
  remoteLoad: loadOutput.nullable(),
  files: z.array(z.object({ key: z.string(), status: z.enum(['new', 'changed', 'unchanged']) })),
  changes: rowsOf(z.object({ file: z.string(), path: z.string(), from: z.string(), to: z.string() })),
  dagIds: z.array(z.string()),
  ...outlookOutput,
  warnings: rowsOf(z.string()),
  /** Files whose first request failed. */
  retried: z.int().optional(),
  round: z.int().optional(),
  declined,
  callAgain: callAgain.optional(),
});

export function overwriteText(
  foreign: readonly string[],
  load: number,
  mode: Yes['mode'],
  isDeclined = false,
) {
  const isTerminal = mode === 'terminal';
  const files = plural(foreign.length, 'file');
  return {
    summary: `The DAG folder exists in the bucket, with ${files} that this session did not upload last. Nothing was uploaded, and LOAD was not changed.`,
    ...(isDeclined && { declined: true as const }),
    nextSteps: [
      isDeclined ? afterDecline : 'Ask the user: overwrite the folder?',
      isTerminal
        ? `If yes, the user runs in a terminal: audit-load-test uploadDags --load ${load} --overwrite`
        : `If yes: uploadDags with load ${load} and overwrite: true.`,
    ],
    ...(isTerminal ? {} : { callAgain: { tool: 'uploadDags', arguments: { load, overwrite: true } } }),
  };
}

/** Somebody else's run is active; the user decides whether to upload meanwhile. Asked once for each run. */
export function otherRunsText(runs: readonly SeenRun[], load: number, mode: Yes['mode']) {
  const { summary: _, ...question } = overwriteText([], load, mode);
  return {
    summary: `${untoldText(runs)}. Nothing was uploaded.`,
    ...question,
    nextSteps: ['Ask the user: upload the DAG while that run is active?', ...question.nextSteps.slice(1)],
  };
}

export function overwriteQuestion(
  foreign: readonly string[],
  folder: string,
  remoteLoad: number | null,
  load: number,
  contents: string,
): string {
  return [
    `Overwrite the DAG folder ${folder}?`,
    `Not from this session's last upload: ${foreign.join(', ')}.`,
    `LOAD in the bucket: ${remoteLoad ?? 'not readable'} → ${load}.`,
    // A yes to these bytes counts for no others.
    `Contents: ${contents}.`,
  ].join('\n');
}

/** A round that an unchanged upload opened, moved to now, or found waiting for its DAG run. */
export interface BegunRound {
  readonly round: number;
  readonly how: 'opened' | 'moved' | 'waiting';
}

/** The DAG that the user is to trigger. */
export interface UploadedDag {
  readonly load: number;
  readonly dagId: string;
  /** Whether its tags in Airflow show its LOAD. */
  readonly hasTag: boolean;
  /** Whether its file sets LOAD. */
  readonly setsLoad: boolean;
}

export function dagUnchangedText(dag: UploadedDag, begun: BegunRound | undefined) {
  const { dagId } = dag;
  const same = `The bucket already has this DAG ${forLoad(dag)} and these cluster configs; nothing was sent.`;
  if (begun === undefined)
    return {
      summary: `${same} No round was opened.`,
      nextSteps: [
        `Call markRound now, then ask the user to trigger ${dagId} in Airflow.`,
        'Then call pollCluster until the round is done.',
      ],
    };
  const { round, how } = begun;
  const about = {
    opened: `Other checks were uploaded since the last round, so round ${round} was opened.`,
    moved: `Other checks were uploaded since round ${round} was opened; it has not run yet, so its start was moved to now.`,
    waiting: `Round ${round} is open and waits for its run.`,
  };
  return { summary: `${same} ${about[how]}`, nextSteps: triggerSteps(dag) };
}

export function uploadedText(
  { files, retried }: { readonly files: number; readonly retried: number },
  round: number,
  dag: UploadedDag,
) {
  return {
    summary: `Uploaded ${plural(files, 'file')} ${forLoad(dag)} and opened round ${round}.${retriedText(retried)} Airflow shows it after 30 s to 6 min.`,
    nextSteps: triggerSteps(dag),
  };
}

function forLoad({ load, setsLoad }: UploadedDag): string {
  return setsLoad ? `with LOAD = ${load}` : `for ${load}x`;
}

function triggerSteps({ dagId, load, hasTag }: UploadedDag): string[] {
  const ready = hasTag ? `its tag there is ${loadTag(load)}` : 'Airflow has read the new file';
  return [
    `Ask the user to trigger ${dagId} in Airflow, but only when ${ready}.`,
    'Then call pollCluster until the round is done.',
  ];
}

export function otherObjectsWarning(others: readonly string[]): string {
  return `Left untouched in the DAG folder: ${plural(others.length, 'other object')} (${others.slice(0, 3).join(', ')}).`;
}

export const uploadDagsLines: Wording<z.output<typeof uploadDagsResult>> = {
  previousLoad: (load) => [
    load === null ? 'The DAG file sets no LOAD.' : `LOAD in the DAG file before: ${load}`,
  ],
  remoteLoad: (load, { files, previousLoad }) => {
    if (previousLoad === null) return [];
    if (load !== null) return [`LOAD in the bucket before: ${load}`];
    return [
      files[0]?.status === 'new' ? 'The bucket had no DAG yet.' : 'LOAD in the bucket before: not readable',
    ];
  },
  // The summary says it where there is any.
  retried: () => [],
  files: (rows) => rows.map((row) => `  - ${row.status}: ${row.key}`),
  ...outlookLines,
  changes: (rows) => [
    'Changes against the bucket:',
    ...rows.map((row) => `  ${row.file} ${row.path}: ${row.from} → ${row.to}`),
  ],
};
