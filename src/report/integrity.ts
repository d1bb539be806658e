import { cleanLine } from '../domain/foreignText.ts';
import { fromUri, stemOf } from '../domain/stepIdentity.ts';
import { byText, checkKey, groupBy } from './model/checkKey.ts';
import type { RoundFacts } from './model/facts.ts';
import type { Integrity, ReportStep } from './model/model.ts';
import { bucketOf } from './steps/checkTimes.ts';
import { pathLength } from './steps/measuredSteps.ts';

/** The checks that were uploaded against the steps that were found. */
export function checkIntegrity(
  facts: Pick<RoundFacts, 'expectedChecks' | 'configsPrefix' | 'schedule'>,
  load: number,
  steps: readonly ReportStep[],
): Integrity {
  const expected = facts.expectedChecks?.map((check) =>
    // Cleaned as the paths of the steps are, so that the two can be compared.
    cleanLine(fromUri(check, facts.configsPrefix)?.path ?? check, pathLength),
  );
  const isExpected = expected && expectedAmong(expected);
  return {
    expected: expected ? new Set(expected).size : null,
    missing: missingChecks(expected ?? [], steps),
    duplicate: duplicates(steps),
    foreign: steps.flatMap((step) => {
      const why = foreignBecause(step, facts.schedule, load, isExpected);
      return why === undefined ? [] : [{ id: step.id, name: step.name, why }];
    }),
    unfinished: steps.filter((step) => bucketOf(step.state) === 'unfinished').map((step) => step.id),
    runIds: [...new Set(steps.flatMap((step) => step.runId ?? []))].sort(byText),
  };
}

/** A step whose arguments contain no config URI is known by its stem alone; so is a check given without an ending. */
function missingChecks(expected: readonly string[], steps: readonly ReportStep[]): string[] {
  const paths = new Set(steps.flatMap((step) => step.path ?? []));
  const stems = new Set(steps.map((step) => step.check));
  const stemsWithoutPath = new Set(steps.flatMap((step) => (step.path === undefined ? step.check : [])));
  const ran = (check: string) =>
    paths.has(check) || stemsWithoutPath.has(stemOf(check)) || (check === stemOf(check) && stems.has(check));
  return [...new Set(expected)].filter((check) => !ran(check)).sort(byText);
}

function duplicates(steps: readonly ReportStep[]): Integrity['duplicate'] {
  const byCheck = groupBy(steps, checkKey);
  return [...byCheck.values()]
    .filter((same) => same.length > 1)
    .map((same) => ({ check: same[0]?.path ?? same[0]?.check ?? '', steps: same.map((step) => step.id) }));
}

/** A check that was given by its stem alone is any of that name; a step without a path is known by its stem alone. */
function expectedAmong(expected: readonly string[]): (step: ReportStep) => boolean {
  const given = new Set(expected);
  const stems = new Set(expected.map(stemOf));
  return ({ path, check }) => (path === undefined ? stems.has(check) : given.has(path) || given.has(check));
}

function foreignBecause(
  step: ReportStep,
  schedule: string,
  load: number,
  isExpected: ((step: ReportStep) => boolean) | undefined,
): string | undefined {
  if (step.load !== load) return `runs at ${step.load}x`;
  if (step.schedule !== schedule) return `belongs to ${step.schedule}`;
  if (isExpected && !isExpected(step)) return 'was not uploaded for this load';
  return undefined;
}
