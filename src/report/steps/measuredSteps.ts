import { cleanLine } from '../../domain/foreignText.ts';
import { identifyStep, type PartOfChecks } from '../../domain/stepIdentity.ts';
import type { Step } from '../../ports/aws.ts';
import { diagnose } from '../failures/diagnosis.ts';
import { byText } from '../model/checkKey.ts';
import type { RoundFacts } from '../model/facts.ts';
import type { ReportStep } from '../model/model.ts';
import { milli } from '../statistics/statistics.ts';

const nameLength = 256;
export const pathLength = 1024;
const failedStates = new Set(['FAILED', 'INTERRUPTED']);

/** The round's steps with their times split into waiting and working; oldest first, then by id. */
export function measureSteps(facts: RoundFacts): ReportStep[] {
  const ordered = facts.steps.toSorted((a, b) => a.createdMs - b.createdMs || byText(a.id, b.id));
  return ordered.map((step) => measure(step, facts));
}

/** The size of a partial round; undefined where a step belongs to a run of all checks. */
export function partOfChecks({
  steps,
  configsPrefix,
}: Pick<RoundFacts, 'steps' | 'configsPrefix'>): PartOfChecks | undefined {
  const parts = steps.map((step) => identifyStep(step, configsPrefix).partOf);
  return parts.every((part) => part !== undefined) ? parts[0] : undefined;
}

function measure(step: Step, facts: RoundFacts): ReportStep {
  const evidence = facts.eventLogs?.evidence.get(step.id);
  const identity = identifyStep(step, facts.configsPrefix);
  return {
    id: step.id,
    name: cleanLine(step.name, nameLength),
    check: cleanLine(identity.check, nameLength),
    ...(identity.path !== undefined && { path: cleanLine(identity.path, pathLength) }),
    schedule: identity.schedule ?? facts.schedule,
    load: identity.load ?? facts.load,
    ...(identity.runId !== undefined && { runId: cleanLine(identity.runId, nameLength) }),
    state: cleanLine(step.state, 64),
    createdAt: stamp(step.createdMs),
    startedAt: step.startedMs === undefined ? null : stamp(step.startedMs),
    endedAt: step.endedMs === undefined ? null : stamp(step.endedMs),
    queueSeconds: secondsBetween(step.createdMs, step.startedMs),
    runSeconds: secondsBetween(step.startedMs, step.endedMs),
    ...(failedStates.has(step.state) && { failure: diagnose(step, facts.failures.get(step.id)) }),
    ...(evidence && { evidence }),
  };
}

/** Null where a stamp is missing, or where the stamps run backwards and so measure nothing. */
function secondsBetween(fromMs: number | undefined, toMs: number | undefined): number | null {
  if (fromMs === undefined || toMs === undefined || toMs < fromMs) return null;
  return milli((toMs - fromMs) / 1000);
}

function stamp(atMs: number): string {
  return new Date(atMs).toISOString();
}
