// `node --import kill.mjs`: ends its own process, or its process group, as kill -9 does, at one event of its work.
// TRUST_KILL is the path of the plan, which the test replaces before each call:
// {"turn": 7, "kind": "rename", "at": 3, "scope": "process" | "group"}. Events are counted from the start of a turn.
// Kinds: journal and claim (a link), rename, write, request, response, git (a child is started), lock (a lock file of
// git exists), unsaid (the answer is about to be said), answer (it was said).
// The first server that meets the event writes `${plan}.killed`; the others go on. The counts of a call
// are in `${plan}.counts` before its answer is said.
import childProcess from 'node:child_process';
import { subscribe } from 'node:diagnostics_channel';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const planFile = process.env.TRUST_KILL;
const { closeSync, existsSync, linkSync, openSync, readFileSync, renameSync, writeFileSync, writeSync } = fs;
const { link, rename } = fs.promises;
const { spawn } = childProcess;

let turn = 0;
let counts = {};

/** @returns false if the file exists already */
function leave(file, flags) {
  try {
    const opened = openSync(file, flags);
    writeSync(opened, JSON.stringify(counts));
    closeSync(opened);
    return true;
  } catch {
    return false;
  }
}

const readPlan = () => JSON.parse(readFileSync(planFile, 'utf8'));

function event(kind) {
  const plan = readPlan();
  if (plan.turn !== turn) {
    turn = plan.turn;
    counts = {};
  }
  counts[kind] = (counts[kind] ?? 0) + 1;
  if (kind === 'unsaid') leave(`${planFile}.counts`, 'w');
  if (kind !== plan.kind || counts[kind] !== plan.at || !leave(`${planFile}.killed`, 'wx')) return;
  process.kill(plan.scope === 'group' ? -process.pid : process.pid, 'SIGKILL');
  // The signal to a group may arrive a moment later: nothing more is done until then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
globalThis.trustEvent = event;

const linkKind = (to) => (/audit-load-test-\d+-\w+\.lock$/.test(to) ? 'claim' : 'journal');

/** Before and after: not yet done, and done but not told. */
function around(kindOf, work) {
  return (...args) => {
    const kind = kindOf(args[1]);
    event(kind);
    const result = work(...args);
    event(kind);
    return result;
  };
}
function aroundPromise(kindOf, work) {
  return async (...args) => {
    const kind = kindOf(args[1]);
    event(kind);
    const result = await work(...args);
    event(kind);
    return result;
  };
}
fs.linkSync = around(linkKind, linkSync);
fs.promises.link = aroundPromise(linkKind, link);
fs.renameSync = around(() => 'rename', renameSync);
fs.promises.rename = aroundPromise(() => 'rename', rename);
fs.writeFileSync = around(() => 'write', writeFileSync);

const { stdout } = process;
const say = stdout.write.bind(stdout);
// A pipe is written at once, so the client has the answer when the process ends.
stdout.write = (...args) => {
  const isAnswer = String(args[0]).includes('"result"');
  if (isAnswer) event('unsaid');
  const result = say(...args);
  // The next turn may have begun: this was the answer to an earlier call.
  if (isAnswer && readPlan().turn === turn) event('answer');
  return result;
};

subscribe('http.client.request.start', () => event('request'));
subscribe('http.client.response.finish', () => event('response'));

const locks = [
  'index.lock',
  'index-audit-load-test.lock',
  'HEAD.lock',
  'refs/heads/audit_checks_load_testing.lock',
  'refs/heads/main.lock',
];
/** Commands that take a lock and do not wait for input: their lock is waited for without a pause. */
const locking = /^(?:add|commit|read-tree|reset|update-index|update-ref)$/;

function hasEnded(pid) {
  try {
    return /\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return true;
  }
}

childProcess.spawn = (command, args, options) => {
  event('git');
  const child = spawn(command, args, options);
  const folder = join(options?.cwd ?? '.', '.git');
  const isLocked = () => locks.some((name) => existsSync(join(folder, name)));
  if (!args.some((word) => locking.test(word))) return child;
  for (const endMs = performance.now() + 500; performance.now() < endMs && !hasEnded(child.pid); )
    if (isLocked()) {
      event('lock');
      break;
    }
  return child;
};
syncBuiltinESMExports();
