import { statusWord } from '../../../steps/checkTimes.ts';
import { element, part, stateClass } from './elements.ts';
import type { PageStep } from './steps.ts';

/** A switch for each state that occurs, with its count: pressed ones are the states that are shown, and with none pressed all are. */
export function createChips(steps: readonly PageStep[], onChange: (only: ReadonlySet<string>) => void): void {
  const only = new Set<string>();
  const counts = new Map<string, number>();
  for (const step of steps) counts.set(step.state, (counts.get(step.state) ?? 0) + 1);
  for (const [state, count] of [...counts].sort((a, b) => b[1] - a[1])) {
    const chip = element(
      'button',
      { type: 'button', class: `chip ${stateClass(state)}`, 'aria-pressed': 'false' },
      `${statusWord(state)} ${count}`,
    );
    chip.addEventListener('click', () => {
      if (!only.delete(state)) only.add(state);
      chip.setAttribute('aria-pressed', String(only.has(state)));
      onChange(only);
    });
    part('chips').append(chip);
  }
}
