/** The format of a scenario file: a state, a conversation with its ideal calls, and what must not happen. */
import { readdirSync, readFileSync } from 'node:fs';
import * as z from 'zod';

const given = z.record(z.string(), z.unknown());

/** A call of a tool; in `with`, "$reviewId" and "$clusterId" stand for the newest ids from results. */
const call = z.strictObject({
  call: z.string(),
  with: given.optional(),
  /** Members that its structured result has, at least. */
  gives: given.optional(),
  /** The start of its refusal. */
  refuses: z.string().optional(),
});

/** Something that happens outside the tools. */
const event = z.discriminatedUnion('happens', [
  z.strictObject({
    happens: z.literal('dagRun'),
    schedule: z.enum(['15m', 'hourly', 'daily']),
    conf: given.optional(),
  }),
  z.strictObject({ happens: z.literal('minutesPass'), minutes: z.number().positive() }),
  /** EMR ends a cluster as an accident would. */
  z.strictObject({ happens: z.literal('clusterFails'), clusterId: z.string() }),
  /** Somebody edits a file: under CHECKS_PATH, or in the folder of the DAG file. */
  z.strictObject({
    happens: z.literal('edit'),
    in: z.enum(['checks', 'dags']),
    path: z.string(),
    from: z.string(),
    to: z.string(),
  }),
  /** Somebody else puts an object in the bucket; "$log" means every stderr log of a failed step. */
  z.strictObject({ happens: z.literal('object'), key: z.string(), text: z.string() }),
  /** The next requests to a service fail. */
  z.strictObject({
    happens: z.literal('fault'),
    service: z.enum(['s3', 'emr', 'sts']),
    error: z.string(),
    times: z.number().optional(),
  }),
  z.strictObject({ happens: z.literal('faultsEnd') }),
]);

/** `or` has other wordings of the same message, with the same ideal calls. */
const message = z.strictObject({ person: z.string(), or: z.array(z.string()).optional() });

/** A matching call has these arguments, and none of `without`. */
const pattern = z.strictObject({
  call: z.string(),
  with: given.optional(),
  without: z.array(z.string()).optional(),
});

const scenario = z.strictObject({
  about: z.string(),
  before: z.array(z.union([call, event])).default([]),
  talk: z.array(z.union([message, call, event])),
  must: z.array(pattern).default([]),
  /** Tools that change something and may also be called; read-only tools are always allowed. */
  may: z.array(z.string()).default([]),
  mustNot: z.array(pattern).default([]),
  after: z
    .strictObject({
      session: given.optional(),
      /** Objects under a prefix of the bucket. */
      bucket: z.record(z.string(), z.union([z.enum(['some', 'none']), z.int().positive()])).optional(),
      checks: z
        .array(z.strictObject({ path: z.string(), has: z.string().optional(), lacks: z.string().optional() }))
        .optional(),
      /** Commits on the test branch that are not on main, and those of the reports' repository without its first. */
      commits: z.strictObject({ target: z.int(), reports: z.int() }).optional(),
      reports: z.int().optional(),
    })
    .default({}),
});

export type Call = z.infer<typeof call>;
export type Event = z.infer<typeof event>;
export type Pattern = z.infer<typeof pattern>;
export type Scenario = z.infer<typeof scenario> & { readonly name: string };

/** Every wording of the person's messages in a scenario. */
export function messagesOf({ talk }: Scenario): string[] {
  return talk.flatMap((one) => ('person' in one ? [one.person, ...(one.or ?? [])] : []));
}

/** Every scenario of a folder, by name. @throws ZodError with the file name */
export function readScenarios(folder: string): Scenario[] {
  return readdirSync(folder)
    .sort()
    .map((file) => ({
      name: file.replace('.json', ''),
      ...scenario.parse(JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')), {
        error: () => `in ${file}`,
      }),
    }));
}
