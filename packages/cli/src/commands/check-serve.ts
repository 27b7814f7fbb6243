import { statSync } from 'node:fs';
import type { Folders } from '../folders.ts';
import type { Check } from './doctor.ts';
import { notedUrl, serveFolder } from './serve/data-folder.ts';

/** The server for others that has run in the folder it has by default; none where none has. */
export function checkServe(folders: Folders): readonly Check[] {
  const folder = serveFolder(folders, undefined, '/');
  const url = notedUrl(folder);
  if (url === undefined) return [];
  const said = { check: 'serve', message: `${url} · ${folder}` };
  if (statSync(folder, { throwIfNoEntry: false })?.uid !== 0) return [{ ...said, ok: true }];
  const message = `${said.message} · ran as root: a hole in a sandbox is worth the whole machine`;
  return [{ ...said, ok: false, message, fix: 'Run prefish serve as a user of its own.' }];
}
