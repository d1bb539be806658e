/**
 * `npm run demo`: one whole load test on one machine with no account. What a person says, what is called, what comes
 * back: two load levels, from the configs to the commit, against the embedded AWS.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { startWorld, type World } from '../world/world.ts';
import { connect, type DemoClient, type ToolAnswer } from './client.ts';

export interface DemoOptions {
  /** The server's entry, run by this very Node. */
  readonly serverFile: string;
  readonly dagsFolder: string;
  print(line: string): void;
}

/** Sandbox minutes in a real minute: a round of 14 minutes takes seven seconds. */
const speed = 120;

/** Minutes that EMR takes, at most, to deliver the logs of a failed step. */
const logDeliveryMinutes = 10;

export async function runDemo({ serverFile, dagsFolder, print }: DemoOptions): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'audit-load-test-demo-'));
  const world = await startWorld({ directory, dagsFolder, speed });
  const client = await connect(process.execPath, [serverFile], world.env);
  const story = storyteller(client, print);
  try {
    print('One load test, told from both sides. The AWS here is embedded; its clock runs 120 times as fast.');
    await story.call('checkSetup', {});

    story.chapter('2x');
    story.person('Read README.md, start 2x load test');
    await story.call('scaleConfigs', { load: '2x' });
    story.person('The config for check_campaigns_15m has wrong interval, should be 1 hour not 2');
    const fixed = await story.call('fixInterval', { check: 'check_campaigns_15m', from: 2, to: 1 });
    story.person('approved');
    await story.call('uploadChecks', { reviewId: fixed.structure.reviewId, approved: true });
    await story.call('uploadDags', {});
    await runRound(story, world);
    story.person('Commit results, start 4x load test');
    await story.call('commitResults', {
      keyFindings: 'check_consent misses a column; every other check completed',
    });

    story.chapter('4x');
    const scaled = await story.call('scaleConfigs', { load: '4x' });
    story.person('approved');
    await story.call('uploadChecks', { reviewId: scaled.structure.reviewId, approved: true });
    await story.call('uploadDags', {});
    const report = await runRound(story, world);
    story.person('Compare reports from 2x and 4x load tests');
    await story.call('compareReports', { baseline: '2x', candidate: '4x' });
    story.person('Commit results');
    await story.call('commitResults', {});

    story.chapter('What is left behind');
    const session = await story.call('showSession', {});
    const reports = (session.structure.rounds as { report?: string }[]).flatMap(
      (round) => round.report ?? [],
    );
    print('\nThe reports:');
    for (const name of reports) print(`  ${join(world.env.REPORTS_DIR ?? '', name, 'report.md')}`);
    print(`The commits: git -C ${world.targetRepo} log --stat`);
    print(
      `Everything lies in ${directory} (${relative(directory, String(report.structure.directory))} is the newest report); delete it when you are done.`,
    );
  } finally {
    await client.close();
    await world.close();
  }
}

async function runRound(story: Storyteller, world: World): Promise<ToolAnswer> {
  story.person('(triggers yang_audit_load_test_15m in Airflow)');
  await world.dagRuns.trigger({ dagId: 'yang_audit_load_test_15m', conf: {} });
  let look = await story.call('pollCluster', {});
  while (look.structure.done !== true) look = await story.call('pollCluster', {});
  world.advance(logDeliveryMinutes);
  story.person('Test is done, generate report');
  return story.call('buildReport', {});
}

interface Storyteller {
  chapter(title: string): void;
  person(words: string): void;
  call(tool: string, given: Record<string, unknown>): Promise<ToolAnswer>;
}

function storyteller(client: DemoClient, print: (line: string) => void): Storyteller {
  return {
    chapter: (title) => print(`\n━━━ ${title} ${'━'.repeat(70 - title.length)}`),
    person: (words) => print(`\nyou    ${words}`),
    async call(tool, given) {
      print(`\ncall   ${tool} ${JSON.stringify(given)}`);
      const answer = await client.call(tool, given);
      for (const line of answer.text.split('\n')) print(line === '' ? '' : `       ${line}`);
      return answer;
    },
  };
}
