/** The checks of the Spark demo, on the tables of spark/table.py: what each of them shows at a higher load. */

/** Text by path relative to CHECKS_PATH. */
export function sparkCheckFiles(): ReadonlyMap<string, string> {
  return new Map(
    checks.map(([name, description, body]) => [`${name}.yml`, fileText(name, description, body)]),
  );
}

function fileText(name: string, description: string, body: string): string {
  return `# ${description}\nname: ${name}\nowner: data-platform\n${body.trim()}\n`;
}

const checks: readonly (readonly [name: string, description: string, body: string])[] = [
  [
    'check_events_daily',
    'Its rows and its time grow with the window.',
    `
table: audit.db.events
where: ts >= current_timestamp - INTERVAL '1' day
violation: amount < 0 or length(sha2(concat(token, kind), 512)) <> 128
expect: 0`,
  ],
  [
    'check_event_kinds_daily',
    'Two days; eight of them at 4x and sixteen at 8x.',
    `
table: audit.db.events
where: ts >= current_timestamp - INTERVAL '2' day
violation: kind not in ('open', 'click', 'order', 'refund', 'bounce', 'send', 'view', 'merge') or token is null
expect: 0`,
  ],
  [
    'check_refunds_daily',
    'A function over the partition column: the whole table is read at every load.',
    `
table: audit.db.events
where: date_format(ts, 'yyyy-MM-dd') >= date_format(current_timestamp - INTERVAL '1' day, 'yyyy-MM-dd')
violation: kind = 'refund' and amount < 0
expect: 0`,
  ],
  [
    'check_settled_events_daily',
    'Older than: a longer interval reads less.',
    `
table: audit.db.events
where: ts < current_timestamp - INTERVAL '3' day
violation: account is null or amount < 0
expect: 0`,
  ],
  [
    'check_account_events_daily',
    'A join on a key that nine of ten rows share.',
    `
query: |
  SELECT count_if(length(digest) <> 128) FROM (
    SELECT /*+ MERGE(a) */ sha2(repeat(concat(e.token, a.name), 40), 512) AS digest
    FROM audit.db.events e JOIN audit.db.accounts a ON e.account = a.account
    WHERE e.ts >= current_timestamp - INTERVAL '1' day)
expect: 0`,
  ],
  [
    'check_event_order_daily',
    'Sorts wide rows: from some load on, a partition does not fit into memory.',
    `
query: |
  SELECT count_if(before > line) FROM (
    SELECT line, lag(line) OVER (PARTITION BY part ORDER BY line) AS before FROM (
      SELECT id % 64 AS part, repeat(token, 10) AS line
      FROM audit.db.events WHERE ts >= current_timestamp - INTERVAL '1' day))
expect: 0`,
  ],
  [
    'check_consents_daily',
    'Names a column that the table does not have.',
    `
table: audit.db.events
where: consent_updated_at >= current_timestamp - INTERVAL '1' day
violation: account is null
expect: 0`,
  ],
  [
    'check_duplicate_tokens_daily',
    'Collects every token in one place: at 4x the memory does not hold them.',
    `
query: |
  SELECT size(tokens) - size(array_distinct(tokens)) FROM (
    SELECT collect_list(repeat(token, 3)) AS tokens
    FROM audit.db.events WHERE ts >= current_timestamp - INTERVAL '1' day)
expect: 0`,
  ],
];
