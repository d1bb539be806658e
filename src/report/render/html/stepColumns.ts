import type { Report } from '../../model/model.ts';
import { stampsOf } from '../../steps/occupancy.ts';
import { proofOf } from '../sections/failures.ts';
import { ratiosOf } from '../sections/index.ts';
import type { StepColumns } from './pageData.ts';

/** Lines that prove a failure are kept for this many steps: the groups of causes are clear long before. */
const provenSteps = 40;
const proofLength = 240;

/** The steps of a report by column, in the report's order. */
export function stepColumns(report: Report): StepColumns {
  const { steps } = report;
  const stateNames = [...new Set(steps.map((step) => step.state))];
  const stamps = steps.map(stampsOf);
  const ratios = ratiosOf(report);
  return {
    names: steps.map((step) => oneLine(step.name)).join('\n'),
    ids: steps.map((step) => oneLine(step.id)).join('\n'),
    states: steps.map((step) => stateNames.indexOf(step.state)),
    stateNames,
    created: stamps.map(({ createdMs }, index) => createdMs - (stamps[index - 1]?.createdMs ?? createdMs)),
    started: stamps.map(({ createdMs, startedMs }) => since(createdMs, startedMs)),
    ended: stamps.map(({ createdMs, endedMs }) => since(createdMs, endedMs)),
    ...(ratios && { ratios: steps.map((step) => hundredths(ratios.of(step))) }),
    causes: causesOf(report),
  };
}

function causesOf(report: Report): StepColumns['causes'] {
  const places = new Map(report.steps.map((step, place) => [step.id, place]));
  const causes: Record<number, readonly [string, string?]> = {};
  let proven = 0;
  for (const group of report.failures)
    for (const id of group.steps) {
      const place = places.get(id);
      if (place === undefined) continue;
      const proof = proven < provenSteps ? proofOf(report.steps[place]?.failure, proofLength) : undefined;
      if (proof !== undefined) proven++;
      causes[place] = proof === undefined ? [group.title] : [group.title, proof];
    }
  return causes;
}

function hundredths(ratio: number | undefined): number | null {
  return ratio === undefined ? null : Math.round(ratio * 100);
}

function since(createdMs: number, atMs: number | null): number | null {
  return atMs === null ? null : atMs - createdMs;
}

/** A report.json that somebody edited may contain what EMR's names cannot. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
