/** A yes that a person types in a terminal. */
import { once } from 'node:events';
import type { Interface } from 'node:readline/promises';

/** Only the typed word yes is one; a terminal that is closed has not said it. */
export async function saysYes(terminal: Interface, question: string): Promise<boolean> {
  const typed = await Promise.race([terminal.question(question), once(terminal, 'close').then(() => '')]);
  return typed.trim().toLowerCase() === 'yes';
}
