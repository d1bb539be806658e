/** Checks steps as EMR does when they are submitted. */
import { brokenConstraint, validation } from '../wire/errors.ts';
import { type Input, objectAt, objectsAt, oneOf, requiredText, textAt, textsAt } from '../wire/input.ts';
import { actionsOnFailure, type StepRequest } from './records.ts';

const jarStepCharacters = 10_240;

/** @throws WireError ValidationException for the first wrong member of a step */
export function parseSteps(steps: readonly Input[], concurrency: number): StepRequest[] {
  return steps.map((step, index) => parseStep(step, `steps.${index + 1}.member`, concurrency));
}

function parseStep(step: Input, place: string, concurrency: number): StepRequest {
  const name = textAt(step, 'Name');
  if (name === undefined) throw brokenConstraint(`${place}.name`, undefined, 'Member must not be null');
  if (name.length > 256)
    throw brokenConstraint(`${place}.name`, name, 'Member must have length less than or equal to 256');
  const jarStep = objectAt(step, 'HadoopJarStep');
  if (!jarStep) throw brokenConstraint(`${place}.hadoopJarStep`, undefined, 'Member must not be null');
  const action = textAt(step, 'ActionOnFailure') ?? 'TERMINATE_CLUSTER';
  const actionOnFailure = oneOf(`${place}.actionOnFailure`, action, actionsOnFailure);
  if (concurrency > 1 && actionOnFailure !== 'CONTINUE')
    throw validation(
      `ActionOnFailure ${actionOnFailure} is not valid when StepConcurrencyLevel is greater than 1; use CONTINUE.`,
    );
  const mainClass = textAt(jarStep, 'MainClass');
  const properties = objectsAt(jarStep, 'Properties').map(({ Key, Value }) => [String(Key), String(Value)]);
  const request: StepRequest = {
    name,
    actionOnFailure,
    jar: requiredText(jarStep, 'Jar', jarStepCharacters),
    args: textsAt(jarStep, 'Args') ?? [],
    properties: Object.fromEntries(properties),
    ...(mainClass === undefined ? {} : { mainClass }),
  };
  const characters = [request.jar, mainClass ?? '', ...request.args].join('').length;
  if (characters > jarStepCharacters)
    throw validation(`Size of the HadoopJarStep of '${name}' exceeds ${jarStepCharacters} characters.`);
  return request;
}
