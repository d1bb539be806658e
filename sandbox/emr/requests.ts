/** Checks the clusters and steps of a request as EMR does. */

import { actionsOnFailure, type ClusterOrder, instanceRoles, markets, type StepRequest } from './records.ts';
import {
  brokenConstraint,
  type Input,
  numberAt,
  objectAt,
  objectsAt,
  oneOf,
  requiredText,
  textAt,
  textsAt,
  validation,
} from './wire.ts';

/** @throws WireError ValidationException with EMR's message */
export function parseClusterOrder(request: Input): ClusterOrder {
  const name = requiredText(request, 'Name');
  const instances = objectAt(request, 'Instances');
  if (!instances) throw brokenConstraint('instances', undefined, 'Member must not be null');
  const release = textAt(request, 'ReleaseLabel');
  if (release !== undefined && !/^emr-\d+\.\d+\.\d+$/.test(release))
    throw validation(`The supplied release label is invalid: ${release}.`);
  if (!textAt(request, 'JobFlowRole')) throw validation('InstanceProfile is required for creating cluster.');
  if (!textAt(request, 'ServiceRole')) throw validation('ServiceRole is required for creating cluster.');
  const stepConcurrencyLevel = numberAt(request, 'StepConcurrencyLevel') ?? 1;
  if (!Number.isInteger(stepConcurrencyLevel) || stepConcurrencyLevel < 1 || stepConcurrencyLevel > 256)
    throw validation('The StepConcurrencyLevel must be between 1 and 256.');
  const policy = objectAt(request, 'AutoTerminationPolicy');
  const idleTimeoutSeconds = policy && parseIdleTimeout(policy);
  return {
    name,
    request,
    ...parseCollections(instances),
    stepConcurrencyLevel,
    keepAlive: instances.KeepJobFlowAliveWhenNoSteps === true,
    terminationProtected: instances.TerminationProtected === true,
    ...(idleTimeoutSeconds === undefined ? {} : { idleTimeoutSeconds }),
  };
}

/** Seconds; EMR allows one minute to seven days and defaults to an hour. */
function parseIdleTimeout(policy: Input): number {
  const timeoutSeconds = numberAt(policy, 'IdleTimeout') ?? 3600;
  if (timeoutSeconds < 60 || timeoutSeconds > 604_800)
    throw validation('The IdleTimeout must be between 60 and 604800 seconds.');
  return timeoutSeconds;
}

function parseCollections(instances: Input): Pick<ClusterOrder, 'collectionType' | 'collections'> {
  const groups = objectsAt(instances, 'InstanceGroups');
  const fleets = objectsAt(instances, 'InstanceFleets');
  if (groups.length > 0 && fleets.length > 0)
    throw validation('Instance fleets and instance groups are mutually exclusive.');
  if (fleets.length > 0) return { collectionType: 'INSTANCE_FLEET', collections: fleets.map(parseFleet) };
  const collections = groups.length > 0 ? groups.map(parseGroup) : shorthandGroups(instances);
  if (!collections.some(({ role }) => role === 'MASTER'))
    throw validation(
      'Zero master instance groups supplied, you must specify exactly one master instance group',
    );
  return { collectionType: 'INSTANCE_GROUP', collections };
}

function parseGroup(group: Input): ClusterOrder['collections'][number] {
  const role = oneOf('instanceRole', requiredText(group, 'InstanceRole'), instanceRoles);
  return {
    role,
    name: textAt(group, 'Name') ?? role.toLowerCase(),
    market: oneOf('market', textAt(group, 'Market') ?? 'ON_DEMAND', markets),
    instanceType: requiredText(group, 'InstanceType'),
    count: numberAt(group, 'InstanceCount') ?? 1,
  };
}

/** Assumes that every instance of a fleet counts as one unit of its capacity. */
function parseFleet(fleet: Input): ClusterOrder['collections'][number] {
  const role = oneOf('instanceFleetType', requiredText(fleet, 'InstanceFleetType'), instanceRoles);
  const onDemand = numberAt(fleet, 'TargetOnDemandCapacity') ?? 0;
  const spot = numberAt(fleet, 'TargetSpotCapacity') ?? 0;
  const firstType = objectsAt(fleet, 'InstanceTypeConfigs')[0];
  return {
    role,
    name: textAt(fleet, 'Name') ?? role.toLowerCase(),
    market: spot > onDemand ? 'SPOT' : 'ON_DEMAND',
    instanceType: firstType ? requiredText(firstType, 'InstanceType') : 'm5.xlarge',
    count: onDemand + spot,
  };
}

function shorthandGroups(instances: Input): ClusterOrder['collections'] {
  const master = textAt(instances, 'MasterInstanceType');
  if (!master) return [];
  const cores = (numberAt(instances, 'InstanceCount') ?? 1) - 1;
  const core = textAt(instances, 'SlaveInstanceType') ?? master;
  const group = (role: 'MASTER' | 'CORE', instanceType: string, count: number) =>
    ({ role, name: role.toLowerCase(), market: 'ON_DEMAND', instanceType, count }) as const;
  return [group('MASTER', master, 1), ...(cores > 0 ? [group('CORE', core, cores)] : [])];
}

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
