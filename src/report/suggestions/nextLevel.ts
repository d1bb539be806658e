import { formatDuration, percent, windowName } from '../../domain/text.ts';
import type { Bottleneck } from '../model/evidence.ts';
import type { Suggestion } from '../model/findings.ts';
import type { Report } from '../model/model.ts';
import { isFit } from '../model/outcomes.ts';
import type { SuggestionFacts } from '../toFit/facts.ts';
import { type LongCheck, longestChecks } from '../toFit/longest.ts';

/** A check above half of the window exceeds it at twice the load. A change that saves less than a tenth of a check is not worth a round. */
const targetShare = 0.5;
const worthShare = 0.9;

/** Of a round that fits: the longest check, where the next level may not fit because of it. */
export function nextLevel(facts: SuggestionFacts): Suggestion[] {
  const { verdict, counts } = facts;
  const [longest] = longestChecks(facts);
  const target = targetShare * verdict.windowSeconds;
  if (!isFit(verdict) || !longest || counts.total < 2 || worthShare * longest.seconds < target) return [];
  const bottleneck = bottleneckOf(facts, longest);
  return [
    {
      id: `longest-step:${longest.check}`,
      check: longest.check,
      title: `Tune ${longest.check} before a higher load`,
      measured: `alone it runs ${shareText(longest, verdict.windowSeconds)}${bottleneck ? `; by its event log ${bottleneck.text}` : ''}`,
      setting: `the query of ${longest.check}${bottleneck ? ` (${fixes[bottleneck.kind]})` : ''}`,
      from: formatDuration(longest.seconds),
      to: `at most ${formatDuration(target)}: half of the window`,
      expected: 'twice the load may still fit; more slots cannot help it',
      success: `${longest.check} takes at most ${formatDuration(target)}.`,
    },
  ];
}

const shown = 3;

/** The longest checks, whether or not the round fits: `check_a 18m 41s (125% of the 15-minute window)`. Names are foreign. */
export function longestText(report: Report): string | undefined {
  const checks = longestChecks(report).slice(0, shown);
  if (checks.length === 0) return undefined;
  return checks
    .map((one) => {
      const bottleneck = bottleneckOf(report, one);
      const why = bottleneck ? `; by its event log ${bottleneck.text}` : '';
      return `${one.check} ${shareText(one, report.verdict.windowSeconds)}${why}`;
    })
    .join(', ');
}

function shareText({ seconds }: LongCheck, windowSeconds: number): string {
  return `${formatDuration(seconds)} (${percent(seconds / windowSeconds)} of the ${windowName(windowSeconds)} window)`;
}

const fixes: Readonly<Record<Bottleneck['kind'], string>> = {
  driver_only: 'what its driver does alone',
  one_task: 'the stage of a single task',
  skew: 'the skewed key',
  spill: 'partitions or memory of the stage that spills',
  gc: 'the memory of its executors',
  python: 'its Python function',
  tiny_tasks: 'the number of its partitions',
  recovered_failures: 'the failures that it recovered from',
};

/** The bottleneck that the event log of a check's longest run shows. */
function bottleneckOf(
  { steps }: Pick<Report, 'steps'>,
  { check, seconds }: LongCheck,
): Bottleneck | undefined {
  const run = steps.find((step) => step.check === check && step.runSeconds === seconds);
  return run?.evidence?.bottleneck ?? undefined;
}
