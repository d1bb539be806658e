/** Every tool, in the order of the workflow. */
import { buildReport } from './buildReport.ts';
import { checkSetup } from './checkSetup.ts';
import { commitResults } from './commitResults.ts';
import { compareReports } from './compareReports.ts';
import { fixInterval } from './fixInterval.ts';
import { markRound } from './markRound.ts';
import { pollCluster } from './pollCluster.ts';
import { revertConfigs } from './revertConfigs.ts';
import { reviewConfigs } from './reviewConfigs.ts';
import { scaleConfigs } from './scaleConfigs.ts';
import { showSession } from './showSession.ts';
import type { Tool } from './tool.ts';
import { triggerDag } from './triggerDag.ts';
import { uploadChecks } from './uploadChecks.ts';
import { uploadDags } from './uploadDags.ts';

export const tools: readonly Tool[] = [
  checkSetup,
  scaleConfigs,
  reviewConfigs,
  fixInterval,
  revertConfigs,
  uploadChecks,
  uploadDags,
  markRound,
  triggerDag,
  pollCluster,
  buildReport,
  compareReports,
  commitResults,
  showSession,
];
