#!/usr/bin/env node
// Stands in for Python with Spark: does for each order what the name of its application says.
import { createWriteStream, mkdirSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const answers = createWriteStream('', { fd: 3 });
for await (const line of createInterface({ input: process.stdin })) {
  const { runner, words, conf } = JSON.parse(line);
  if (runner === null) {
    answers.write('{"exitCode":0,"alive":true}\n');
    continue;
  }
  const application = conf['spark.test.appId'];
  process.stderr.write(`application ${application} of driver ${process.pid}: ${words.join(' ')}\n`);
  const folder = `${conf['spark.eventLog.dir'].replace('file://', '')}/eventlog_v2_${application}`;
  mkdirSync(folder, { recursive: true });
  const isKilled = conf['spark.app.name'].includes('killed');
  writeFileSync(`${folder}/appstatus_${application}${isKilled ? '.inprogress' : ''}`, '');
  writeFileSync(`${folder}/events_1_${application}`, JSON.stringify(conf));
  if (isKilled) process.kill(process.pid, 'SIGKILL');
  if (conf['spark.app.name'].includes('endless')) await new Promise(() => setInterval(() => {}, 1000));
  if (conf['spark.app.name'].includes('memory'))
    process.stderr.write('java.lang.OutOfMemoryError: Java heap space\n');
  const isDying = conf['spark.app.name'].includes('dying');
  const exitCode = isDying || conf['spark.app.name'].includes('violated') ? 1 : 0;
  answers.write(`${JSON.stringify({ exitCode, alive: !isDying })}\n`);
}
