import { plural } from '../../../domain/text.ts';
import { historyLines } from '../../failures/failureGroups.ts';
import { logStatus } from '../../failures/logs.ts';
import type { Report, ReportStep } from '../../model/model.ts';
import type { Block, Line } from './pageData.ts';
import { type Places, stepPiece } from './pieces.ts';

const groupsShown = 15;
const stepsShown = 10;

/** What failed, by cause, with the line that proves it; then whether it is because of the load. */
export function failureBlocks(report: Report, places: Places): Block[] {
  if (report.failures.length === 0) return [{ kind: 'paragraph', line: 'None.' }];
  const more = report.failures.length - groupsShown;
  return [
    ...report.failures.slice(0, groupsShown).flatMap((group) => groupBlocks(group, report, places)),
    ...(more > 0
      ? [{ kind: 'paragraph', line: `And ${plural(more, 'more cause')}, in report.json.` } as const]
      : []),
  ];
}

function groupBlocks(group: Report['failures'][number], report: Report, places: Places): Block[] {
  const kind = group.class === 'unknown' ? '' : ` (${group.class})`;
  const items = group.steps.slice(0, stepsShown).flatMap((id, index) => {
    const step = report.steps[places.get(id) ?? -1];
    return step ? stepLines(step, stepPiece(report, places, id), index === 0) : [];
  });
  const more = group.steps.length - stepsShown;
  return [
    { kind: 'heading', line: `${group.title}${kind}: ${plural(group.steps.length, 'step')}` },
    {
      kind: 'list',
      items: [
        ...items,
        ...(more > 0 ? [`and ${plural(more, 'more step')}, in the table of all steps`] : []),
        ...historyLines(group, report.load),
      ],
    },
  ];
}

/** The whole evidence for the first step of a group, one line for each of the others. */
function stepLines(step: ReportStep, name: ReturnType<typeof stepPiece>, first: boolean): Line[] {
  const { failure } = step;
  const proof = failure?.cause?.line ?? failure?.message ?? failure?.reason;
  const state = step.state === 'FAILED' ? '' : `, ${step.state}`;
  const head = [name, ` (${step.id}${state})`];
  const line: Line =
    proof === undefined
      ? [...head, ...(first ? [': EMR gives no reason'] : [])]
      : [...head, ': ', { code: first ? proof : shortened(proof) }];
  if (!failure || !first) return [line];
  const { cause, logUri } = failure;
  return [
    line,
    ...(cause && cause.symptoms.length > 0 ? [`Then: ${cause.symptoms.slice(0, 4).join('; ')}`] : []),
    [
      'Log: ',
      ...(logUri === undefined ? [] : [{ code: logUri }, ', ']),
      `${logStatus(failure)}${cause?.lineNumber === undefined ? '' : `, line ${cause.lineNumber}`}`,
    ],
  ];
}

function shortened(text: string): string {
  return text.length <= 160 ? text : `${text.slice(0, 159).replace(/[\ud800-\udbff]$/, '')}…`;
}
