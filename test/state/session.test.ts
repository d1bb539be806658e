import { describe, expect, test } from 'vitest';
import type { SessionEvent } from '../../src/state/events.ts';
import { type Fix, foldSession, type Session } from '../../src/state/session.ts';
import { events } from './events.ts';

const at = '2025-12-08T15:30:00.123456-05:00';

function sessionAfter(...recorded: readonly SessionEvent[]): Session {
  return foldSession(
    recorded.map((event, index) => ({ version: 1, number: index + 1, at, previous: '', events: [event] })),
  );
}

describe('the phase follows the workflow', () => {
  const { scaled, fixed, approved, checksUploaded, dagUploaded, roundOpened, roundMoved } = events;
  const { clusterBound, roundFinished, reported, committed, reverted, begun, reviewed } = events;
  const plain = { ...scaled, approvalNeeded: false };
  const story: [string, SessionEvent[]][] = [
    ['idle', []],
    ['idle', [begun]],
    ['scaled', [scaled]],
    ['approved', [plain]],
    ['scaled', [scaled, fixed]],
    ['scaled', [scaled, fixed, reviewed]],
    ['approved', [scaled, fixed, approved]],
    ['approved', [approved, { ...scaled, reviewId: approved.reviewId }]],
    ['checks_uploaded', [scaled, approved, checksUploaded]],
    ['dag_uploaded', [scaled, checksUploaded, dagUploaded]],
    ['round_open', [dagUploaded, roundOpened]],
    ['round_open', [dagUploaded, roundOpened, roundMoved]],
    ['running', [roundOpened, clusterBound]],
    ['finished', [roundOpened, clusterBound, roundFinished]],
    ['finished', [roundOpened, roundFinished, { ...reported, partial: true }]],
    ['reported', [roundOpened, roundFinished, reported]],
    ['committed', [roundOpened, reported, committed]],
    ['scaled', [roundOpened, reported, committed, { ...scaled, load: 4 }]],
    ['idle', [scaled, reverted]],
    ['running', [scaled, roundOpened, clusterBound, reverted]],
    ['idle', [scaled, roundOpened, roundFinished, reported, reverted]],
  ];
  test.each(story)('%s', (phase, recorded) => expect(sessionAfter(...recorded).phase).toBe(phase));
});

test('a round keeps its number and facts while levels change', () => {
  const session = sessionAfter(
    events.roundOpened,
    events.clusterBound,
    events.roundNoted,
    events.roundFinished,
    events.reported,
    { ...events.scaled, load: 4 },
    { ...events.roundOpened, load: 4, reviewId: 'review-4x', clusterConfig: 'digest' },
    events.committed,
  );
  expect(session.rounds).toEqual([
    {
      round: 1,
      load: 2,
      schedule: '15m',
      startedAt: events.roundOpened.startedAt,
      clock: { source: 'aws', skewSeconds: 0 },
      clusterId: 'j-2ABCDEFG12345',
      note: 'larger cluster',
      finished: { steps: 150, failed: 2 },
      report: {
        directory: '2x_20251208_153000',
        verdict: '2 of 150 failed',
        outcome: 'fits',
        partial: false,
      },
      committed: true,
      abandoned: false,
    },
    {
      round: 2,
      load: 4,
      schedule: '15m',
      startedAt: events.roundOpened.startedAt,
      clock: { source: 'aws', skewSeconds: 0 },
      reviewId: 'review-4x',
      clusterConfig: 'digest',
      committed: false,
      abandoned: false,
    },
  ]);
  expect(session.level?.load).toBe(4);
});

test('a moved round takes the new start, load, schedule and note', () => {
  const [round] = sessionAfter(events.roundOpened, events.roundMoved).rounds;
  expect(round).toMatchObject({
    startedAt: events.roundMoved.startedAt,
    load: 4,
    schedule: 'daily',
    note: 'moved',
  });
});

test('an abandoned round stays and keeps its number', () => {
  const session = sessionAfter(events.roundOpened, events.abandoned, events.roundOpened);
  expect(session.rounds.map(({ round, abandoned }) => ({ round, abandoned }))).toEqual([
    { round: 1, abandoned: true },
    { round: 2, abandoned: false },
  ]);
});

test('a commit of a load covers every reported round of that load and no other', () => {
  const session = sessionAfter(
    events.roundOpened,
    { ...events.roundOpened, load: 4 },
    events.roundOpened,
    events.reported,
    { ...events.reported, round: 2, load: 4 },
    events.committed,
  );
  expect(session.rounds.map((round) => round.committed)).toEqual([true, false, false]);
});

test('an approval survives a revert', () => {
  const session = sessionAfter(events.scaled, events.approved, events.reverted);
  expect([...session.approved]).toEqual(['review-2x-fixed']);
  expect(session.fixes.get(2)).toHaveLength(1);
});

test('an approval replaces the known fixes of the schedules it covers and keeps those of others', () => {
  const daily: Fix = { ...events.fixed.fix, path: 'check_events_daily.yml', schedule: 'daily' };
  const session = sessionAfter({ ...events.fixed, fix: daily }, events.fixed, {
    ...events.approved,
    fixes: [],
    schedules: ['15m'],
  });
  expect(session.fixes.get(2)).toEqual([daily]);
});

test('the newest upload of each schedule and load is known', () => {
  const again = { ...events.checksUploaded, schedules: ['15m' as const], reviewId: 'later' };
  const four = { ...events.checksUploaded, load: 4 };
  const session = sessionAfter(events.checksUploaded, four, again);
  expect(session.uploads.map(({ schedule, load, reviewId }) => `${schedule} ${load}x ${reviewId}`)).toEqual([
    'daily 2x review-2x-fixed',
    '15m 4x review-2x-fixed',
    'daily 4x review-2x-fixed',
    '15m 2x later',
  ]);
});

describe('an interrupted call', () => {
  const upload = { ...events.begun, tool: 'uploadChecks' };
  test('is remembered with its arguments until its end is recorded', () => {
    const begun = { ...upload, arguments: { reviewId: 'review-2x', approved: true } };
    expect(sessionAfter(begun).interruptions).toEqual([
      { tool: 'uploadChecks', arguments: { reviewId: 'review-2x', approved: true }, at },
    ]);
    expect(sessionAfter(begun, events.checksUploaded).interruptions).toEqual([]);
  });

  test.each([
    ['a mark', events.roundOpened],
    ['a report', events.reported],
    ['a review', events.reviewed],
    ['an approval', events.approved],
    ['the end of another tool', events.dagUploaded],
  ])('survives %s', (_, between) => {
    expect(sessionAfter(upload, between).interruptions).toMatchObject([{ tool: 'uploadChecks' }]);
  });

  test('survives a later call of another tool and its end', () => {
    const dags = { ...upload, tool: 'uploadDags' };
    const tools = (session: Session) => session.interruptions.map(({ tool }) => tool);
    expect(tools(sessionAfter(upload, dags, upload))).toEqual(['uploadDags', 'uploadChecks']);
    expect(tools(sessionAfter(dags, upload, events.checksUploaded))).toEqual(['uploadDags']);
  });

  test.each([
    ['another level', events.scaled],
    ['a revert', events.reverted],
  ])('is dropped after %s', (_, later) => {
    expect(sessionAfter(upload, later).interruptions).toEqual([]);
  });
});

test('manifests about to be written are remembered until the level is recorded', () => {
  const { begun, scaled } = events;
  expect(sessionAfter(scaled, begun, { ...begun, manifest: 'm9' }).writtenManifests).toEqual([
    'm1',
    'm0',
    'm9',
  ]);
  expect(sessionAfter(begun, scaled).writtenManifests).toEqual(['m1']);
});

test('a level of one schedule keeps the written manifests of the others', () => {
  const hourly = { ...events.scaled, schedule: 'hourly', scope: 'schedule', manifest: 'm2' } as const;
  expect(sessionAfter(events.scaled, hourly, hourly).writtenManifests).toEqual(['m1', 'm2']);
});

test('folding from a session equals folding from the beginning', () => {
  const recorded = Object.values(events);
  const entries = recorded.map((event, index) => ({
    version: 1 as const,
    number: index + 1,
    at,
    previous: '',
    events: [event],
  }));
  const half = foldSession(entries.slice(0, 7));
  expect(foldSession(entries.slice(7), half)).toEqual(foldSession(entries));
});

test('a requested DAG run is added to its round and changes nothing else', () => {
  const before = sessionAfter(events.roundOpened);
  const after = sessionAfter(events.roundOpened, events.dagTriggered);
  expect(after.phase).toBe(before.phase);
  expect(after.rounds).toEqual([
    { ...before.rounds[0], dagRun: { dagId: 'yang_audit_load_test_15m', dagRunId: 'round_1' } },
  ]);
});
