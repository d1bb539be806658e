import { formatDuration, percent } from '../../domain/text.ts';
import type { Suggestion } from '../model/findings.ts';
import type { SuggestionFacts } from '../toFit/facts.ts';

export function overhead({ findings }: SuggestionFacts): Suggestion[] {
  const { secondsPerStep, shareOfWork, from } = findings.overhead;
  if (secondsPerStep === null || shareOfWork === null || shareOfWork <= 0.5) return [];
  // The fastest step only bounds the fixed cost from above; that is no measurement.
  if (from !== 'fit over loads') return [];
  return [
    {
      id: 'overhead',
      title: 'Put several checks into one step',
      measured: `each step takes about ${formatDuration(secondsPerStep)} to start (from the loads that were measured), ${percent(shareOfWork)} of all work; bigger nodes will not help`,
      setting: 'checks in one step',
      from: '1',
      to: '4',
      expected: `up to ${percent(shareOfWork * 0.75)} less work`,
      success: 'Start-up is at most half of all work.',
    },
  ];
}
