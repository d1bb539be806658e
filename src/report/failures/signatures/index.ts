import { endings, vague } from './endings.ts';
import { memory } from './memory.ts';
import { services } from './services.ts';
import type { Signature } from './signature.ts';
import { unstarted } from './submission.ts';
import { tables } from './tables.ts';

/** Every known cause. In one exception with its causes the first that matches is the answer: specific before general. */
export const causes: readonly Signature[] = [...unstarted, ...tables, ...memory, ...services];

export { endings, vague };

/** Every known failure. */
export const signatures: readonly Signature[] = [...causes, ...endings, ...vague];
