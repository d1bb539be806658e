// `node --import kill.mjs`: ends its own process, or its process group, as kill -9 does, at one event of its work.
// TRUST_KILL: {"kind": "rename", "at": 3, "scope": "process" | "group", "log": path}. Kinds: journal (a link), rename,
// write, request, response, git (a child is started), lock (a lock file of git exists), answer (said to the client).
// The log gets how many events of each kind there were, at the kill or at the end.
import childProcess from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const plan = JSON.parse(process.env.TRUST_KILL);
const { closeSync, existsSync, linkSync, openSync, renameSync, writeFileSync, writeSync } = fs;
const { link, rename } = fs.promises;
const { spawn } = childProcess;

const counts = {};
/** Not by appendFileSync, which calls writeFileSync. */
function note(killed) {
  const file = openSync(plan.log, 'a');
  writeSync(file, JSON.stringify({ killed, counts }));
  closeSync(file);
}
function event(kind) {
  counts[kind] = (counts[kind] ?? 0) + 1;
  if (kind !== plan.kind || counts[kind] !== plan.at) return;
  note(true);
  process.kill(plan.scope === 'group' ? -process.pid : process.pid, 'SIGKILL');
  // The signal to a group may arrive a moment later: nothing more is done until then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
process.once('exit', () => note(false));
// The end of stdin, not a signal, ends a server that is only counted.
globalThis.trustEvent = event;

/** Before and after: not yet done, and done but not told. */
function around(kind, work) {
  return (...args) => {
    event(kind);
    const result = work(...args);
    event(kind);
    return result;
  };
}
function aroundPromise(kind, work) {
  return async (...args) => {
    event(kind);
    const result = await work(...args);
    event(kind);
    return result;
  };
}
fs.linkSync = around('journal', linkSync);
fs.promises.link = aroundPromise('journal', link);
fs.renameSync = around('rename', renameSync);
fs.promises.rename = aroundPromise('rename', rename);
fs.writeFileSync = around('write', writeFileSync);

const { stdout } = process;
const say = stdout.write.bind(stdout);
// A pipe is written at once, so the client has the answer when the process ends.
stdout.write = (...args) => {
  const result = say(...args);
  if (String(args[0]).includes('"result"')) event('answer');
  return result;
};

subscribe('http.client.request.start', () => event('request'));
subscribe('http.client.response.finish', () => event('response'));

const locks = [
  'index.lock',
  'HEAD.lock',
  'refs/heads/audit_checks_load_testing.lock',
  'refs/heads/main.lock',
];
childProcess.spawn = (command, args, options) => {
  event('git');
  const child = spawn(command, args, options);
  const folder = join(options?.cwd ?? '.', '.git');
  let running = true;
  child.once('exit', () => {
    running = false;
  });
  const look = () => {
    if (!running) return;
    if (locks.some((name) => existsSync(join(folder, name)))) event('lock');
    else setImmediate(look);
  };
  look();
  return child;
};
syncBuiltinESMExports();
