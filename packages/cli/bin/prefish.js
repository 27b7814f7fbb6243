#!/usr/bin/env node
// The smallest thing that can start prefish: says so when Node is too old to read the rest, and turns
// the compile cache on before the bundle is loaded.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19) || major === 23) {
  process.stderr.write(
    `prefish needs Node 22.19 or newer, or 24 and newer; this is Node ${process.versions.node}.\n`,
  );
  process.exit(2);
}
if (process.platform === 'win32') {
  process.stderr.write('prefish runs on Linux and macOS. On Windows, run it inside WSL 2.\n');
  process.exit(2);
}
const { PREFISH_HOME, PREFISH_TASK, XDG_CACHE_HOME } = process.env;
// A task has a home of its own, in which nothing would be found, and nothing kept.
if (!PREFISH_TASK) {
  const { join } = process.getBuiltinModule('node:path');
  const { homedir } = process.getBuiltinModule('node:os');
  const caches = process.platform === 'darwin' ? 'Library/Caches' : '.cache';
  const cache = PREFISH_HOME
    ? join(PREFISH_HOME, 'cache')
    : join(XDG_CACHE_HOME || join(homedir(), caches), 'prefish');
  const compiled = join(cache, 'compile');
  if (isThere(compiled)) process.getBuiltinModule('node:module').enableCompileCache(compiled);
}
await import('../dist/main.mjs');

/** Makes a folder where it is absent. Node would try for ever in one that takes no other, as /proc does. */
function isThere(path) {
  const { existsSync, mkdirSync } = process.getBuiltinModule('node:fs');
  const { dirname } = process.getBuiltinModule('node:path');
  if (existsSync(path)) return true;
  try {
    if (path !== dirname(path) && isThere(dirname(path))) mkdirSync(path, { mode: 0o700 });
  } catch {
    // Another prefish has just made it; or it cannot be made, and nothing is kept.
  }
  return existsSync(path);
}
