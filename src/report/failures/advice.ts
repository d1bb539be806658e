import type { Report } from '../model/model.ts';
import { signatures } from './signatures/index.ts';
import type { Remedy } from './signatures/signature.ts';

interface Failed {
  readonly signature: string;
  readonly side: string;
}

const byId = new Map(signatures.map((signature) => [signature.id, signature]));

/** The setting to change for a cause on a side; undefined where no setting is the answer. */
export function remedyOf({ signature, side }: Failed): Remedy | undefined {
  const known = byId.get(signature);
  return (side === 'driver' ? known?.driverRemedy : undefined) ?? known?.remedy;
}

/** What to do, in one clause; undefined where there is nothing to say. */
export function adviceOf(failed: Failed): string | undefined {
  const remedy = remedyOf(failed);
  return byId.get(failed.signature)?.advice ?? (remedy && `${remedy.setting}: ${remedy.to}`);
}

const fixedKinds: ReadonlySet<string> = new Set(['data', 'configuration', 'permission', 'code']);

/**
 * Fails in the same way at any load and on a larger cluster, so that advice on capacity would mislead. Only a known cause can
 * be so certain: an exception that is on no list may be anything.
 */
export function isDeterministic({ signature, kind }: { readonly signature: string; readonly kind: string }) {
  const known = byId.get(signature);
  return known !== undefined && fixedKinds.has(kind) && !known.dependsOnLoad && !known.isGeneric;
}

/** Checks for whose failures there is a suggestion. */
export function toFix({ failures, steps }: Pick<Report, 'failures' | 'steps'>): Set<string> {
  const failed = new Set(failures.flatMap((group) => (remedyOf(group) === undefined ? [] : group.steps)));
  return new Set(steps.flatMap(({ id, check }) => (failed.has(id) ? check : [])));
}
