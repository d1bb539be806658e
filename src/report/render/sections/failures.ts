import { plural } from '../../../domain/text.ts';
import { historyLines } from '../../failures/failureGroups.ts';
import { kindText, logStatus, pendingText } from '../../failures/logs.ts';
import type { Report, StepFailure } from '../../model/model.ts';
import {
  type Block,
  cutNote,
  type Item,
  list,
  type Medium,
  type NamedStep,
  paragraphs,
  stepsById,
} from './blocks.ts';

const groupsShown = 15;
const stepsShown = 10;
const proofLength = 160;

/** What failed, by cause, with the line that proves it; then whether it is because of the load. */
export function failureBlocks(report: Report, medium: Medium): Block[] {
  const { failures, load } = report;
  if (failures.length === 0) return paragraphs('None.');
  const steps = stepsById(report);
  return [
    ...paragraphs(...pendingText(report)),
    ...failures.slice(0, groupsShown).flatMap((group): Block[] => {
      const shown = group.steps.slice(0, stepsShown).flatMap((id) => steps.get(id) ?? []);
      const more = group.steps.length - stepsShown;
      const where = medium === 'page' ? 'the table of all steps' : 'report.json';
      return [
        { kind: 'heading', line: `${group.title}${kindText(group)}: ${plural(group.steps.length, 'step')}` },
        ...list([
          ...shown.map((one, index) => (index === 0 ? evidence(one, medium) : shortEvidence(one))),
          ...(more > 0 ? [`and ${plural(more, 'more step')}, in ${where}`] : []),
          ...(group.reason === undefined ? [] : [`The cluster: ${group.reason}`]),
          ...(group.advice === undefined ? [] : [`To do: ${group.advice}`]),
          ...historyLines(group, load),
        ]),
      ];
    }),
    ...paragraphs(cutNote(failures.length, groupsShown, 'cause')),
  ];
}

/** The whole evidence for the first step of a group. */
function evidence(one: NamedStep, medium: Medium): Item {
  const { failure } = one.step;
  if (!failure) return headOf(one);
  const { cause, logUri } = failure;
  const proof = proofOf(failure);
  const at = cause?.lineNumber;
  // Markdown says beside the proof in which line it is, the page beside the log.
  const [atProof, atLog] = medium === 'page' ? [undefined, at] : [at, undefined];
  return {
    line: [
      ...headOf(one),
      ...(proof === undefined ? [': EMR gives no reason'] : [': ', { code: proof }]),
      ...(atProof === undefined ? [] : [` (line ${atProof})`]),
    ],
    below: [
      [
        'Log: ',
        ...(logUri === undefined ? [] : [{ code: logUri }, ', ']),
        `${logStatus(failure)}${atLog === undefined ? '' : `, line ${atLog}`}`,
      ],
    ],
  };
}

/** One line for each of the others. */
function shortEvidence(one: NamedStep): Item {
  const proof = proofOf(one.step.failure, proofLength);
  return proof === undefined ? headOf(one) : [...headOf(one), ': ', { code: proof }];
}

function headOf({ step, name }: NamedStep) {
  return [name, ` (${step.id}${step.state === 'FAILED' ? '' : `, ${step.state}`})`];
}

/** The line that proves a failure, as far as one is known, cut where it is longer than `most`. */
export function proofOf(
  failure: StepFailure | undefined,
  most = Number.POSITIVE_INFINITY,
): string | undefined {
  const proof = failure?.cause?.line ?? failure?.message ?? failure?.reason;
  if (proof === undefined || proof.length <= most) return proof;
  return `${proof.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
