import type { Signature } from '../signature.ts';
import { capacity } from './capacity.ts';
import { certain } from './certain.ts';
import { infrastructure } from './infrastructure.ts';
import { lastWords } from './lastWords.ts';

/**
 * Every known failure, root cause above symptom. First what is certain whatever else a log holds (a missing table ends a
 * job by itself), then memory and disk, then nodes and services (a lost node shows as failed fetches, a killed
 * executor as a lost one), last the words that any failed program leaves.
 */
export const signatures: readonly Signature[] = [...certain, ...capacity, ...infrastructure, ...lastWords];
