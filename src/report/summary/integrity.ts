import { cleanLine } from '../../domain/foreignText.ts';
import { fromUri, stemOf } from '../../domain/stepIdentity.ts';
import { plural } from '../../domain/text.ts';
import { byText, checkKey, groupBy } from '../model/checkKey.ts';
import type { RoundFacts } from '../model/facts.ts';
import type { Integrity, ReportStep } from '../model/model.ts';
import { bucketOf } from '../steps/checkTimes.ts';
import { pathLength } from '../steps/measuredSteps.ts';

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

const namesShown = 5;
const nameLength = 80;

/** What a reader must know before trusting the numbers; our own words. */
export function warn(
  facts: RoundFacts,
  load: number,
  integrity: Integrity,
  steps: readonly ReportStep[],
  isPart: boolean,
): string[] {
  const { missing, duplicate, foreign, unfinished, runIds } = integrity;
  const started = steps.filter(({ startedAt }) => startedAt !== null);
  const startedTooSoon = started.filter(({ queueSeconds }) => queueSeconds === null).length;
  const endedTooSoon = started.filter(
    ({ endedAt, runSeconds }) => endedAt !== null && runSeconds === null,
  ).length;
  const startless = steps.filter(endedWithoutStart);
  const completed = steps.filter((step) => step.state === 'COMPLETED').length;
  return [
    facts.clusterFailure !== undefined &&
      `The cluster failed during the round (${cleanLine(facts.clusterFailure, 300)}): ${completed} of ${plural(steps.length, 'step')} completed.`,
    ...facts.warnings,
    load !== facts.load &&
      `The steps ran at ${load}x, the round was marked as ${facts.load}x: this report is of ${load}x.`,
    // The verdict of a partial round says how many were left out.
    missing.length > 0 &&
      !isPart &&
      `${plural(missing.length, 'uploaded check')} did not run in this round: ${named(missing)}.`,
    duplicate.length > 0 &&
      `${plural(duplicate.length, 'check')} ran more than once in this round, and every run counts: ${named(duplicate.map((one) => one.check))}.`,
    foreign.length > 0 &&
      `${plural(foreign.length, 'step')} of another load, schedule or upload ran in this round, and count, because they took slots: ${named(foreign.map((one) => `${one.name} (${one.why})`))}.`,
    unfinished.length > 0 &&
      `${plural(unfinished.length, 'step')} had not finished when this was written: every figure is provisional.`,
    runIds.length > 1 && `Steps of ${runIds.length} DAG runs lie in this round's time: rounds overlap.`,
    startedTooSoon > 0 &&
      `${plural(startedTooSoon, 'step')} started before ${startedTooSoon === 1 ? 'it was' : 'they were'} submitted by EMR's stamps, so how long ${itThey(startedTooSoon)} waited is not known.`,
    endedTooSoon > 0 &&
      `${plural(endedTooSoon, 'step')} ended before ${itThey(endedTooSoon)} started by EMR's stamps, so how long ${itThey(endedTooSoon)} ran is not known.`,
    startless.length > 0 &&
      `${plural(startless.length, 'step')} ended without a start by EMR's stamps, so how long they waited and ran is not known, and no such figure counts them: ${named(startless.map((step) => step.name))}.`,
    facts.knownFromDiskOnly > 0 &&
      `EMR shows only the last 1,000 steps: ${plural(facts.knownFromDiskOnly, 'step')} came from what earlier looks kept on disk.`,
  ].filter((text) => text !== false);
}

function itThey(count: number): string {
  return count === 1 ? 'it' : 'they';
}

/** A step that was cancelled before its turn has no start, and needs none. */
function endedWithoutStart({ state, startedAt }: ReportStep): boolean {
  const bucket = bucketOf(state);
  return startedAt === null && bucket !== 'cancelled' && bucket !== 'unfinished';
}

/** The first few by name; report.json has them all. */
function named(names: readonly string[]): string {
  const more = names.length - namesShown;
  return (
    names
      .slice(0, namesShown)
      .map((name) => cleanLine(name, nameLength))
      .join(', ') + (more > 0 ? ` and ${more} more, in report.json` : '')
  );
}
