/** A valid event of each type, in the order of a load test. */
import type { SessionEvent } from '../../src/state/events.ts';

const clock = { source: 'aws' as const, skewSeconds: 0 };
const fix = {
  path: 'check_events_15m.yml',
  schedule: '15m' as const,
  baselineDigest: 'b'.repeat(64),
  digest: 'f'.repeat(64),
  origin: 'fixInterval' as const,
};

export const events = {
  begun: { type: 'begun', tool: 'scaleConfigs', arguments: { load: 2 }, manifest: 'm0' },
  checkout: { type: 'checkout', path: '/k-repo', id: '0123' },
  scaled: {
    type: 'scaled',
    load: 2,
    schedule: '15m',
    scope: 'all',
    reviewId: 'review-2x',
    approvalNeeded: true,
    baseCommit: 'c0',
    manifest: 'm1',
    filesChanged: 47,
    intervalsChanged: 60,
  },
  fixed: { type: 'fixed', load: 2, fix, reviewId: 'review-2x-fixed' },
  reviewed: { type: 'reviewed', reviewId: 'review-2x-fixed', manifest: 'm2' },
  approved: {
    type: 'approved',
    reviewId: 'review-2x-fixed',
    load: 2,
    by: 'chat',
    fixes: [fix],
    schedules: ['15m', 'hourly', 'daily'],
  },
  checksUploaded: {
    type: 'checksUploaded',
    load: 2,
    schedules: ['15m', 'daily'],
    reviewId: 'review-2x-fixed',
    files: 47,
  },
  dagUploaded: { type: 'dagUploaded', load: 2, files: { 'yang_audit_load_test.py': 'd1' } },
  roundOpened: {
    type: 'roundOpened',
    load: 2,
    schedule: '15m',
    startedAt: '2025-12-08T15:30:00.123456-05:00',
    clock,
    by: 'uploadDags',
  },
  roundMoved: {
    type: 'roundMoved',
    round: 1,
    startedAt: '2025-12-08T15:45:00.000000-05:00',
    clock,
    load: 4,
    schedule: 'daily',
    note: 'moved',
  },
  dagTriggered: { type: 'dagTriggered', round: 1, dagId: 'yang_audit_load_test_15m', dagRunId: 'round_1' },
  roundNoted: { type: 'roundNoted', round: 1, note: 'larger cluster' },
  clusterBound: { type: 'clusterBound', round: 1, clusterId: 'j-2ABCDEFG12345' },
  roundFinished: { type: 'roundFinished', round: 1, load: 2, steps: 150, failed: 2 },
  clusterEnded: {
    type: 'clusterEnded',
    round: 1,
    clusterId: 'j-2ABCDEFG12345',
    failure: 'INSTANCE_FAILURE',
  },
  otherRunsSeen: {
    type: 'otherRunsSeen',
    runs: [
      {
        clusterId: 'j-3ABCDEFG12345',
        runId: 'manual__2',
        schedule: '15m',
        load: 2,
        startedAt: '2025-12-08T15:40:00.000000-05:00',
        steps: 31,
      },
    ],
  },
  reported: {
    type: 'reported',
    round: 1,
    load: 2,
    directory: '2x_20251208_153000',
    verdict: '2 of 150 failed',
    outcome: 'fits',
    partial: false,
  },
  committed: { type: 'committed', load: 2, round: 1, target: 'sha1', reports: null },
  reverted: { type: 'reverted', to: 'baseline', files: 47, backup: 'a.patch' },
  abandoned: { type: 'abandoned', rounds: [1] },
  baselineAccepted: { type: 'baselineAccepted', files: { 'a_15m.yml': 'd0' } },
} as const satisfies { [Type in SessionEvent['type']]: Extract<SessionEvent, { type: Type }> };
