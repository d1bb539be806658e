/** The tables and checks of the sample target repository; files.ts turns them into files. */

/** How the SQL of a check is written into its YAML. */
type Style = 'plain' | 'double' | 'single' | 'folded' | 'query' | 'several';

export interface SampleCheck {
  /** Relative to CHECKS_PATH. */
  readonly path: string;
  readonly table: string;
  readonly owner: string;
  /** The column that the window filters. */
  readonly column: string;
  /** The text after INTERVAL: `'3' hour`. Undefined: a check without a window of its own. */
  readonly interval?: string;
  readonly style: Style;
  readonly description: string;
}

/** path, table, owner, column, the text after INTERVAL (- for none), style, description */
const rows = `
events/check_events_15m                | events              | events     | created_at         | '3' hour    | plain   | Every event names its company.
events/check_event_attribution_15m     | event_attribution   | events     | attributed_at      | '6' hour    | query   | Each attributed event joins to one message that was sent before it.
events/check_event_schema_15m          | events              | events     | created_at         | '1' hour    | folded  | No event has properties that its metric does not declare.
messages/check_messages_15m            | messages            | messaging  | sent_at            | '2' hour    | plain   | A sent message has a recipient and a channel.
messages/check_message_bounces_15m     | message_bounces     | messaging  | bounced_at         | '4' HOUR    | single  | A bounce refers to a message.
messages/check_message_clicks_15m      | message_clicks      | messaging  | clicked_at         | '3' hour    | double  | Nobody clicks before the message is sent.
profiles/check_profiles_15m            | profiles            | profiles   | updated_at         | '3' hour    | plain   | Profiles keep their identifiers in lower case.
profiles/check_profile_merges_15m      | profile_merges      | profiles   | merged_at          | '6' hour    | query   | A merged profile has exactly one survivor.
profiles/check_profile_identifiers_15m | profile_identifiers | profiles   | created_at         | '3' hours   | several | Identifiers are neither empty nor shared.
orders/check_orders_15m                | orders              | commerce   | placed_at          | '3' hour    | folded  | Order totals are not negative.
orders/check_order_items_15m           | order_items         | commerce   | created_at         | '2' hour    | plain   | Items belong to an order.
orders/check_refunds_15m               | refunds             | commerce   | refunded_at        | '6' hour    | single  | A refund is not larger than its order.
campaigns/check_campaigns_15m          | campaigns           | messaging  | scheduled_at       | '1' hour    | plain   | A scheduled campaign has an audience.
campaigns/check_campaign_sends_15m     | campaign_sends      | messaging  | sent_at            | '3' hour    | query   | Sends do not exceed the audience.
check_consent_15m                      | consents            | compliance | consent_updated_at | '3' hour    | plain   | A change of consent carries its source.
check_lists_15m                        | lists               | profiles   | updated_at         | '3' hour    | double  | Lists have an owner.
check_list_memberships_15m             | list_memberships    | profiles   | joined_at          | '3' hour    | folded  | Members exist.
check_segments_15m                     | segments            | profiles   | evaluated_at       | '1' Hour    | several | Segments were evaluated, and against a definition.
check_web_sessions_15m                 | web_sessions        | events     | started_at         | '3' hour    | plain   | Sessions end after they begin.
check_forms_15m                        | forms               | onsite     | submitted_at       | '3' hour    | plain   | Submissions name a form that is live.
check_catalog_items_15m                | catalog_items       | commerce   | synced_at          | '3' hour    | query   | Synchronised items have a price.
events/check_events_15min              | events              | events     | created_at         | '30' minute | plain   | The event stream has no gap.
orders/check_orders_15min              | orders              | commerce   | placed_at          | '30' minute | plain   | Orders arrive.
events/check_events_freshness          | events              | events     | created_at         | -           | plain   | Newest event is younger than ten minutes.
messages/check_messages_freshness      | messages            | messaging  | sent_at            | -           | plain   | Newest message is younger than twenty minutes.
profiles/check_profiles_freshness      | profiles            | profiles   | updated_at         | -           | plain   | Newest profile update is younger than ten minutes.
orders/check_orders_freshness          | orders              | commerce   | placed_at          | -           | plain   | Newest order is younger than an hour.
check_segments_freshness               | segments            | profiles   | evaluated_at       | -           | plain   | Segments were evaluated within the hour.
events/check_events_hourly             | events              | events     | created_at         | -           | query   | Event counts match the ingest ledger.
profiles/check_profiles_hourly         | profiles            | profiles   | updated_at         | -           | query   | Profile counts match the ledger.
messages/check_messages_hourly         | messages            | messaging  | sent_at            | -           | query   | Message counts match the sending ledger.
orders/check_orders_hourly             | orders              | commerce   | placed_at          | -           | query   | Order counts match the shops.
campaigns/check_campaigns_hourly       | campaigns           | messaging  | scheduled_at       | -           | query   | Campaigns left the queue.
check_consent_hourly                   | consents            | compliance | updated_at         | -           | query   | Consent counts match the audit trail.
check_web_sessions_hourly              | web_sessions        | events     | started_at         | -           | query   | Sessions match page views.
events/check_events_uniqueness         | events              | events     | created_at         | -           | query   | Event ids are unique.
profiles/check_profiles_uniqueness     | profiles            | profiles   | updated_at         | -           | query   | Profile ids are unique.
messages/check_messages_uniqueness     | messages            | messaging  | sent_at            | -           | query   | Message ids are unique.
orders/check_orders_uniqueness         | orders              | commerce   | placed_at          | -           | query   | Order ids are unique.
check_consent_uniqueness               | consents            | compliance | updated_at         | -           | query   | One consent a profile and channel.
events/check_events_daily              | events              | events     | created_at         | '1' day     | plain   | A day of events agrees with the raw zone.
profiles/check_profiles_daily          | profiles            | profiles   | updated_at         | '7' day     | folded  | No profile is orphaned.
messages/check_messages_daily          | messages            | messaging  | sent_at            | '7' day     | single  | Messages reach a final state within a week.
orders/check_orders_daily              | orders              | commerce   | placed_at          | '3' day     | query   | Orders match the shops day by day.
orders/check_refunds_daily             | refunds             | commerce   | refunded_at        | '14' days   | double  | Refunds match orders.
campaigns/check_campaigns_daily        | campaigns           | messaging  | scheduled_at       | '7' day     | several | Campaigns were sent, and once.
check_lists_daily                      | lists               | profiles   | updated_at         | '14' day    | plain   | Lists without members are archived.
check_segments_daily                   | segments            | profiles   | evaluated_at       | '7' day     | plain   | Segment sizes do not jump.
check_web_sessions_daily               | web_sessions        | events     | started_at         | '7' day     | folded  | Sessions join to profiles.
check_identity_matches_daily           | identity_matches    | profiles   | matched_at         | '31' day    | plain   | Matches older than a month are settled.
check_forms_daily                      | forms               | onsite     | submitted_at       | '7' DAY     | single  | Submissions became profiles.
check_catalog_items_daily              | catalog_items       | commerce   | synced_at          | '2' day     | query   | The catalogue agrees with its feed.
events/check_events_table_metrics      | events              | events     | created_at         | -           | plain   | Row counts and sizes.
profiles/check_profiles_table_metrics  | profiles            | profiles   | updated_at         | -           | plain   | Row counts and sizes.
`;

export const sampleChecks: readonly SampleCheck[] = rows
  .trim()
  .split('\n')
  .map((row) => {
    const [path = '', table = '', owner = '', column = '', interval = '', style = '', description = ''] = row
      .split('|')
      .map((cell) => cell.trim());
    const window = interval === '-' ? {} : { interval };
    return { path: `${path}.yml`, table, owner, column, style: style as Style, description, ...window };
  });
