/** The documentation: generated parts equal their source, and every link works, in the repository and in the package. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { generatedPages } from '../src/interfaces/cli/docs.ts';
import { phrases } from '../src/interfaces/mcp/phrases.ts';
import { tools } from '../src/tools/index.ts';

const read = (path: string) => readFileSync(path, 'utf8');

test.each([...generatedPages('.')])('%s is what npm run docs writes', (path, text) => {
  expect(read(path)).toBe(text);
});

test('the phrases call only tools that exist, with arguments that their schemas accept', () => {
  for (const { call } of phrases)
    for (const [, name, given = ''] of call.matchAll(/`([a-z]+[A-Z]\w+)(?: \{(.*?)\})?`/g)) {
      if (name === 'clusterId') continue;
      const shape = tools.find((tool) => tool.name === name)?.input.shape;
      for (const argument of given.split(', ').filter((one) => one !== '')) {
        const [key = '', value] = argument.split(': ');
        expect(Object.keys(shape ?? {}), call).toContain(key);
        if (value !== undefined)
          expect(shape?.[key]?.safeParse(JSON.parse(value)).error, call).toBeUndefined();
      }
      expect(shape, call).toBeDefined();
    }
});

test('the tables contain the phrases that users were promised', () => {
  const said = phrases.flatMap(({ say }) => say);
  expect(new Set(said).size).toBe(said.length);
  expect(said).toEqual(
    expect.arrayContaining([
      'Read README.md, start 2x load test',
      'Start 4x load test for hourly',
      'Start 8x load test for daily',
      'approved',
      'The config for check_events_15m has wrong interval, should be 4 hours not 6',
      "Fix check_events_15m.yml: change INTERVAL '6' hour back to INTERVAL '4' hour",
      'I am going to run another round of test',
      'I just run the hourly dag',
      'Test is done',
      'Test is done, generate report',
      'Test is done, cluster id is j-XXXXX, generate report',
      'Cluster ID: j-XXXXX, generate report',
      'Same cluster, generate report',
      "Performance is slow. I'll update cluster config and rerun 2x",
      'Commit results, start 4x load test',
      'Commit results, start 8x load test for hourly',
      '2x test complete. Commit results and start 4x',
      'Compare reports from 2x and 4x load tests',
      'Revert configs to baseline',
    ]),
  );
});

test('CLAUDE.md is short enough to be read whole', () => {
  expect(read('CLAUDE.md').split('\n').length).toBeLessThan(120);
});

const docs = readdirSync('docs', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.md'))
  .map((path) => join('docs', path));

test('every relative link of the docs leads to a file that the package contains, and to a heading that is there', () => {
  const [{ files }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  ) as [{ files: { path: string }[] }];
  const packed = new Set(files.map(({ path }) => path));
  const dead = ['README.md', ...docs, 'dags/cluster_configs/README.md'].flatMap((page) =>
    linksIn(page).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? page : join(dirname(page), path);
      return !packed.has(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    }),
  );
  expect(dead).toEqual([]);
});

/** Link targets and images that are not absolute, outside code. */
function linksIn(page: string): string[] {
  const text = read(page)
    .replaceAll(/^```[\s\S]*?^```/gm, '')
    .replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map((match) => `${match[1]}`)
    .filter((link) => !/^[a-z]+:/.test(link));
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
