import type { Report, ReportStep } from '../../model/model.ts';
import { stampsOf } from '../../steps/occupancy.ts';
import type { StepColumns } from './pageData.ts';

/** Lines that prove a failure are kept for this many steps: the groups of causes are clear long before. */
const provenSteps = 40;
const proofLength = 240;

/** The steps of a report by column, in the report's order. */
export function stepColumns(report: Report): StepColumns {
  const { steps } = report;
  const stateNames = [...new Set(steps.map((step) => step.state))];
  const stamps = steps.map(stampsOf);
  return {
    names: steps.map((step) => oneLine(step.name)).join('\n'),
    ids: steps.map((step) => oneLine(step.id)).join('\n'),
    states: steps.map((step) => stateNames.indexOf(step.state)),
    stateNames,
    created: stamps.map(({ createdMs }, index) => createdMs - (stamps[index - 1]?.createdMs ?? createdMs)),
    started: stamps.map(({ createdMs, startedMs }) => since(createdMs, startedMs)),
    ended: stamps.map(({ createdMs, endedMs }) => since(createdMs, endedMs)),
    ...ratiosOf(report),
    causes: causesOf(report),
  };
}

function ratiosOf({ comparison, steps }: Report): Pick<StepColumns, 'ratios'> {
  if (!comparison?.comparable) return {};
  const ratios = new Map(comparison.checks.map((check) => [check.check, Math.round(check.ratio * 100)]));
  return {
    ratios: steps.map((step) =>
      step.state === 'COMPLETED' ? (ratios.get(step.path ?? step.check) ?? null) : null,
    ),
  };
}

function causesOf({ failures, steps }: Report): StepColumns['causes'] {
  const places = new Map(steps.map((step, place) => [step.id, place]));
  const causes: Record<number, readonly [string, string?]> = {};
  let proven = 0;
  for (const group of failures)
    for (const id of group.steps) {
      const place = places.get(id);
      const step = place === undefined ? undefined : steps[place];
      if (place === undefined || !step) continue;
      const proof = proven < provenSteps ? proofOf(step) : undefined;
      if (proof !== undefined) proven++;
      causes[place] = proof === undefined ? [group.title] : [group.title, proof];
    }
  return causes;
}

function proofOf({ failure }: ReportStep): string | undefined {
  const proof = failure?.cause?.line ?? failure?.message ?? failure?.reason;
  return proof === undefined || proof.length <= proofLength ? proof : `${proof.slice(0, proofLength - 1)}…`;
}

function since(createdMs: number, atMs: number | null): number | null {
  return atMs === null ? null : atMs - createdMs;
}

/** A report.json that somebody edited may contain what EMR's names cannot. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
