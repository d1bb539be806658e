import { expect, test } from 'vitest';
import { help, runTool } from '../../src/interfaces/cli/cli.ts';
import { tools } from '../../src/tools/index.ts';
import { useWorld } from './useWorld.ts';

const { ports } = useWorld();

async function shell(...words: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const [name = '', ...rest] = words;
  const signal = new AbortController().signal;
  const status = await runTool(name, rest, ports, {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    signal,
  });
  return { status, out: out.join('\n'), err: err.join('\n') };
}

test.each([
  [['--load', '2x', '--dryRun']],
  [['--load=2x', '--dryRun=true']],
  [['--dryRun', '--load', '2']],
  [['--load', '2', '--dryRun', '--no-overwriteEdits']],
])('scaleConfigs %j', async (words) => {
  const { status, out, err } = await shell('scaleConfigs', ...words, '--json');
  expect(err).toBe('');
  expect(JSON.parse(out)).toMatchObject({ status: 'dry_run', load: 2 });
  expect(status).toBe(0);
});

test('without --json the text says what the structure says', async () => {
  const { status, out } = await shell('scaleConfigs', '--load', '2x', '--dryRun');
  expect(status).toBe(0);
  expect(out).toMatch(/\n→ /);
  expect(() => JSON.parse(out)).toThrow();
});

test('an incomplete setup is exit status 1', async () => {
  const said: string[] = [];
  const shellOf = {
    out: (text: string) => said.push(text),
    err: () => undefined,
    signal: new AbortController().signal,
  };
  const incomplete = () => ports({ BASELINE_REF: 'nowhere' });
  expect(await runTool('checkSetup', ['--json'], incomplete, shellOf)).toBe(1);
  expect(JSON.parse(said.join(''))).toMatchObject({ ok: false });
});

test('an open question is exit status 1, and so is a tool error', async () => {
  const scaled = JSON.parse((await shell('scaleConfigs', '--load', '2x', '--json')).out);
  const asked = await shell('uploadChecks', '--reviewId', scaled.reviewId);
  expect(asked.status).toBe(1);
  expect(asked.out).toContain('approve');
  const failed = await shell('fixInterval', '--check', 'no_such_check', '--from', '6', '--to', '4');
  expect(failed).toMatchObject({ status: 1, out: '' });
  expect(failed.err).toMatch(/^(NOT_FOUND|BAD_INPUT): .* Next: /);
  const json = await shell('fixInterval', '--check', 'no_such_check', '--from', '6', '--to', '4', '--json');
  expect(Object.keys(JSON.parse(json.err))).toEqual(['code', 'message', 'next']);
});

test.each([
  [['scaleConfig', '--load', '2x'], 'There is no command "scaleConfig". Did you mean scaleConfigs?'],
  [['zzz'], 'There is no command "zzz". audit-load-test --help lists them.'],
  [['scaleConfigs', '--laod', '2x'], '(did you mean load?)'],
  [['scaleConfigs', '--dry-run', '--load', '2x'], '(did you mean dryRun?)'],
  [
    ['scaleConfigs', '2x'],
    '"2x" is not an option. Nothing was changed. Next: name the argument, as in: audit-load-test scaleConfigs --load 2x',
  ],
  [
    ['scaleConfigs', '--load', 'two'],
    'load must be a whole number from 1 to 1000, such as 2 or "2x", not "two"',
  ],
  [['scaleConfigs', '--load'], 'load must be a whole number from 1 to 1000'],
  [['scaleConfigs', '--load', '2', '--dryRun=perhaps'], 'dryRun must be true or false, not "perhaps"'],
  [['pollCluster', '--waitSeconds', '4.5'], 'waitSeconds must be a whole number from 0 to 45, not "4.5"'],
  [['pollCluster', '--waitSeconds', '-1'], 'waitSeconds must be a whole number from 0 to 45, not -1'],
  [['showSession', '-v'], 'there is no argument "v"'],
])('%j is bad usage', async (words, message) => {
  const { status, out, err } = await shell(...words);
  expect(err).toContain(message);
  expect({ status, out }).toEqual({ status: 2, out: '' });
});

test('help lists every tool, and each tool its arguments', async () => {
  for (const tool of tools) {
    expect(help('1.0.0')).toContain(`${tool.name} `);
    const { status, out } = await shell(tool.name, '--help');
    expect(status).toBe(0);
    expect(out).toContain(tool.description);
    for (const name of Object.keys(tool.input.shape)) expect(out).toContain(`--${name}`);
  }
});

test('help on a tool reads well', async () => {
  expect((await shell('pollCluster', '--help')).out).toMatchInlineSnapshot(`
    "pollCluster: Show the progress of a round

    Shows the progress of the latest round: the state of its cluster and its steps, counted by state. Waits up to waitSeconds for the round to be done, then returns what is known; call it again after pollAfterSeconds until done is true. Ending the call does not affect the cluster. Set clusterId only if the user names one.

      --clusterId
      --schedule  one of 15m, hourly, daily
      --waitSeconds  a whole number from 0 to 45; default 40"
  `);
});

test('a list is given by repeating its option, and a wrong word in it is bad usage', async () => {
  const wrong = await shell('buildReport', '--failOn', 'missed', '--failOn', 'slow');
  expect(wrong).toMatchObject({ status: 2, out: '' });
  expect(wrong.err).toContain(
    'failOn must be a list: each one of missed, failed, unscaled, not ["missed","slow"]',
  );
  const { out } = await shell('buildReport', '--help');
  expect(out).toContain('--failOn  a list: each one of missed, failed, unscaled');
});
