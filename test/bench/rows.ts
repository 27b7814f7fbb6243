import type { Row } from './row.ts';
import { accepted } from './rows/accepted.ts';
import { echo } from './rows/echo.ts';
import { firstEvent } from './rows/first-event.ts';
import { flood } from './rows/flood.ts';
import { lostWorker } from './rows/lost-worker.ts';
import { serverMemory, shellMemory } from './rows/memory.ts';
import { onePage, twentyPages } from './rows/page.ts';
import { otherPrompts, prompt } from './rows/prompt.ts';
import { routing } from './rows/routing.ts';
import { sanitizing } from './rows/sanitize.ts';
import { lineInShell, shellLine } from './rows/shell-line.ts';
import { snapshot } from './rows/snapshot.ts';
import { tasksList } from './rows/tasks-list.ts';
import { eventsToViewers } from './rows/viewers.ts';
import { wire } from './rows/wire.ts';
import { workers } from './rows/workers.ts';

/** Everything that is measured, in the order of the page. */
export const rows: readonly Row[] = [
  prompt,
  ...otherPrompts,
  echo,
  shellMemory,
  shellLine,
  lineInShell,
  flood,
  routing,
  sanitizing,
  tasksList,
  snapshot,
  accepted,
  wire,
  firstEvent,
  eventsToViewers,
  workers,
  lostWorker,
  serverMemory,
  onePage,
  twentyPages,
];
