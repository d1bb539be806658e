import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { clean, cleanLine, maskSecrets } from '../src/domain/foreignText.ts';

const all = Number.POSITIVE_INFINITY;

describe('what is stripped', () => {
  it.each([
    ['colours', '\u001b[1;31mFAILED\u001b[0m', 'FAILED'],
    ['a cursor move', 'a\u001b[2J\u001b[Hb', 'ab'],
    ['a terminal title', 'a\u001b]0;evil\u0007b', 'ab'],
    ['a hidden link', '\u001b]8;;http://x\u001b\\text\u001b]8;;\u001b\\', 'text'],
    ['an incomplete escape', 'a\u001b', 'a'],
    ['a C1 control', 'a\u009b31mb', 'a31mb'],
    ['NUL and bell', 'a\u0000\u0007b', 'ab'],
    ['right-to-left override', 'abc\u202edef', 'abcdef'],
    ['isolates', '\u2066a\u2069', 'a'],
    ['zero width', 'pass\u200bword\u200d\ufeff', 'password'],
    ['tag characters', `ok${String.fromCodePoint(0xe0041, 0xe0042)}`, 'ok'],
    ['variation selectors', 'a\ufe0fb', 'ab'],
    ['a soft hyphen', 'a\u00adb', 'ab'],
    ['a lone surrogate', 'a\ud800b', 'ab'],
    ['a line separator', 'a\u2028b', 'ab'],
    ['private use', 'a\ue000b', 'ab'],
  ])('%s', (_what, text, expected) => {
    expect(clean(text, all)).toBe(expected);
  });

  it('tabs, newlines and letters of every language are kept; CRLF becomes a newline', () => {
    const text = 'größe\t表\n\nпроверка 😀 é';
    expect(clean(text, all)).toBe(text);
    expect(clean('a\r\nb\rc', all)).toBe('a\nb\nc');
  });
});

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

const maskedRows: [what: string, text: string, expected: string][] = [
  ['an access key id', 'key AKIAIOSFODNN7EXAMPLE.', 'key [masked].'],
  ['a key id split by an invisible character', 'AKIA\u200bIOSFODNN7EXAMPLE', '[masked]'],
  ['a secret key in a file', `aws_secret_access_key = ${secret}`, 'aws_secret_access_key = [masked]'],
  ['a secret key in Hadoop’s settings', `fs.s3a.secret.key=${secret}`, 'fs.s3a.secret.key=[masked]'],
  ['a secret in JSON', `{"SecretAccessKey": "${secret}", "a": 1}`, '{"SecretAccessKey": "[masked]", "a": 1}'],
  ['a session token', 'IQoJb3JpZ2luX2VjEOT//////////wEaCXVzLWVhc3QtMSJ', '[masked]'],
  [
    'a presigned URL',
    'https://b.s3.amazonaws.com/k?X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20251208&X-Amz-Date=2&X-Amz-Signature=abc123',
    'https://b.s3.amazonaws.com/k?X-Amz-Credential=[masked]&X-Amz-Date=2&X-Amz-Signature=[masked]',
  ],
  [
    'an Authorization header',
    'Authorization: AWS4-HMAC-SHA256 Credential=AKIA…, Signature=fe5f\nHost: x',
    'Authorization: [masked]\nHost: x',
  ],
  [
    'an Authorization header in JSON',
    '{"authorization":"Bearer abcdefgh12345"}',
    '{"authorization":"[masked]"}',
  ],
  ['a bearer token', 'curl -H Bearer abcdefgh12345', 'curl -H Bearer [masked]'],
  [
    'a JDBC password',
    'jdbc:postgresql://db/x?user=u&password=hunter2&ssl=true',
    'jdbc:postgresql://db/x?user=u&password=[masked]&ssl=true',
  ],
  [
    'a JDBC password after a semicolon',
    'jdbc:sqlserver://h;user=u;password=hunter2;x=1',
    'jdbc:sqlserver://h;user=u;password=[masked];x=1',
  ],
  ['a password in a URL', 'postgres://u:hunter2@db/x', 'postgres://u:[masked]@db/x'],
  ['a quoted password', `password: 'correct horse battery'`, `password: '[masked]'`],
  [
    'a private key',
    'x -----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY----- y',
    'x [masked] y',
  ],
  ['an incomplete private key', '-----BEGIN PRIVATE KEY-----\nMIIE', '[masked]'],
  ['a JSON web token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3', '[masked]'],
  ['a GitHub token', 'ghp_abcdefghijklmnopqrstuvwxyz012345', '[masked]'],
  ['an option', '--password hunter', '--password [masked]'],
  ['an option with a long name', 'run --db-password=hunter -v', 'run --db-password=[masked] -v'],
  ['an option in a list', '["--api-token", "abc", "-v"]', '["--api-token", "[masked]", "-v"]'],
  [
    'a Java option',
    'java -Dkey.store -keystore-password abc',
    'java -Dkey.store -keystore-password [masked]',
  ],
  ['an option for a key', '--key abc --credential def', '--key [masked] --credential [masked]'],
  ['a short option', 'mysql -u root -p hunter2 db', 'mysql -u root -p [masked] db'],
  ['a token', 'token: abcdef', 'token: [masked]'],
  ['a passcode', 'passcode=1234&x=1', 'passcode=[masked]&x=1'],
  ['a name and a value', 'aws_secret_access_key wJalrXUtnFEMI/K7M', 'aws_secret_access_key [masked]'],
  ['a password in a sentence', 'tried password hunter2 twice', 'tried password [masked] twice'],
  ['a secret in a sentence', "the secret 'abc123def'", "the secret '[masked]'"],
  ['a key in words', 'secret access key: abc', 'secret access key: [masked]'],
  ['a random key', 'key=3f2a9b7c1d4e key 9f8e7d6c5b4a', 'key=[masked] key [masked]'],
  ['a secret key of AWS', `key: ${secret}`, 'key: [masked]'],
  ['a credential', 'credential: abc-123', 'credential: [masked]'],
  ['a Databricks token', 'dapi0123456789abcdef0123456789abcdef', '[masked]'],
  ['a Google key', 'AIzaSyA1234567890abcdefghijklmnopqrstuv', '[masked]'],
  // In two parts: scanners of repositories take it for a real one.
  ['a Stripe key', `sk_${'live'}_abcdefghijkl`, '[masked]'],
  ['a Slack token', `xoxb-${'1234567890-abcdef'}`, '[masked]'],
  ['a GitLab token', 'glpat-abcdefghijklmnopqrst', '[masked]'],
  ['a cookie', 'Set-Cookie: session=abc\nX: y', 'Set-Cookie: [masked]\nX: y'],
  ['a header in capitals', 'AUTHORIZATION: abc\nX: y', 'AUTHORIZATION: [masked]\nX: y'],
  ['a cookie in capitals', 'COOKIE: session=abc', 'COOKIE: [masked]'],
  ['a signature in lower case', 'k?x-amz-signature=abc&x=1', 'k?x-amz-signature=[masked]&x=1'],
  ['a random key in capitals', 'KEY=3F2A9B7C1D4E', 'KEY=[masked]'],
  ['a secret key of AWS in capitals', `KEY: ${secret}`, 'KEY: [masked]'],
  ['an OpenAI key', 'sk-abcdefghijklmnopqrst1234', '[masked]'],
  ['a webhook secret', 'whsec_abcdefghijklmnop1234', '[masked]'],
  ['a SendGrid key', `SG.${'abcdefghijklmnop'}.${'qrstuvwxyzabcdef'}`, '[masked]'],
  ['a DigitalOcean token', `dop_v1_${'0123456789abcdef0123'}`, '[masked]'],
  ['a Docker token', `dckr_pat_${'abcdefghijklmnop'}`, '[masked]'],
  ['a Shopify token', `shpat_${'0123456789abcdef'}`, '[masked]'],
];

describe('what is masked', () => {
  it.each(maskedRows)('%s', (_what, text, expected) => {
    expect(clean(text, all)).toBe(expected);
  });

  // What is masked to its end has no second place.
  it.each(maskedRows.filter(([what]) => !what.startsWith('an incomplete')))(
    '%s, twice',
    (_what, text, expected) => {
      expect(clean(`${text}\n\n${text}`, all)).toBe(`${expected}\n\n${expected}`);
    },
  );

  it('ordinary log lines are unchanged', () => {
    const text = [
      '25/12/08 15:31:22 ERROR Client: Application diagnostics message: User application exited with status 1',
      "org.apache.spark.sql.AnalysisException: [UNRESOLVED_COLUMN] 'created_at' cannot be resolved; token count: 5",
      'spark-submit --deploy-mode cluster s3://bucket/run.py --config s3://bucket/configs/15m/2x/a_15m.yml',
      'arn:aws:sts::123456789012:assumed-role/load-test/engineer',
      'FATAL: password authentication failed for user "load"; the token is expired, secret scope missing',
      'Key: checks_load_test/configs/15m/2x/events_15m.yml, key=2025-12-08, key not found: events_15m',
      '--sort-key created_at --partition-key=day mkdir -p out/2025 && psql -p 5432; docker run -p 8080:80 x',
      'Unable to load credentials from any provider; NoCredentialsError; tokenizer: x; keyspace: y',
    ].join('\n');
    expect(clean(text, all)).toBe(text);
  });
});

test('data is masked by its texts and by its names, and everything else stays', () => {
  const given = {
    settings: { 'spark.hadoop.fs.s3a.secret.key': 'abc', 'spark.executor.memory': '4g', dbPassword: 'x' },
    failures: [{ text: 'login with --password hunter', line: 3 }],
    checkKey: 'events_15m',
    at: new Date(0),
    none: null,
  };
  expect(maskSecrets(given)).toEqual({
    ...given,
    settings: { ...given.settings, 'spark.hadoop.fs.s3a.secret.key': '[masked]', dbPassword: '[masked]' },
    failures: [{ text: 'login with --password [masked]', line: 3 }],
  });
});

test('each text of a list under the name of a secret is masked; nothing, a number and a class stay', () => {
  class Own {
    token = 'abc';
  }
  const own = new Own();
  expect(
    maskSecrets({ tokens: ['a', 'b'], Password: 'x', secret: '', passcode: 7, own, list: [{ token: 'c' }] }),
  ).toEqual({
    tokens: ['[masked]', '[masked]'],
    Password: '[masked]',
    secret: '',
    passcode: 7,
    own,
    list: [{ token: '[masked]' }],
  });
  expect(maskSecrets({ own }).own).toBe(own);
  expect(maskSecrets('password=x')).toBe('password=[masked]');
});

describe('the length', () => {
  it('is limited with an ellipsis, and never in the middle of a surrogate pair', () => {
    expect(clean('abcdef', 6)).toBe('abcdef');
    expect(clean('abcdef', 4)).toBe('abc…');
    expect(clean('ab😀😀', 4)).toBe('ab…');
    expect(clean('😀abcdef', 5)).toBe('😀ab…');
    expect(clean('abc', 1)).toBe('…');
    expect(clean('abc', 0)).toBe('…');
  });

  it('is limited after masking, so that no part of a secret is left', () => {
    expect(clean(`x password=${secret}`, 20)).not.toContain('wJal');
  });

  it('one line is one line', () => {
    expect(cleanLine('  a\n\n b\tc ', 80)).toBe('a b c');
  });

  it('a megabyte of any text stays within the limit', () => {
    for (const piece of [
      'a',
      ' ',
      '-----BEGIN PRIVATE KEY-----',
      '://a:',
      'password=',
      '\u001b[',
      'eyJ',
      'Bearer ',
      '--key ',
      '-p a',
      'secret key ',
      'token1',
      'key=a1',
      '--a.',
    ])
      expect(clean(piece.repeat(1_000_000 / piece.length), 10).length).toBeLessThanOrEqual(10);
  });
});

it('cleaning clean text changes nothing, and leaves nothing invisible', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const once = clean(text, all);
      expect(clean(once, all)).toBe(once);
      expect(once).not.toMatch(/(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/u);
    }),
  );
});
