import { statusWord } from '../../../steps/checkTimes.ts';
import { element, part } from './elements.ts';
import { stateClass } from './stateColours.ts';
import type { PageStep } from './steps.ts';

/** A switch for each state that occurs, with its count; all are on at first. */
export function createChips(
  steps: readonly PageStep[],
  onChange: (hidden: ReadonlySet<string>) => void,
): void {
  const hidden = new Set<string>();
  const counts = new Map<string, number>();
  for (const step of steps) counts.set(step.state, (counts.get(step.state) ?? 0) + 1);
  for (const [state, count] of [...counts].sort((a, b) => b[1] - a[1])) {
    const chip = element(
      'button',
      { type: 'button', class: `chip ${stateClass(state)}`, 'aria-pressed': 'true' },
      `${statusWord(state)} ${count}`,
    );
    chip.addEventListener('click', () => {
      if (!hidden.delete(state)) hidden.add(state);
      chip.setAttribute('aria-pressed', String(!hidden.has(state)));
      onChange(hidden);
    });
    part('chips').append(chip);
  }
}
