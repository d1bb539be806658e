/** What all campaigns share: how many trials, where randomness comes from, and a row for docs/measurements/trust.md. */
import { appendFileSync } from 'node:fs';
import { createRandom, type Random } from '../../sandbox/random.ts';

export const soak = process.env.SOAK === '1';

/** The number of trials in CI and in `npm run soak`. `TRIALS` overrides both. */
export function trials(inCi: number, inSoak: number): number {
  return Number(process.env.TRIALS ?? (soak ? inSoak : inCi));
}

/** Somebody tries a campaign out. */
export const shortened = process.env.TRIALS !== undefined;

/** `SEED` repeats a campaign that failed: it prints its own. */
const seed = Number(process.env.SEED ?? 20251208);

export function randomFor(suite: string, trial = 0): Random {
  const text = `${seed} ${suite} ${trial}`;
  let hash = 0;
  for (const character of text) hash = (Math.imul(hash, 31) + character.charCodeAt(0)) | 0;
  return createRandom(hash >>> 0);
}

/** Runs trials side by side: most of their time is waiting. The first failure is thrown when all have ended. */
export async function sideBySide<Item>(
  items: readonly Item[],
  atOnce: number,
  trial: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const queue = items.entries();
  const failures: unknown[] = [];
  const worker = async () => {
    for (const [index, item] of queue) await trial(item, index).catch((error) => failures.push(error));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (failures.length > 0) throw failures[0];
}

/** Prints a row of the table, and appends it to the file `TRUST_RESULTS` if that is set. */
export function measured(suite: string, figures: Readonly<Record<string, string | number>>): void {
  const row = JSON.stringify({ suite, soak, ...figures });
  process.stdout.write(`trust: ${row}\n`);
  const file = process.env.TRUST_RESULTS;
  if (file) appendFileSync(file, `${row}\n`);
}
