import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSessions } from '../../src/state/store.ts';
import { journalIn } from './journalIn.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'checkout-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const sessionOf = (path: string, id?: string) =>
  openSessions(
    journalIn(directory),
    () => 0,
    async () => ({ path, id }),
  );
const reviewed = () => [{ type: 'reviewed' as const, reviewId: 'r', manifest: 'm' }];

test('the session of one checkout is refused to another', async () => {
  await sessionOf('/one', 'id 1').record(reviewed);
  const refusal = /^STATE_DIR is the session of another checkout: \/one, not \/two\. Nothing was changed\.$/;
  for (const id of ['id 2', undefined]) {
    await expect(sessionOf('/two', id).load()).rejects.toThrow(refusal);
    await expect(sessionOf('/two', id).record(reviewed)).rejects.toThrow(refusal);
  }
  expect((await journalIn(directory).read()).length).toBe(1);
});

test('a checkout that moved, or was cloned anew at its path, keeps its session', async () => {
  await sessionOf('/one', 'id 1').record(reviewed);
  await sessionOf('/moved', 'id 1').record(reviewed);
  await sessionOf('/moved').record(reviewed);
  const { checkout } = await sessionOf('/moved', 'id 2').record(reviewed);
  expect(checkout).toEqual({ path: '/moved', id: 'id 2' });
});

test('a session from before checkouts were recorded is adopted by the first that writes', async () => {
  await openSessions(journalIn(directory), () => 0).record(reviewed);
  expect((await sessionOf('/one').record(reviewed)).checkout).toBeUndefined();
  expect((await sessionOf('/one', 'id 1').record(reviewed)).checkout).toEqual({ path: '/one', id: 'id 1' });
});
