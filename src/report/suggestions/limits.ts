import { plural } from '../../domain/text.ts';
import type { Suggestion } from '../model/findings.ts';
import { isFit } from '../model/outcomes.ts';
import { activeStepCap } from '../steps/findings.ts';
import type { SuggestionFacts } from '../toFit/facts.ts';

export function activeCap({ findings }: SuggestionFacts): Suggestion[] {
  if (!findings.activeCapMet) return [];
  return [
    {
      id: 'active-cap',
      title: 'Stay below the cap on active steps',
      measured: `${findings.peakActive} steps were active at once; EMR takes at most ${activeStepCap}`,
      setting: 'how many steps the DAG keeps active',
      from: String(findings.peakActive),
      to: '200',
      expected: 'no submission is refused',
      success: 'At most 200 steps are active at once.',
    },
  ];
}

/** A round that lost machines measured a smaller cluster than the one that was asked for; one that fits on it needs no repeat. */
export function lostMachines({ findings: { lostInstances }, verdict }: SuggestionFacts): Suggestion[] {
  if (lostInstances.length === 0 || isFit(verdict)) return [];
  const spot = lostInstances.filter(({ market }) => market === 'SPOT').length;
  return [
    {
      id: 'lost-machines',
      title: 'Repeat the round without losing machines',
      measured: `${plural(lostInstances.length, 'instance')} ${lostInstances.length === 1 ? 'was' : 'were'} lost while the round ran, ${spot} of them spot, so its times are those of a smaller cluster`,
      setting: 'Market of the core nodes in the cluster config',
      from: spot > 0 ? 'SPOT' : 'ON_DEMAND',
      to: spot > 0 ? 'ON_DEMAND' : 'the same, in another availability zone',
      expected: 'times of the whole cluster',
      success: 'No instance is lost during the round.',
    },
  ];
}
