/** What a person does after a round, by what it showed. */
import type { Report } from '../../report/model.ts';

type Outcome = Report['verdict']['outcome'];

export const sameLoadAgain =
  'the same load again: uploadDags when anything was changed, else markRound; then the person triggers the DAG.';

export function stepsAfterRound(outcome: Outcome, load: number): string[] {
  switch (outcome) {
    case 'fits':
      return [
        `commitResults commits the configs and the report; then scaleConfigs with load ${Math.min(2 * load, 1000)}.`,
        `Or ${sameLoadAgain}`,
      ];
    case 'missed':
      return [
        `The person changes what the suggestions name; then ${sameLoadAgain}`,
        'Or commitResults, and stop: a higher load asks for more.',
      ];
    default:
      return [
        `The round decides nothing. The person mends what broke; then ${sameLoadAgain}`,
        'Or commitResults, when the person takes it as it is.',
      ];
  }
}

/** The outcome as a verdict's sentence begins with it. */
export function outcomeIn(sentence: string): Outcome {
  if (sentence.startsWith('Fits')) return 'fits';
  return sentence.startsWith('Missed') ? 'missed' : 'not_decided';
}
