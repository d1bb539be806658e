import type { UnscaledWhy } from '../../domain/coverage.ts';
import { plural } from '../../domain/text.ts';
import type { Suggestion } from '../model/findings.ts';
import type { Report } from '../model/model.ts';

/** Why a check ran at 1x although its schedule scales; the other reasons are a rule's or a person's decision. */
const mistakes: Partial<Record<UnscaledWhy, { readonly setting: string; readonly to: string }>> = {
  unparseable: {
    setting: 'file on the branch of the baseline',
    to: 'valid YAML in UTF-8, and not too large',
  },
  'not a literal': {
    setting: 'interval on the branch of the baseline',
    to: "a literal, as INTERVAL '3' hour",
  },
};

const filesNamed = 3;

/** Checks that did not carry the load by mistake: the round says too little of their time. */
export function unscaledByMistake({ load, coverage }: Pick<Report, 'load' | 'coverage'>): Suggestion[] {
  if (coverage === null) return [];
  return Object.entries(mistakes).flatMap(([why, { setting, to }]): Suggestion[] => {
    const files = coverage.unscaled.filter((one) => one.why === why).map(({ file }) => file);
    if (files.length === 0) return [];
    const more = files.length - filesNamed;
    const names = files.slice(0, filesNamed).join(', ') + (more > 0 ? ` and ${more} more` : '');
    return [
      {
        id: `unscaled:${why.replaceAll(' ', '-')}`,
        title: `Scale ${names}, which ran at 1x (${why})`,
        measured: `${files.length} of ${plural(coverage.checks, `${coverage.schedule} check`)} ran at 1x: ${why}`,
        setting: `${files.length === 1 ? 'its' : 'their'} ${setting}`,
        from: why,
        to: `${to}; then scaleConfigs with load ${load}`,
        expected: `${files.length === 1 ? 'it carries' : 'they carry'} the load`,
        success: `No check is at 1x for this reason (${why}).`,
      },
    ];
  });
}
