import { readFileSync } from 'node:fs';

/**
 * The environment that the user had before npm changed it: `npm start` puts its own folders on PATH,
 * sets EDITOR and NODE, and adds dozens of `npm_*` variables, none of which belong to the user's shell.
 *
 * Linux keeps the environment that each process was started with, so npm's own is the user's, exactly.
 * Elsewhere npm's additions are taken away by their names.
 */
export function userEnvironment(env = process.env) {
  if (env.npm_lifecycle_event === undefined) return env;
  return environmentOfNpm(env) ?? withoutNpm(env);
}

function environmentOfNpm(env) {
  try {
    for (let pid = process.ppid; pid > 1; pid = parentOf(pid)) {
      const initial = environmentOf(pid);
      const sameScript =
        initial.npm_lifecycle_event === env.npm_lifecycle_event &&
        initial.npm_package_json === env.npm_package_json;
      if (!sameScript) return initial.PATH === undefined ? undefined : initial;
    }
  } catch {
    // No /proc here, or a parent of another user.
  }
  return undefined;
}

function environmentOf(pid) {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8')
    .split('\0')
    .filter((entry) => entry.includes('='));
  return Object.fromEntries(
    entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]),
  );
}

function parentOf(pid) {
  return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
}

function withoutNpm(env) {
  const kept = Object.entries(env).filter(
    ([name]) => !/^npm_/i.test(name) && !['INIT_CWD', 'NODE', 'COLOR'].includes(name),
  );
  const cleaned = Object.fromEntries(kept);
  const folders = (env.PATH ?? '').split(':');
  // npm prepends the .bin folders of every parent, and last of all its node-gyp-bin.
  const last = folders.findLastIndex((folder) => folder.endsWith('/node-gyp-bin'));
  cleaned.PATH = folders.slice(last + 1).join(':');
  return cleaned;
}
