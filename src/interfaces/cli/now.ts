/** `now`: the stamp before a run, and nothing else. */
import { localStamp } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';

/** The current time by AWS's clock, with offset; offline by the machine's. Changes nothing. */
export async function currentStamp({ clock }: Pick<Ports, 'clock'>): Promise<string> {
  return localStamp((await clock.now()).epochUs);
}
