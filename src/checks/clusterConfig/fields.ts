/** Fields that EMR does not know, that it needs, or that are of another kind: RunJobFlow would refuse the request. */
import { nearestOf } from '../../nearest.ts';
import { type Finding, refuse } from './finding.ts';
import { isObject } from './model.ts';
import {
  fleetShape,
  groupShape,
  instancesShape,
  type Kind,
  requestShape,
  requiredByEmr,
  type Shape,
  stepTemplateShape,
} from './requestShape.ts';

export function fieldFindings(json: Readonly<Record<string, unknown>>): Finding[] {
  const instances = isObject(json.Instances) ? json.Instances : {};
  return [
    ...shaped(json, { ...requestShape, AuditStep: 'object' }, ''),
    ...missing(json, requiredByEmr, '', 'RunJobFlow'),
    ...missing(json, ['AuditStep'], '', 'the DAG'),
    ...shaped(instances, instancesShape, 'Instances'),
    ...each(instances.InstanceGroups, 'Instances.InstanceGroups', groupShape, [
      'InstanceRole',
      'InstanceType',
      'InstanceCount',
    ]),
    ...each(instances.InstanceFleets, 'Instances.InstanceFleets', fleetShape, ['InstanceFleetType']),
    ...shaped(isObject(json.AuditStep) ? json.AuditStep : {}, stepTemplateShape, 'AuditStep'),
    ...properties(json.Configurations, 'Configurations'),
  ];
}

const kindWords: Readonly<Record<Kind, string>> = {
  text: 'a text',
  number: 'a whole number',
  flag: 'true or false',
  list: 'a list',
  object: 'an object',
};

function shaped(value: Readonly<Record<string, unknown>>, shape: Shape, where: string): Finding[] {
  return Object.entries(value).flatMap(([name, field]) => {
    const path = join(where, name);
    const kind = shape[name];
    if (kind === undefined) return [unknownField(path, name, shape, where)];
    if (isOfKind(field, kind)) return [];
    const shown = JSON.stringify(field).slice(0, 60);
    return [refuse(path, `it is ${shown}, not ${kindWords[kind]}`, `give ${name} as ${kindWords[kind]}`)];
  });
}

function unknownField(path: string, name: string, shape: Shape, where: string): Finding {
  const meant = nearestOf(name, Object.keys(shape));
  const owner = where === 'AuditStep' ? 'the DAG' : 'EMR';
  return refuse(
    path,
    `${owner} knows no field of that name${meant === undefined ? '' : ` (${meant}?)`}`,
    meant === undefined ? 'take it out' : `rename it to ${meant}, or take it out`,
  );
}

function missing(
  value: Readonly<Record<string, unknown>>,
  names: readonly string[],
  where: string,
  who: string,
): Finding[] {
  return names
    .filter((name) => value[name] === undefined || value[name] === null || value[name] === '')
    .map((name) => refuse(join(where, name), `it is missing, and ${who} needs it`, `add ${name}`));
}

function each(list: unknown, path: string, shape: Shape, needed: readonly string[]): Finding[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown, index) => {
    const where = `${path}[${index}]`;
    if (!isObject(one)) return [refuse(where, 'it is not an object', 'give each entry as an object')];
    return [...shaped(one, shape, where), ...missing(one, needed, where, 'EMR')];
  });
}

/** Values of Properties are a map of texts to texts in EMR's API; the AWS clients refuse any other kind. */
function properties(list: unknown, path: string): Finding[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: unknown, index) => {
    if (!isObject(one) || !isObject(one.Properties)) return [];
    return Object.entries(one.Properties)
      .filter(([, value]) => typeof value !== 'string')
      .map(([name, value]) =>
        refuse(
          `${path}[${index}].Properties["${name}"]`,
          `it is ${JSON.stringify(value).slice(0, 60)}, and EMR takes texts only`,
          `write it as ${JSON.stringify(String(value).slice(0, 60))}`,
        ),
      );
  });
}

function isOfKind(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case 'text':
      return typeof value === 'string';
    case 'number':
      return Number.isInteger(value);
    case 'flag':
      return typeof value === 'boolean';
    case 'list':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
  }
}

function join(where: string, name: string): string {
  return where === '' ? name : `${where}.${name}`;
}
