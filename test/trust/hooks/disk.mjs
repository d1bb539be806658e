// `node --import disk.mjs`: one step on the disk fails.
// TRUST_DISK: {"kind": "rename", "at": 2, "code": "ENOSPC", "times": "once" | "forever", "root": path, "log": path}.
// Kinds: create, write, flush, rename, link, mkdir, remove, read, list, look. Only steps on paths below root count;
// "forever" ends when the file `${log}.over` exists. The log gets a line for every step that failed, and the counts.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const plan = JSON.parse(process.env.TRUST_DISK);
const { closeSync, existsSync, openSync, readlinkSync, writeSync } = fs;
const counts = {};
/** Not by appendFileSync, which calls writeFileSync. */
function note(line) {
  const file = openSync(plan.log, 'a');
  writeSync(file, `${JSON.stringify(line)}\n`);
  closeSync(file);
}
const numbers = { ENOSPC: -28, EROFS: -30, EACCES: -13, EIO: -5 };

/** Throws the error that the file system would give, if this is the step. */
function step(kind, call, path) {
  if (!String(path).startsWith(plan.root)) return;
  counts[kind] = (counts[kind] ?? 0) + 1;
  if (kind !== plan.kind || counts[kind] < plan.at) return;
  if (plan.times === 'once' && counts[kind] > plan.at) return;
  if (plan.times === 'forever' && existsSync(`${plan.log}.over`)) return;
  note({ failed: call, path: String(path) });
  const error = new Error(`${plan.code}: injected, ${call} '${path}'`);
  throw Object.assign(error, {
    code: plan.code,
    errno: numbers[plan.code],
    syscall: call,
    path: String(path),
  });
}
process.once('exit', () => note({ counts }));

const pathOf = (file) => (typeof file === 'number' ? readlinkSync(`/proc/self/fd/${file}`) : file);
const writes = (flags) =>
  typeof flags === 'string' ? /[wax+]/.test(flags) : typeof flags === 'number' && (flags & 3) !== 0;

/** By name: the kind of its step; the path is the first argument unless `to` says the second. */
const kinds = {
  rename: ['rename', 'to'],
  link: ['link', 'to'],
  mkdir: ['mkdir'],
  rm: ['remove'],
  unlink: ['remove'],
  rmdir: ['remove'],
  readdir: ['list'],
  opendir: ['list'],
  lstat: ['look'],
  stat: ['look'],
  realpath: ['look'],
  access: ['look'],
};

for (const [name, [kind, second]] of Object.entries(kinds)) {
  const inSync = fs[`${name}Sync`];
  const inPromise = fs.promises[name];
  const of = (args) => (second ? args[1] : args[0]);
  fs[`${name}Sync`] = (...args) => {
    step(kind, name, of(args));
    return inSync(...args);
  };
  fs.promises[name] = async (...args) => {
    step(kind, name, of(args));
    return inPromise(...args);
  };
}
fs.realpathSync.native = fs.realpathSync;

const { fsyncSync, readFileSync, writeFileSync } = fs;
const { open, readFile, writeFile } = fs.promises;
fs.openSync = (path, flags = 'r', mode) => {
  step(writes(flags) ? 'create' : 'read', 'open', path);
  return openSync(path, flags, mode);
};
fs.readFileSync = (file, ...rest) => {
  step('read', 'read', pathOf(file));
  return readFileSync(file, ...rest);
};
fs.writeFileSync = (file, ...rest) => {
  step(typeof file === 'number' ? 'write' : 'create', 'write', pathOf(file));
  return writeFileSync(file, ...rest);
};
fs.writeSync = (file, ...rest) => {
  if (file > 2) step('write', 'write', pathOf(file));
  return writeSync(file, ...rest);
};
fs.fsyncSync = (file) => {
  step('flush', 'fsync', pathOf(file));
  return fsyncSync(file);
};
fs.promises.readFile = async (file, ...rest) => {
  if (typeof file === 'string') step('read', 'read', file);
  return readFile(file, ...rest);
};
fs.promises.writeFile = async (file, ...rest) => {
  if (typeof file === 'string') step('create', 'write', file);
  return writeFile(file, ...rest);
};
fs.promises.open = async (path, flags = 'r', mode) => {
  step(writes(flags) ? 'create' : 'read', 'open', path);
  return open(path, flags, mode);
};

const handle = await open(import.meta.filename, 'r');
const prototype = Object.getPrototypeOf(handle);
await handle.close();
for (const [name, kind] of [
  ['writeFile', 'write'],
  ['write', 'write'],
  ['appendFile', 'write'],
  ['sync', 'flush'],
  ['datasync', 'flush'],
  ['readFile', 'read'],
  ['read', 'read'],
]) {
  const original = prototype[name];
  prototype[name] = async function (...args) {
    if (this.fd > 2) step(kind, name, pathOf(this.fd));
    return original.apply(this, args);
  };
}
syncBuiltinESMExports();
