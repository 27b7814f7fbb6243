import { formatBytes, type KeptFile, type Task } from '@prefish/protocol';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { server } from '../server/server.ts';
import { folderName } from '../tasks/task-row.tsx';
import { visibleLabel } from '../text/visible.ts';

/** How many are listed; the terminal has the rest. */
const most = 20;

/** What `--keep` kept of a task, to be saved. */
export function KeptFiles({ task: { id, number } }: { readonly task: Task }): JSX.Element | null {
  const [files, setFiles] = useState<readonly KeptFile[]>([]);
  useEffect(() => {
    const until = new AbortController();
    // One that keeps none, and a server that keeps none, are alike.
    server.files(id, until.signal).then(setFiles, () => {});
    return () => until.abort();
  }, [id]);
  if (files.length === 0) return null;
  return (
    <ul class="kept" aria-label="Kept files">
      <li class="hint">Kept:</li>
      {files.slice(0, most).map(({ path, size: bytes }) => (
        <li key={path}>
          <a
            href={`/v1/tasks/${id}/files/${path.split('/').map(encodeURIComponent).join('/')}`}
            download={folderName(path)}
          >
            {visibleLabel(path)}
          </a>{' '}
          <small>{formatBytes(bytes)}</small>
        </li>
      ))}
      {files.length > most && (
        <li>
          and {files.length - most} more: <code>prefish tasks get {number}</code>
        </li>
      )}
    </ul>
  );
}
