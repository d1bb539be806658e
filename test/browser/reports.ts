/** Reports to open: with few steps, with many, of several levels, with hostile names. */
import { assembleReport } from '../../src/report/build.ts';
import type { Report } from '../../src/report/model/model.ts';
import { evenRound, factsOf, stepOf } from '../report/rounds.ts';

const hostileNames = [
  '</script><script>window.broken = 1</script>',
  '<img src=x onerror="window.broken = 1">',
  '"><svg onload="window.broken = 1">',
  'a | b `c` **d** [e](http://localhost/f)',
  'line one\nline two\r\n<!-- three',
  'left \u202eright\u202c \u2066isolated\u2069 \u200bzero',
  `$\{window.broken = 1}`,
  '&lt;b&gt; &amp; &#39;',
  '名前'.repeat(60),
  'x'.repeat(256),
];

/** One step per hostile name; every other step failed. */
export function hostileReport(): Report {
  const steps = hostileNames.map((name, index) => ({
    ...stepOf(`check_${index}_15m`, { started: 5 + index * 10, ended: 12 + index * 10 }),
    name,
    ...(index % 2 === 0 && {
      state: 'FAILED',
      failure: {
        reason: name,
        message: `java.lang.OutOfMemoryError: Java heap space ${name}`,
        logFile: name,
      },
    }),
  }));
  return assembleReport(factsOf(steps, { clusterName: '<b>cluster</b>', warnings: ['<i>warning</i>'] }));
}

/** A round of `count` steps: every 10th failed, and the last was cancelled before it started. */
export function roundOf(count: number, load = 2, earlier: Report[] = []): Report {
  const slots = Math.min(40, Math.max(2, Math.ceil(count / 10)));
  const seconds = (index: number) => 20 + ((index * 37) % 41) * (index % 13 === 5 ? load ** 2 : load);
  const steps = evenRound(count, slots, seconds).map((step, index) => ({
    ...step,
    name: step.name.replace(/_2x$/, `_${load}x`),
    arguments: step.arguments.map((argument) => argument.replace('/2x/', `/${load}x/`)),
    ...(index % 10 === 3 && {
      state: 'FAILED',
      failure: { reason: 'Unknown Error', message: 'java.lang.OutOfMemoryError: Java heap space' },
    }),
  }));
  const cancelled = stepOf('check_last_15m', { load, ended: 30, state: 'CANCELLED' });
  return assembleReport(
    factsOf([...steps, cancelled], {
      load,
      earlier,
      startedAtText: `2025-12-07T${10 + load}:30:00.000-05:00`,
      clusterConfig: { digest: 'd', stepConcurrencyLevel: slots },
    }),
  );
}

/** 4x after 2x and 1x: with a comparison and a forecast. */
export function severalLevels(count = 60): Report {
  const one = roundOf(count, 1);
  const two = roundOf(count, 2, [one]);
  return roundOf(count, 4, [one, two]);
}
