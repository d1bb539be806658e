/** The files of the sample target repository: most from the table of checks, a few unusual ones written out. */
import { type SampleCheck, sampleChecks } from './checks.ts';

/** Text by path relative to CHECKS_PATH, in no particular order. */
export function checkFiles(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const check of sampleChecks) files.set(check.path, checkText(check));
  for (const [path, text] of unusualFiles) files.set(path, text);
  return files;
}

/** Table-metrics configs as in production, by path relative to `checks/configs/prod/hourly/`. */
export function productionFiles(): ReadonlyMap<string, string> {
  const tables = ['campaigns', 'events', 'messages', 'orders', 'profiles', 'web_sessions'];
  const files = new Map<string, string>();
  for (const table of tables) files.set(`${table}/check_${table}_table_metrics.yml`, metricsText(table));
  files.set('events/check_events_hourly.yml', metricsText('events').replace('table_metrics', 'hourly'));
  return files;
}

function checkText(check: SampleCheck): string {
  const stem = (check.path.split('/').at(-1) ?? '').replace('.yml', '');
  const severity = check.owner === 'compliance' || check.table === 'events' ? 'critical' : 'warning';
  return `# ${check.description}
name: ${stem}
owner: ${check.owner}
description: ${check.description}
table: lake.${check.table}   # Iceberg
severity: ${severity}
${body(check)}`;
}

function body(check: SampleCheck): string {
  const { column, interval, table } = check;
  if (check.path.endsWith('_freshness.yml'))
    return `type: freshness\ncolumn: ${column}\nmaximum_age_minutes: 60\n`;
  if (check.path.endsWith('_table_metrics.yml'))
    return 'type: table_metrics\nmetrics: [row_count, total_bytes, file_count]\n';
  if (interval === undefined)
    return `type: query
query: |
  -- the window is the run's
  select count(*) as violations
  from lake.${table}
  where ${column} >= timestamp '\${ts_start}' and ${column} < timestamp '\${ts_end}'
expect: 0
`;
  const since = `${column} >= current_timestamp - INTERVAL ${interval}`;
  const until = `${column} <= current_timestamp`;
  switch (check.style) {
    case 'plain':
      return `type: violations\nwhere: ${since} and ${until}\nexpect: 0\n`;
    case 'double':
      return `type: violations\nwhere: "${since} and ${until}"   # half an hour of late data is normal\nexpect: 0\n`;
    case 'single':
      return `type: violations\nwhere: '${since.replaceAll("'", "''")} and ${until}'\nexpect: 0\n`;
    case 'folded':
      return `type: violations\nwhere: >-\n  ${since}\n  and ${until}\nexpect: 0\n`;
    case 'several':
      return `checks:\n  - type: not_null\n    where: ${since}\n  - type: violations\n    where: "${since} and ${until}"\n    expect: 0\n`;
    case 'query':
      return `type: query
query: |
  -- was INTERVAL '1' hour until late data became common
  select count(*) as violations
  from lake.${table} t
  where t.${since}
    and t.${until}
expect: 0
`;
  }
}

function metricsText(table: string): string {
  return `name: check_${table}_table_metrics
owner: data-platform
description: Row counts, sizes and files of lake.${table}.
table: lake.${table}
type: table_metrics
metrics: [row_count, total_bytes, file_count, snapshot_age]
`;
}

const unusualFiles: readonly (readonly [path: string, text: string])[] = [
  [
    // A template: not valid YAML until it is rendered.
    'flows/check_flow_sends_15m.yml',
    `name: check_flow_sends_15m
owner: messaging
table: lake.flow_sends
{% if strict %}
severity: critical
{% endif %}
where: {{ column }} >= current_timestamp - INTERVAL '3' hour
`,
  ],
  [
    // One interval in two units.
    'check_subscriptions_daily.yml',
    `name: check_subscriptions_daily
owner: compliance
description: A subscription that lapsed is closed.
table: lake.subscriptions
severity: warning
type: violations
where: lapsed_at < current_timestamp - INTERVAL '1 day 2 hours' and closed_at is null
expect: 0
`,
  ],
  [
    // A two-sided window: multiplying both intervals moves it and widens it.
    'messages/check_deliveries_15m.yml',
    `name: check_deliveries_15m
owner: messaging
description: What was sent has been delivered or has bounced.
table: lake.deliveries
severity: critical
type: violations
where: >
  sent_at between current_timestamp - INTERVAL '6' hour
  and current_timestamp - INTERVAL '2' hour
  and state = 'sent'
expect: 0
`,
  ],
  [
    // CRLF line endings.
    'check_inventory_15m.yml',
    `name: check_inventory_15m
owner: commerce
description: Stock is not negative.
table: lake.inventory
severity: warning
type: violations
where: "counted_at >= current_timestamp - INTERVAL '3' hour and stock < 0"
expect: 0
`.replaceAll('\n', '\r\n'),
  ],
  [
    'events/check_events_backfill.yml',
    'name: check_events_backfill\nowner: events\ntable: lake.events\ntype: manual\n',
  ],
];
