/** A load level in numbers and sentences: what scaleConfigs reports, made from the bytes on disk. */
import { type Coverage, coverageText } from '../domain/coverage.ts';
import { fileRules, schedules } from '../domain/schedules.ts';
import { plural, takeWithinBudget } from '../domain/text.ts';
import { type NotScaled, scanIntervals } from '../intervals/scale.ts';
import { type Change, changedIntervalsIn, changesIn } from './changes.ts';
import { byCause, exceptionsText } from './exceptions.ts';
import { type ExpectedFile, schedulesInScope } from './expected.ts';
import { missingOf, plannedCoverage, type Review } from './review.ts';
import type { ScalePlan } from './scalePlan.ts';

/**
 * A level as a result shows it: numbers against the baseline, and the first rows of every list.
 *
 * @param before the files on disk before the plan is written
 * @param review the files once it is written
 */
export function describeLevel(
  before: readonly ExpectedFile[],
  review: Review,
  plan: ScalePlan,
  coverage: Coverage,
) {
  const { remarks, notScaled } = remarksOn(review);
  return {
    filesChanged: review.changed.length,
    intervalsChanged: review.changed.reduce((sum, one) => sum + changedIntervalsIn(one), 0),
    coverage: shownCoverage(coverage),
    bySchedule: summariseSchedules(review),
    sample: takeWithinBudget(sampleChanges(before, review, 1), 900),
    remarks: takeWithinBudget(remarks, 1600),
    notScaled: takeWithinBudget(notScaled, 1200),
    notScaledTotal: notScaled.length,
    edited: takeWithinBudget(paths(plan.edited), 800),
    editedTotal: plan.edited.length,
    fixesApplied: takeWithinBudget(plan.fixesApplied, 500),
    fixesNotCarried: takeWithinBudget(plan.fixesNotCarried, 500),
  };
}

/** Within the budget of a result; checks of kinds that never scale are counted, not named. */
export function shownCoverage(coverage: Coverage): Coverage {
  const named = coverage.unscaled.filter(({ why }) => why !== 'a kind that the rule leaves alone');
  return {
    ...coverage,
    unscaled: takeWithinBudget(named, 400),
    narrows: takeWithinBudget(coverage.narrows, 300),
    longest: coverage.longest.slice(0, 1),
    missing: coverage.missing.map((one) => ({ ...one, files: takeWithinBudget(one.files, 200) })),
  };
}

function paths(files: readonly ExpectedFile[]): string[] {
  return files.map((one) => one.path);
}

/** One row for each file pattern. */
function summariseSchedules({ files, target }: Review) {
  const inScope = schedulesInScope(target.scope, target.schedule);
  return schedules.flatMap((schedule) => {
    if (!inScope.includes(schedule)) return [];
    const scaling = fileRules.find((rule) => rule.schedule === schedule && rule.scales !== undefined);
    const pattern = scaling?.suffix ?? '_hourly.yml';
    const rows = files.filter((one) => one.rule.suffix === pattern && one.file.diskDigest !== undefined);
    const others = files.filter(
      (one) =>
        one.rule.schedule === schedule && one.rule.suffix !== pattern && one.file.diskDigest !== undefined,
    );
    const changed = rows.filter((one) => one.file.diskDigest !== one.file.baselineDigest);
    return [
      {
        schedule,
        pattern: `*${pattern}`,
        files: rows.length,
        changed: changed.length,
        intervals: changed.reduce((sum, one) => sum + changedIntervalsIn(one), 0),
        ...noteOn(scaling === undefined, others.length, target.load),
      },
    ];
  });
}

function noteOn(unscaled: boolean, others: number, load: number): { note?: string } {
  const notes = [
    unscaled && `skipped: the DAG run spans ${plural(load, 'hour')}`,
    others > 0 && `${others} more of other suffixes, unscaled`,
  ].filter((note) => note !== false);
  return notes.length === 0 ? {} : { note: notes.join('; ') };
}

/** What a reviewer should know besides the changes, the most important first. */
function remarksOn(review: Review) {
  const { schedule } = review.target;
  const missing = missingOf(review, schedule);
  const isMissing = new Set(missing.flatMap(({ files }) => files));
  const others = byCause(review.exceptions.filter(({ file }) => !isMissing.has(file)));
  const invalid: string[] = [];
  const moved: string[] = [];
  const added: string[] = [];
  const notScaled: (Omit<NotScaled, 'kind'> & { file: string })[] = [];
  for (const one of review.files) {
    const { path } = one;
    if (one.invalid !== undefined) invalid.push(`${path}:${one.invalid.line} ${invalidText(one.invalid)}`);
    for (const { line, text } of one.remarks) moved.push(`${path}:${line} ${text}`);
    if (one.file.newOnBranch) added.push(path);
    for (const { kind: _, ...left } of one.notScaled) notScaled.push({ file: path, ...left });
  }
  return {
    remarks: [
      ...missing.map((one) => exceptionsText(one)),
      ...invalid,
      ...outside(review),
      ...moved,
      ...many(added, 'new on the test branch, so the first version there is the baseline'),
      ...others.map((one) => exceptionsText(one)),
    ],
    notScaled,
  };
}

function invalidText({ kind, message }: NonNullable<ExpectedFile['invalid']>): string {
  return kind === 'bytes'
    ? `left alone: ${message}; uploaded unscaled.`
    : `is not valid YAML (${message}): uploaded unscaled.`;
}

function outside({ changedOutside, target }: Review): string[] {
  if (changedOutside === 0) return [];
  const files = plural(changedOutside, 'file');
  return [
    `Changes in ${files} of other schedules are not part of this review and not uploaded (scope ${target.scope}). revertConfigs reverts them; scope all includes them.`,
  ];
}

function many(paths: readonly string[], what: string): string[] {
  if (paths.length === 0) return [];
  const shown = paths.slice(0, 4).join(', ');
  return [`${plural(paths.length, 'file')} (${shown}${paths.length > 4 ? ', …' : ''}): ${what}.`];
}

/** What the seed shows of a level: how many files of which kind, where, and the answer that is waited for. */
function levelLines(review: Review, location?: string): string[] {
  const { load } = review.target;
  const coverage = plannedCoverage(review);
  return [
    `Modified ${plural(review.changed.length, 'config file')} for ${load}x load`,
    ...summariseSchedules(review).map(({ changed, pattern, schedule }) => {
      const skipped = schedule === 'hourly' ? ' (skipped - uses runtime params)' : '';
      return `- ${plural(changed, 'file')} in ${pattern}${skipped}`;
    }),
    ...(location === undefined ? [] : [`Changes location: ${location}`]),
    ...(load === 1 ? [] : [`Load: ${coverageText(coverage)}`]),
  ];
}

/** One line of a change: `12: INTERVAL '3' hour -> INTERVAL '5' hour (a known fix, instead of INTERVAL '6' hour)`. */
function changeLine({ line, before, after, scaled }: Change, isFix: boolean): string {
  const instead =
    scaled === undefined ? '' : ` (${isFix ? 'a known fix' : 'set by a person'}, instead of ${scaled})`;
  return `${line}: ${before.trim()} -> ${after.trim()}${instead}`;
}

/** The lines that are not baseline × load: what fixInterval or a person set. */
export function setLines(files: Review['files']): string[] {
  return files.flatMap((one) => {
    if (one.file.diskDigest === one.scaledDigest) return [];
    const isFix = one.fix !== undefined && one.fix.digest === one.file.diskDigest;
    const scaled = new Set(one.changes.map(({ before, after }) => `${before}\0${after}`));
    return changesIn(one)
      .rows.filter((change) => isSet(change) || !scaled.has(`${change.before}\0${change.after}`))
      .map((change) => `${one.path}:${changeLine(change, isFix)}`);
  });
}

/** The body of the commit of a level: what it holds, as the review showed it. */
export function commitBody(review: Review): string {
  const lines = setLines(review.files);
  const set = lines.length === 0 ? [] : ['Not baseline × load:', ...lines.map((line) => `- ${line}`)];
  return [...levelLines(review), ...set].join('\n');
}

/** The file of a review, which lists all of it: each change, each check at 1x, each file that does not run, each remark. */
export function changesText(review: Review, location: string): string {
  return [...changesLines(review, location)].join('\n');
}

/** The same line by line: of many files it is long. */
export function* changesLines(review: Review, location: string): Generator<string> {
  const { remarks, notScaled } = remarksOn(review);
  const { changed, reviewId, baseCommit, target } = review;
  const coverage = plannedCoverage(review);
  const exceptions = byCause(review.exceptions);
  yield* [`# ${target.load}x, review ${reviewId}`, '', ...levelLines(review, location)];
  yield 'Review the git diff. Reply "approved" to continue, or say what is wrong.';
  yield* [
    '',
    `## Changed against the baseline ${baseCommit.slice(0, 12)} (${plural(changed.length, 'file')})`,
  ];
  for (const one of changed) {
    const isFix = one.fix !== undefined && one.fix.digest === one.file.diskDigest;
    yield* ['', `${one.path}${isFix ? ` (known fix, ${one.fix?.origin})` : ''}`];
    for (const change of changesIn(one).rows) yield `  ${changeLine(change, isFix)}`;
  }
  yield* ['', `## ${target.schedule} checks that run at 1x (${coverage.unscaledTotal})`];
  for (const { file, why } of coverage.unscaled) yield `  ${file}: ${why}`;
  yield* ['', `## Scaled checks that read less at a higher load (${coverage.narrows.length})`];
  for (const file of coverage.narrows) yield `  ${file}`;
  yield* ['', '## Longest windows after scaling: does the table keep that much?'];
  for (const { file, window } of coverage.longest) yield `  ${file}: ${window}`;
  yield* ['', `## Files that do not run (${review.exceptions.length})`];
  for (const one of exceptions) {
    yield `  ${exceptionsText(one, 0)}`;
    for (const file of one.files) yield `    ${file}`;
  }
  yield* ['', `## Left unscaled (${notScaled.length})`];
  for (const one of notScaled) yield `  ${one.file}:${one.line}: ${one.text} (${one.reason})`;
  yield* ['', `## Remarks (${remarks.length})`];
  for (const remark of remarks) yield `  ${remark}`;
  yield '';
}

/**
 * The first change of a few files of the schedule under test, of others where none of it changed: the literal in the
 * baseline, on disk before, and on disk now.
 */
function sampleChanges(before: readonly ExpectedFile[], review: Review, most: number) {
  const ofSchedule = review.changed.filter(({ rule }) => rule.schedule === review.target.schedule);
  const shown = firstChanges(ofSchedule.length > 0 ? ofSchedule : review.changed, most);
  return [...shown].map(([one, { line, before: baseline, after, scaled }]) => {
    const earlier = before.find(({ path }) => path === one.path);
    const onDisk = literalOnDisk(earlier, line) ?? baseline;
    const row = { file: one.path, line, before: onDisk, after };
    const known = onDisk === baseline ? {} : { baseline };
    return { ...row, ...known, ...(scaled !== undefined && { scaled }) };
  });
}

/** What a person set comes first: it is what a reviewer has to see. */
function firstChanges(files: readonly ExpectedFile[], most: number): Map<ExpectedFile, Change> {
  const shown = new Map<ExpectedFile, Change>();
  const show = (one: ExpectedFile, change: Change | undefined) => {
    if (change !== undefined && shown.size < most && !shown.has(one)) shown.set(one, change);
  };
  for (const one of files)
    if (one.file.diskDigest !== one.scaledDigest) show(one, changesIn(one).rows.find(isSet));
  for (const one of files) if (shown.size < most) show(one, changesIn(one).rows[0]);
  return shown;
}

function isSet({ scaled }: Change): boolean {
  return scaled !== undefined;
}

/** Scaling keeps every line in its place, so the literal that is replaced is on the same line. */
function literalOnDisk(one: ExpectedFile | undefined, line: number): string | undefined {
  const { disk } = one?.file ?? {};
  if (disk === undefined || one?.rule.scales === undefined) return undefined;
  const { literals } = scanIntervals(disk, one.rule.scales);
  return literals.find((literal) => literal.line === line)?.text;
}
