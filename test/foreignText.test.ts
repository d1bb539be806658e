import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean, cleanLine } from '../src/domain/foreignText.ts';

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

describe('what is masked', () => {
  it.each([
    ['an access key id', 'key AKIAIOSFODNN7EXAMPLE.', 'key [masked].'],
    ['a key id split by an invisible character', 'AKIA\u200bIOSFODNN7EXAMPLE', '[masked]'],
    ['a secret key in a file', `aws_secret_access_key = ${secret}`, 'aws_secret_access_key = [masked]'],
    ['a secret key in Hadoop’s settings', `fs.s3a.secret.key=${secret}`, 'fs.s3a.secret.key=[masked]'],
    [
      'a secret in JSON',
      `{"SecretAccessKey": "${secret}", "a": 1}`,
      '{"SecretAccessKey": "[masked]", "a": 1}',
    ],
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
    ['a cookie', 'Set-Cookie: session=abc\nX: y', 'Set-Cookie: [masked]\nX: y'],
  ])('%s', (_what, text, expected) => {
    expect(clean(text, all)).toBe(expected);
  });

  it('ordinary log lines are unchanged', () => {
    const text = [
      '25/12/08 15:31:22 ERROR Client: Application diagnostics message: User application exited with status 1',
      "org.apache.spark.sql.AnalysisException: [UNRESOLVED_COLUMN] 'created_at' cannot be resolved; token count: 5",
      'spark-submit --deploy-mode cluster s3://bucket/run.py --config s3://bucket/configs/15m/2x/a_15m.yml',
      'arn:aws:sts::123456789012:assumed-role/load-test/engineer',
    ].join('\n');
    expect(clean(text, all)).toBe(text);
  });
});

describe('the length', () => {
  it('is limited with an ellipsis, and never in the middle of a surrogate pair', () => {
    expect(clean('abcdef', 6)).toBe('abcdef');
    expect(clean('abcdef', 4)).toBe('abc…');
    expect(clean('ab😀😀', 4)).toBe('ab…');
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
