/** Rounds for the tests of the report: steps with stamps in seconds after the round's start. */
import type { Coverage } from '../../src/domain/coverage.ts';
import { ruleFor, type Schedule } from '../../src/domain/schedules.ts';
import type { Step } from '../../src/ports/aws.ts';
import type { RoundFacts } from '../../src/report/model/facts.ts';

export const startMs = Date.parse('2025-12-07T20:30:00.000Z');
const configsPrefix = 'checks_load_test/configs';

export interface StepTimes {
  readonly created?: number;
  readonly started?: number | undefined;
  readonly ended?: number | undefined;
  readonly state?: string;
  readonly load?: number;
  readonly failure?: Step['failure'];
  readonly arguments?: readonly string[];
}

/** A step of the check `name` (`check_events_15m`) of the 15m schedule; COMPLETED unless said otherwise. */
export function stepOf(name: string, times: StepTimes, id = `s-${name}`): Step {
  const load = times.load ?? 2;
  return {
    id,
    name: `${name}_${load}x`,
    state: times.state ?? 'COMPLETED',
    arguments: times.arguments ?? [
      'spark-submit',
      '--config',
      `s3://bucket/${configsPrefix}/15m/${load}x/${name}.yml`,
      '--run-id',
      'manual__1',
    ],
    createdMs: startMs + (times.created ?? 0) * 1000,
    ...(times.started !== undefined && { startedMs: startMs + times.started * 1000 }),
    ...(times.ended !== undefined && { endedMs: startMs + times.ended * 1000 }),
    ...(times.failure && { failure: times.failure }),
  };
}

/** `count` steps that run on `slots` slots one after the other, all submitted at once. */
export function evenRound(count: number, slots: number, secondsOf: (index: number) => number): Step[] {
  const freeAt = Array.from({ length: slots }, () => 5);
  return Array.from({ length: count }, (_, index) => {
    const slot = freeAt.indexOf(Math.min(...freeAt));
    const started = freeAt[slot] ?? 0;
    const ended = started + secondsOf(index);
    freeAt[slot] = ended;
    return stepOf(`check_${String(index).padStart(4, '0')}_15m`, { started, ended });
  });
}

/** A coverage in which only these checks run at 1x, however many there are. */
export function covering(
  unscaledFiles: readonly string[],
  schedule: Schedule = '15m',
  checks = 40,
): Coverage {
  const why = 'no interval' as const;
  return {
    schedule,
    checks,
    scaled: checks - unscaledFiles.length,
    unscaled: unscaledFiles.map((file) => ({ file, why })),
    unscaledTotal: unscaledFiles.length,
    kinds: 0,
    narrows: [],
    longest: [],
    missing: [],
  };
}

/** The coverage by the suffixes alone: every check whose rule has a unit is scaled. */
function coverageOfSteps(steps: readonly Step[], schedule: Schedule = '15m'): Coverage {
  const names = [...new Set(steps.map(({ name }) => `${name.replace(/_\d+x$/, '')}.yml`))];
  const unscaled = names.filter((name) => ruleFor(name)?.scales === undefined && schedule !== 'hourly');
  return covering(unscaled, schedule, names.length);
}

export function factsOf(steps: readonly Step[], more: Partial<RoundFacts> = {}): RoundFacts {
  return {
    load: 2,
    schedule: '15m',
    coverage: coverageOfSteps(steps, more.schedule),
    round: 1,
    clusterId: 'j-2ABCDEFG12345',
    windowSeconds: 900,
    startedAtText: '2025-12-07T15:30:00.123456-05:00',
    steps,
    failures: new Map(),
    partial: false,
    knownFromDiskOnly: 0,
    configsPrefix,
    version: '0.1.0',
    earlier: [],
    warnings: [],
    ...more,
  };
}
