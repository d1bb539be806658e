import { plural } from '../../../domain/text.ts';
import { historyLines } from '../../failures/failureGroups.ts';
import { logStatus } from '../../failures/logs.ts';
import type { Report, ReportStep } from '../../model/model.ts';
import { code, plain } from './sections.ts';

const groupsShown = 15;
const stepsShown = 10;

/** What failed, by cause, with the line that proves it; then whether it is because of the load. */
export function failedSection(report: Report): string {
  const byId = new Map(report.steps.map((step) => [step.id, step]));
  const shown = report.failures.slice(0, groupsShown);
  const more = report.failures.length - shown.length;
  const body = shown.map((group) => groupText(group, byId, report.load));
  return [
    '## Failed Steps',
    body.length === 0 ? 'None.' : body.join('\n\n'),
    ...(more > 0 ? ['', `And ${plural(more, 'more cause')}, in report.json.`] : []),
  ].join('\n');
}

function groupText(
  group: Report['failures'][number],
  byId: ReadonlyMap<string, ReportStep>,
  load: number,
): string {
  const steps = group.steps.flatMap((id) => byId.get(id) ?? []);
  const kind = group.class === 'unknown' ? '' : ` (${group.class})`;
  const lines = steps.slice(0, stepsShown).flatMap((step, index) => stepLines(step, index === 0));
  const more = steps.length - stepsShown;
  return [
    `### ${plain(group.title)}${kind}: ${plural(steps.length, 'step')}`,
    ...lines,
    ...(more > 0 ? [`- and ${plural(more, 'more step')}, in report.json`] : []),
    ...historyLines(group, load).map((line) => `- ${plain(line)}`),
  ].join('\n');
}

/** The whole evidence for the first step of a group, one line for each of the others. */
function stepLines(step: ReportStep, first: boolean): string[] {
  const { failure } = step;
  const proof = failure?.cause?.line ?? failure?.message ?? failure?.reason;
  const state = step.state === 'FAILED' ? '' : `, ${plain(step.state)}`;
  const head = `- ${plain(step.name)} (${plain(step.id)}${state})`;
  if (!failure) return [head];
  const where = failure.cause?.lineNumber === undefined ? '' : ` (line ${failure.cause.lineNumber})`;
  const full = [
    proof === undefined ? `${head}: EMR gives no reason` : `${head}: ${code(proof)}${where}`,
    ...(failure.cause && failure.cause.symptoms.length > 0
      ? [`  - Then: ${failure.cause.symptoms.slice(0, 4).map(plain).join('; ')}`]
      : []),
    `  - Log: ${failure.logUri === undefined ? '' : `${code(failure.logUri)}, `}${logStatus(failure)}`,
  ];
  return first ? full : [proof === undefined ? head : `${head}: ${code(shortened(proof))}`];
}

function shortened(text: string): string {
  return text.length <= 160 ? text : `${text.slice(0, 159).replace(/[\ud800-\udbff]$/, '')}…`;
}
