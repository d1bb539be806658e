/** A load level in numbers and sentences: what scaleConfigs reports, and the file that lists all of it. */
import { fileRules, type Schedule, schedules } from '../domain/schedules.ts';
import { plural, takeWithinBudget } from '../domain/text.ts';
import { scanIntervals } from '../intervals/scale.ts';
import { type ExpectedFile, schedulesInScope } from './expected.ts';
import type { Review, ReviewTarget } from './review.ts';
import type { ScalePlan } from './scalePlan.ts';

/** A level as a result shows it: numbers against the baseline, and the first rows of every list. */
export function describeLevel(before: Review, review: Review, plan: ScalePlan, target: ReviewTarget) {
  const { remarks, notScaled } = remarksOn(review);
  const sampled = plan.writes.length > 0 ? plan.writes : before.changed;
  return {
    filesChanged: review.changed.length,
    intervalsChanged: review.changed.reduce((sum, one) => sum + one.changes.length, 0),
    bySchedule: summariseSchedules(
      review.files,
      target.load,
      schedulesInScope(target.scope, target.schedule),
    ),
    sample: takeWithinBudget(sampleChanges(sampled, 5), 1200),
    remarks: takeWithinBudget(remarks, 1600),
    notScaled: takeWithinBudget(notScaled, 1200),
    notScaledTotal: notScaled.length,
    edited: takeWithinBudget(paths(plan.edited), 800),
    editedTotal: plan.edited.length,
    fixesApplied: takeWithinBudget(plan.fixesApplied, 500),
    fixesNotCarried: takeWithinBudget(plan.fixesNotCarried, 500),
  };
}

function paths(files: readonly ExpectedFile[]): string[] {
  return files.map((one) => one.path);
}

/** One row for each file pattern. */
function summariseSchedules(
  files: readonly ExpectedFile[],
  load: number,
  schedulesInScope: readonly Schedule[],
) {
  return schedules.flatMap((schedule) => {
    if (!schedulesInScope.includes(schedule)) return [];
    const scaling = fileRules.find((rule) => rule.schedule === schedule && rule.scales !== undefined);
    const pattern = scaling?.suffix ?? '_hourly.yml';
    const rows = files.filter((one) => one.rule.suffix === pattern);
    const others = files.filter((one) => one.rule.schedule === schedule && one.rule.suffix !== pattern);
    const changed = rows.filter((one) => one.digest !== one.file.baselineDigest);
    return [
      {
        schedule,
        pattern: `*${pattern}`,
        files: rows.length,
        changed: changed.length,
        intervals: changed.reduce((sum, one) => sum + one.changes.length, 0),
        ...noteOn(schedule, scaling === undefined, others.length, load),
      },
    ];
  });
}

function noteOn(schedule: Schedule, unscaled: boolean, others: number, load: number): { note?: string } {
  const notes = [
    unscaled && `not scaled: the DAG run passes ts_start and ts_end ${plural(load, 'hour')} apart`,
    others > 0 && `${plural(others, `more ${schedule} file`)} with other suffixes, uploaded unscaled`,
  ].filter((note) => note !== false);
  return notes.length === 0 ? {} : { note: notes.join('; ') };
}

/** What a reviewer should know besides the changes, the most important first. */
function remarksOn(review: Review) {
  const invalid = review.files.flatMap((one) =>
    one.invalid === undefined
      ? []
      : [
          one.invalid.kind === 'bytes'
            ? `${one.path}:${one.invalid.line} left alone: ${one.invalid.message}; not scaled, uploaded as it is.`
            : `${one.path}:${one.invalid.line} is not valid YAML (${one.invalid.message}): not scaled, uploaded as it is.`,
        ],
  );
  const moved = review.files.flatMap((one) =>
    one.remarks.map((remark) => `${one.path}:${remark.line} ${remark.text}`),
  );
  const unloaded = review.files
    .filter((one) => one.noLiteral && one.notScaled.length === 0)
    .map((one) => one.path);
  const added = review.files.filter((one) => one.file.newOnBranch).map((one) => one.path);
  return {
    remarks: [
      ...invalid,
      ...outside(review),
      ...many(unloaded, 'no interval in the scaled unit, so the load of these checks does not change'),
      ...moved,
      ...many(added, 'new on the test branch, so the first version there is the baseline'),
      ...many(review.unrecognised, 'not named like a 15m, hourly or daily check, so never uploaded'),
      ...many(
        review.untracked,
        'not in git yet, so without a baseline: neither scaled nor uploaded; commit to include',
      ),
    ],
    notScaled: review.files.flatMap((one) =>
      one.notScaled.map((unscaled) => ({ file: one.path, ...unscaled })),
    ),
  };
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

/** The file that lists everything: each change against the baseline, each unscaled interval, each remark. */
export function changesText(review: Review, title: string): string {
  const { remarks, notScaled } = remarksOn(review);
  const changed = review.files.filter((one) => one.digest !== one.file.baselineDigest);
  return [
    `# ${title}`,
    '',
    `## Changed against the baseline ${review.baseCommit.slice(0, 12)} (${plural(changed.length, 'file')})`,
    ...changed.flatMap((one) => [
      '',
      `${one.path}${one.fix === undefined ? '' : ` (known fix, ${one.fix.origin})`}`,
      ...one.changes.map((change) => `  ${change.line}: ${change.before} -> ${change.after}`),
    ]),
    '',
    `## Left unscaled (${notScaled.length})`,
    ...notScaled.map((one) => `  ${one.file}:${one.line}: ${one.text} (${one.reason})`),
    '',
    `## Remarks (${remarks.length})`,
    ...remarks.map((remark) => `  ${remark}`),
    '',
  ].join('\n');
}

/**
 * The first change of a few files, taken in turn from each kind of file, so that every rule is shown once: the
 * literal in the baseline, on disk before, and after.
 */
function sampleChanges(files: readonly ExpectedFile[], most: number) {
  const kinds = new Map<string, ExpectedFile[]>();
  for (const one of files) {
    const kind = kinds.get(one.rule.suffix) ?? [];
    if (kind.length < most && one.changes.length > 0) kinds.set(one.rule.suffix, [...kind, one]);
  }
  const chosen: ExpectedFile[] = [];
  for (let turn = 0; chosen.length < most && turn < most; turn += 1)
    for (const kind of kinds.values()) {
      const one = kind[turn];
      if (one !== undefined && chosen.length < most) chosen.push(one);
    }
  return chosen.flatMap((one) => {
    const [change] = one.changes;
    if (change === undefined) return [];
    const { line, before: baseline, after } = change;
    return [{ file: one.path, line, baseline, before: literalOnDisk(one, line) ?? baseline, after }];
  });
}

/** Scaling keeps every line in its place, so the literal that is replaced is on the same line. */
function literalOnDisk(one: ExpectedFile, line: number): string | undefined {
  if (one.file.disk === undefined || one.rule.scales === undefined) return undefined;
  const { literals } = scanIntervals(one.file.disk, one.rule.scales);
  return literals.find((literal) => literal.line === line)?.text;
}
