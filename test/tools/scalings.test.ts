/** What the session remembers of a scaling makes the next call faster, and decides nothing. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../../src/domain/digest.ts';
import { type Harness, prepareWorld, toolHarness } from './toolHarness.ts';

prepareWorld('all');

const check = 'events/check_events_15m.yml';

/** The files under STATE_DIR that name what a baseline became. */
function packs({ project, read }: Harness): string[] {
  const folder = join(project, '.audit-load-test/objects');
  const baseline = sha256(read(check));
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return names.filter(
    (name) => /\/[0-9a-f]{62}$/.test(name) && readFileSync(name, 'utf8').includes(`${baseline} hour\t`),
  );
}

async function scaledTwice() {
  const harness = await toolHarness();
  const found: string[] = [];
  const baseline = harness.read(check);
  await harness.call('scaleConfigs', { load: 2 });
  const scaled = harness.read(check);
  harness.write(check, baseline);
  found.push(...packs(harness));
  harness.write(check, scaled);
  return { harness, found, baseline, scaled };
}

function reviewText({ structure }: { structure: Record<string, unknown> }) {
  return readFileSync(String(structure.changesFile), 'utf8');
}

test('a call that remembers says the same as one that does not, to the last line of its changes file', async () => {
  const { harness, found } = await scaledTwice();
  expect(found).toHaveLength(1);
  const remembered = await harness.call('scaleConfigs', { load: 2 });
  const changes = reviewText(remembered);
  const review = await harness.call('reviewConfigs');
  const { level } = await harness.ports().sessions.load();
  for (const pack of found) rmSync(pack);
  expect((await harness.call('reviewConfigs')).structure).toEqual(review.structure);
  const anew = await harness.call('scaleConfigs', { load: 2 });
  expect(anew.structure).toEqual(remembered.structure);
  expect(reviewText(anew)).toBe(changes);
  // It is remembered again, in the same words.
  expect((await harness.ports().sessions.load()).level?.scalings).toBe(level?.scalings);
  expect(level?.scalings).toMatch(/^[0-9a-f]{64}$/);
});

test.each(['planted', 'cut', 'emptied', 'no text'])(
  'memory that is %s counts as none: an edit stays an edit, and is not approved',
  async (how) => {
    const { harness, found, scaled } = await scaledTwice();
    harness.edit(check, "INTERVAL '6' hour", "INTERVAL '5' hour");
    const edited = harness.read(check);
    for (const pack of found) {
      const text = readFileSync(pack, 'utf8');
      expect(text).toContain(sha256(scaled));
      const texts: Record<string, string | Buffer> = {
        planted: text.replaceAll(sha256(scaled), sha256(edited)),
        cut: text.slice(0, text.length / 2),
        emptied: '',
        'no text': Buffer.from([0xff, 0x00, 0x09, 0x0a]),
      };
      writeFileSync(pack, texts[how] ?? '');
    }
    const again = await harness.call('scaleConfigs', { load: 2 });
    expect(again.structure).toMatchObject({ status: 'needs_decision', edited: [check] });
    const review = await harness.call('reviewConfigs');
    expect(review.structure).toMatchObject({
      approved: false,
      approvalNeeded: true,
      unexpectedTotal: 1,
      unexpected: [
        { file: check, expected: expect.stringContaining("'6'"), found: expect.stringContaining("'5'") },
      ],
    });
  },
);

test('a file whose baseline changed is scaled anew', async () => {
  const { harness } = await scaledTwice();
  harness.git('stash', '--quiet');
  harness.git('switch', '--quiet', 'main');
  harness.edit(check, "INTERVAL '3' hour", "INTERVAL '7' hour");
  harness.git('commit', '--quiet', '--all', '--message', 'Look further back');
  harness.git('switch', '--quiet', 'audit_checks_load_testing');
  harness.git('merge', '--quiet', '--ff-only', 'main');
  const { structure } = await harness.call('scaleConfigs', { load: 2 });
  expect(structure).toMatchObject({ status: 'scaled', filesChanged: 35, intervalsChanged: 39 });
  expect(harness.read(check)).toContain("INTERVAL '14' hour");
});

test('another load is not what is remembered of this one', async () => {
  const { harness } = await scaledTwice();
  const { structure } = await harness.call('scaleConfigs', { load: 4 });
  expect(structure).toMatchObject({ status: 'scaled', written: 35 });
  expect(harness.read(check)).toContain("INTERVAL '12' hour");
});
