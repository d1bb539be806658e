/** Rounds and steps for the tests of this folder: minutes after noon. */
import type { Step } from '../../src/ports/aws.ts';
import type { Round } from '../../src/state/session.ts';

export const prefix = 'checks_load_test/configs';
export const noon = Date.parse('2025-12-08T12:00:00Z');
export const minute = 60_000;
export const at = (minutes: number) => new Date(noon + minutes * minute).toISOString();

export function round(number: number, minutes: number, facts: Partial<Round> = {}): Round {
  return {
    round: number,
    load: 2,
    schedule: '15m',
    startedAt: at(minutes),
    clock: { source: 'aws', skewSeconds: 0 },
    committed: false,
    abandoned: false,
    ...facts,
  };
}

export function step(
  minutes: number,
  facts: { state?: string; schedule?: string; run?: string; load?: number; runMinutes?: number } = {},
): Step {
  const { state = 'COMPLETED', schedule = '15m', run = 'r1', load = 2, runMinutes = 1 } = facts;
  const createdMs = noon + minutes * minute;
  return {
    id: `s-${minutes}`,
    name: `check_a_${schedule}_${load}x`,
    state,
    arguments: ['--config', `s3://b/${prefix}/${schedule}/${load}x/check_a_${schedule}.yml`, '--run-id', run],
    createdMs,
    startedMs: createdMs,
    ...(state === 'RUNNING' || state === 'PENDING' ? {} : { endedMs: createdMs + runMinutes * minute }),
  };
}
