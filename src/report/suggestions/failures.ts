import { plural } from '../../domain/text.ts';
import { signatures } from '../failures/signatures/index.ts';
import type { Signature } from '../failures/signatures/signature.ts';
import type { Suggestion } from '../model/findings.ts';
import type { Report } from '../model/model.ts';
import type { SuggestionFacts } from './facts.ts';
import { memorySize } from './memory.ts';

export function fromFailures({ failures, counts, clusterConfig, steps }: SuggestionFacts): Suggestion[] {
  return failures.flatMap((group) => {
    const remedy = remedyOf(group.signature);
    if (!remedy) return [];
    const present = memorySize(remedy.setting, clusterConfig?.settings);
    return {
      id: `failure:${group.signature}`,
      title: remedy.ofQuery
        ? `Fix ${checksOf(group.steps, steps)}`
        : `${group.title}: change ${remedy.setting}`,
      measured: `${group.steps.length} of ${plural(counts.total, 'step')} failed with ${remedy.ofQuery ? `"${group.title}"` : `it (${checksOf(group.steps, steps)})`}`,
      setting: remedy.setting,
      from:
        present?.text ??
        clusterConfig?.settings?.[remedy.setting] ??
        (remedy.ofQuery ? 'as uploaded' : 'not known'),
      to: (remedy.doubles && present?.doubledText) || remedy.to,
      expected: 'these steps complete',
      success: `No step fails with "${group.title}".`,
    };
  });
}

/** Checks for whose failures there is a suggestion. */
export function toFix({ failures, steps }: Pick<SuggestionFacts, 'failures' | 'steps'>): Set<string> {
  const failed = new Set(
    failures.flatMap((group) => (remedyOf(group.signature) === undefined ? [] : group.steps)),
  );
  return new Set(steps.flatMap(({ id, check }) => (failed.has(id) ? check : [])));
}

function remedyOf(id: string): Signature['remedy'] {
  return signatures.find((signature) => signature.id === id)?.remedy;
}

const checksNamed = 3;

function checksOf(ids: readonly string[], steps: Report['steps']): string {
  const failed = new Set(ids);
  const checks = [...new Set(steps.flatMap(({ id, check }) => (failed.has(id) ? check : [])))];
  const more = checks.length - checksNamed;
  return checks.slice(0, checksNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
