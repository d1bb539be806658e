import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createTargetRepository, type SampleRepository } from '../../sandbox/sample/targetRepository.ts';

const parent = mkdtempSync(join(tmpdir(), 'sample-'));
let repository: SampleRepository;

beforeAll(async () => {
  repository = await createTargetRepository(join(parent, 'one'));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

const git = (...words: string[]) =>
  execFileSync('git', words, { cwd: repository.directory, encoding: 'utf8' }).trim();

function files(): string[] {
  const root = join(repository.directory, repository.checksPath);
  return readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.yml'));
}

const text = (path: string) => readFileSync(join(repository.directory, repository.checksPath, path), 'utf8');

test('the test branch is checked out, clean, on top of a history of main', () => {
  expect(git('branch', '--show-current')).toBe('audit_checks_load_testing');
  expect(git('status', '--porcelain')).toBe('');
  expect(git('log', '--format=%s', 'main').split('\n')).toHaveLength(4);
  expect(git('merge-base', 'HEAD', 'main')).toBe(repository.headCommit);
});

test('the repository is the same every time', async () => {
  const again = await createTargetRepository(join(parent, 'two'));
  expect(again.headCommit).toBe(repository.headCommit);
});

test('there are about sixty checks of every kind, some in subfolders', () => {
  const counts: Record<string, number> = {};
  for (const path of files()) {
    const kind =
      /_(15m|15min|freshness|hourly|uniqueness|daily|table_metrics)\.yml$/.exec(path)?.[1] ?? 'other';
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  expect(counts).toEqual({
    '15m': 24,
    '15min': 2,
    freshness: 5,
    hourly: 7,
    uniqueness: 5,
    daily: 13,
    table_metrics: 2,
    other: 1,
  });
  expect(files().filter((path) => path.includes('/')).length).toBeGreaterThan(30);
  expect(new Set(files().map((path) => basename(path))).size).toBe(files().length);
});

test('all files but the template are valid YAML', () => {
  const broken = files().filter((path) =>
    parseAllDocuments(text(path)).some((document) => document.errors?.length),
  );
  expect(broken).toEqual(['flows/check_flow_sends_15m.yml']);
});

test('windows are written in many different ways', () => {
  const all = files().map(text).join('\n');
  expect(all).toContain(
    "where: created_at >= current_timestamp - INTERVAL '3' hour and created_at <= current_timestamp\n",
  );
  for (const style of [
    "INTERVAL ''4'' HOUR",
    'where: "',
    'where: >-',
    'query: |',
    "'31' day",
    "'1 day 2 hours'",
    "-- was INTERVAL '1'",
  ])
    expect(all).toContain(style);
  expect(text('check_inventory_15m.yml')).toMatch(/\r\n$/);
});
