import type { Report } from './model/model.ts';
import { signatures } from './signatures/index.ts';

const deterministicClasses: ReadonlySet<string> = new Set(['data', 'configuration', 'permission', 'code']);
const dependent: ReadonlySet<string> = new Set(
  signatures.flatMap(({ id, dependsOnLoad }) => (dependsOnLoad ? id : [])),
);

/** Fails in the same way at any load and on a larger cluster, so that advice on capacity would mislead. */
export function isDeterministic(failure: Pick<Report['failures'][number], 'class' | 'signature'>): boolean {
  return deterministicClasses.has(failure.class) && !dependent.has(failure.signature);
}
