import { plural } from '../domain/text.ts';
import type { Cost, LostInstances } from './model/findings.ts';

/** In words, not escaped: "2.41 USD for 5 instances, 1.14 instance-hours within the round (prices of 2025-12-01)". */
export function costText(cost: Cost): string {
  const count = cost.instances.reduce((sum, one) => sum + one.count, 0);
  const used = `${plural(count, 'instance')}, ${cost.hours.toFixed(2)} instance-hours within the round`;
  if (cost.currency === null) return `not priced: no price table is set (${used})`;
  const left = cost.notPriced.length === 0 ? '' : `; not priced: ${cost.notPriced.join(', ')}`;
  const total = cost.total === null ? 'not priced' : `${cost.total.toFixed(2)} ${cost.currency}`;
  return `${total} for ${used} (prices of ${cost.pricesOf ?? ''}${left})`;
}

/** In words, not escaped: "2 instances lost during the round: m6i.2xlarge SPOT (Instance failure) …". */
export function lostText(lost: LostInstances): string {
  const shown = lost.slice(0, 5).map((one) => `${one.type} ${one.market} (${one.reason})`);
  const more = lost.length > shown.length ? ` and ${lost.length - shown.length} more` : '';
  const spot = lost.filter((one) => one.market === 'SPOT').length;
  return `${plural(lost.length, 'instance')} lost during the round, ${spot} of them spot: ${shown.join(', ')}${more}`;
}
