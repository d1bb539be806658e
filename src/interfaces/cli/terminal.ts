/** A yes typed in a terminal. */
import { once } from 'node:events';
import type { Interface } from 'node:readline/promises';

/** True only for the typed word yes; closing the terminal counts as no. */
export async function saysYes(terminal: Interface, question: string): Promise<boolean> {
  const typed = await Promise.race([terminal.question(question), once(terminal, 'close').then(() => '')]);
  return typed.trim().toLowerCase() === 'yes';
}
