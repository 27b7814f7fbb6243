import { existsSync } from 'node:fs';
import type { Folders } from '../folders.ts';
import { guardLoads, forbidLoads, type AllowedContents } from './load-guard.ts';
import { Reading } from './reading.ts';
import { TrustStore } from './trust-store.ts';
import { keyOf, pathOf, realPath } from './trusted-path.ts';
import type {
  GrantedTrust,
  InspectedFile,
  Inspection,
  Trust,
  TrustAnswer,
  TrustedFolder,
  TrustRequest,
} from './trust.ts';

/** The user's trust, as `trust.json` in the data folder records it. */
export function createTrust(folders: Pick<Folders, 'data'>): Trust {
  return new RecordedTrust(new TrustStore(folders));
}

class RecordedTrust implements Trust {
  readonly #store: TrustStore;
  readonly #readings = new WeakMap<TrustRequest, Reading>();
  readonly #inspections = new WeakMap<TrustRequest, Promise<Inspection>>();

  constructor(store: TrustStore) {
    this.#store = store;
  }

  async check(request: TrustRequest): Promise<TrustAnswer> {
    const { root } = request;
    const { grants, declined } = await this.#store.folder(root);
    const reading = this.#reading(request);
    for (const path of reading.files) await reading.read(path);
    const fitting = await filter(grants, (grant) => reading.fits(grant));
    if (fitting.length > 0) {
      guardLoads(root, allowedBy(root, fitting));
      return 'trusted';
    }
    if ((await filter(declined, (answer) => reading.fits(answer))).length > 0) return 'declined';
    const keys = reading.files.map((path) => keyOf(path, root));
    return grants.some(({ files }) => keys.some((key) => Object.hasOwn(files, key))) ? 'changed' : 'unknown';
  }

  inspect(request: TrustRequest): Promise<Inspection> {
    const known = this.#inspections.get(request);
    if (known !== undefined) return known;
    const inspection = this.#inspect(request);
    this.#inspections.set(request, inspection);
    return inspection;
  }

  async #inspect(request: TrustRequest): Promise<Inspection> {
    const { root } = request;
    const { scanModules } = await import('./scan-modules.ts');
    const reading = this.#reading(request);
    const { files, outside, remarks } = await scanModules(reading.files, root, reading.read);
    const [newest] = (await this.#store.folder(root)).grants;
    const before = newest?.added ?? [];
    const named = [...before.map((key) => pathOf(key, root)).filter(existsSync), ...(request.added ?? [])];
    const added = await scanModules(named.map(realPath), root, reading.read);
    const reached = new Set(files.map(({ path }) => path));
    return {
      root,
      files: compared(files, newest, root),
      added: compared(
        added.files.filter(({ path }) => !reached.has(path)),
        newest,
        root,
      ),
      effects: [
        ...request.effects,
        ...[...new Set([...outside, ...added.outside])].map((path) => `load ${path}, outside of the folder`),
      ],
      remarks: [...remarks, ...added.remarks],
    };
  }

  async grant(request: TrustRequest): Promise<GrantedTrust> {
    const { root } = request;
    const { files, added, effects } = await this.inspect(request);
    const granted: GrantedTrust = {
      at: new Date().toISOString(),
      files: recordOf([...files, ...added], root),
      added: added.map(({ path }) => keyOf(path, root)),
      effects,
    };
    await this.#store.update(root, (record) => ({
      root,
      grants: [granted, ...record.grants.filter((other) => !isSame(other.files, granted.files))],
      declined: record.declined.filter((other) => !isSame(other.files, recordOf(files, root))),
    }));
    guardLoads(root, allowedBy(root, [granted]));
    return granted;
  }

  async decline(request: TrustRequest): Promise<void> {
    const { root } = request;
    const files = recordOf((await this.inspect(request)).files, root);
    await this.#store.update(root, (record) => ({
      root,
      grants: record.grants,
      declined: [
        { at: new Date().toISOString(), files },
        ...record.declined.filter((other) => !isSame(other.files, files)),
      ],
    }));
  }

  async revoke(root: string): Promise<boolean> {
    const { grants, declined } = await this.#store.folder(root);
    if (grants.length + declined.length === 0) return false;
    await this.#store.update(root, () => ({ root, grants: [], declined: [] }));
    forbidLoads(root);
    return true;
  }

  async list(): Promise<readonly TrustedFolder[]> {
    const folders = await this.#store.folders();
    return folders.filter(({ grants }) => grants.length > 0).map(({ root, grants }) => ({ root, grants }));
  }

  #reading(request: TrustRequest): Reading {
    const known = this.#readings.get(request);
    if (known !== undefined) return known;
    const reading = new Reading(request);
    this.#readings.set(request, reading);
    return reading;
  }
}

async function filter<T>(items: readonly T[], wanted: (item: T) => Promise<boolean>): Promise<T[]> {
  const kept: T[] = [];
  for (const item of items) if (await wanted(item)) kept.push(item);
  return kept;
}

/** The files, with how each differs from what was trusted last. */
function compared(
  files: readonly InspectedFile[],
  newest: GrantedTrust | undefined,
  root: string,
): readonly InspectedFile[] {
  if (newest === undefined) return files;
  const before = new Map(Object.entries(newest.files));
  return files.map((file) => {
    const hash = before.get(keyOf(file.path, root));
    if (hash === file.hash) return file;
    return { ...file, since: hash === undefined ? 'new' : 'changed' };
  });
}

function recordOf(files: readonly InspectedFile[], root: string): Record<string, string> {
  return Object.fromEntries(files.map(({ path, hash }) => [keyOf(path, root), hash]));
}

function isSame(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const [left, right] = [Object.entries(a), Object.entries(b)];
  return (
    left.length === right.length && left.every(([key, hash]) => Object.hasOwn(b, key) && b[key] === hash)
  );
}

function allowedBy(root: string, grants: readonly GrantedTrust[]): AllowedContents {
  const allowed = new Map<string, Set<string>>();
  for (const [key, hash] of grants.flatMap(({ files }) => Object.entries(files))) {
    const path = pathOf(key, root);
    const hashes = allowed.get(path);
    if (hashes === undefined) allowed.set(path, new Set([hash]));
    else hashes.add(hash);
  }
  return allowed;
}
