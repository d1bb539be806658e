/** Secrets of many kinds, as they appear in text. */

/** A text with a secret in it: the canary is what nobody may see. */
export const kinds: readonly (readonly [name: string, text: (canary: string) => string])[] = [
  ['--password value', (canary) => `--password ${canary}`],
  ['--token=value', (canary) => `--token=${canary}`],
  ['-p value', (canary) => `mysql -p ${canary}`],
  ['token: value', (canary) => `token: ${canary}`],
  ['passcode=value', (canary) => `passcode=${canary}`],
  ['password = "value"', (canary) => `password = "${canary}"`],
  ['secret in JSON', (canary) => `{"clientSecret": "${canary}"}`],
  ['aws_secret_access_key value', (canary) => `aws_secret_access_key ${canary}`],
  ['fs.s3a.secret.key=value', (canary) => `fs.s3a.secret.key=${canary}`],
  ['api_key=value', (canary) => `api_key=${canary}`],
  ['credential: value', (canary) => `credential: ${canary}`],
  ['JDBC URL', (canary) => `jdbc:postgresql://db/x?user=u&password=${canary}`],
  ['URL with a password', (canary) => `https://somebody:${canary}@example.com/x`],
  ['Authorization header', (canary) => `Authorization: Bearer ${canary}`],
  ['cookie', (canary) => `Set-Cookie: session=${canary}`],
  ['presigned URL', (canary) => `https://b.s3.amazonaws.com/k?X-Amz-Signature=${canary}`],
  [
    'Databricks token',
    (canary) =>
      `dapi${canary
        .toLowerCase()
        .replace(/[^0-9a-f]/g, '0')
        .padEnd(32, 'a')}`,
  ],
  ['Google API key', (canary) => `AIza${canary.padEnd(35, 'x')}`],
  ['Stripe key', (canary) => `sk_live_${canary.padEnd(24, 'x')}`],
  ['GitHub token', (canary) => `ghp_${canary.padEnd(36, 'x')}`],
  ['Slack token', (canary) => `xoxb-123456789012-${canary}`],
  [
    'AWS key id',
    (canary) =>
      `AKIA${canary
        .toUpperCase()
        .replace(/[^A-Z0-9]/g, 'X')
        .padEnd(16, 'X')}`,
  ],
  ['JSON web token', (canary) => `eyJhbGciOiJIUzI1NiJ9.${canary.padEnd(20, 'x')}.abcdefgh`],
  ['private key', (canary) => `-----BEGIN PRIVATE KEY-----${canary}-----END PRIVATE KEY-----`],
];

/** What must not be seen of a text: the secret part of it. */
function secretOf(text: string, canary: string): string {
  return text.includes(canary) ? canary : (/(?:dapi|AKIA)\w+/.exec(text)?.[0] ?? canary);
}

export interface Planted {
  readonly kind: string;
  readonly text: string;
  readonly secret: string;
  readonly marker: string;
}

export function planted(source: string): Planted[] {
  return kinds.map(([kind, text], index) => {
    const canary = `Zk${source}${index}Qv9Xw7Lr5Tn3`;
    const whole = text(canary);
    return { kind, text: whole, secret: secretOf(whole, canary), marker: `marker${source}${index}end` };
  });
}
