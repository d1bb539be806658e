import { capacity } from './capacity.ts';
import { generic } from './generic.ts';
import { infrastructure } from './infrastructure.ts';
import type { Signature } from './signature.ts';
import { specific } from './specific.ts';

/**
 * Every known failure, root cause above symptom. First what is specific whatever else a log contains (a missing table ends a
 * job alone), then memory and disk, then nodes and services (a lost node shows as failed fetches, a killed
 * executor as a lost one), last the generic lines of any failed program.
 */
export const signatures: readonly Signature[] = [...specific, ...capacity, ...infrastructure, ...generic];
