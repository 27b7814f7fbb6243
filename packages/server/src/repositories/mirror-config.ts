/**
 * Faults of old history that do no harm: repositories written by early git, by importers and by other
 * implementations have them, and their owner cannot mend them without rewriting every commit. The names
 * are those of https://git-scm.com/docs/git-fsck#_fsck_messages known to git 2.38.
 */
const toleratedFaults = [
  'badDate',
  'badDateOverflow',
  'badEmail',
  'badName',
  'badTimezone',
  'missingEmail',
  'missingNameBeforeEmail',
  'missingSpaceBeforeDate',
  'missingSpaceBeforeEmail',
  'multipleAuthors',
  'nullSha1',
  'zeroPaddedDate',
  'zeroPaddedFilemode',
];

/**
 * The whole configuration of a mirror. Objects and refs are synced, loose ones too, because a task is
 * acknowledged as durable right after the push. Shallow pushes stay refused: one would make the mirror
 * itself shallow, so a client with a shallow repository sends a commit without parents. A push sends snapshots: all
 * other refs are hidden from it, and so cannot be pushed to. What tasks were sent and what came out of them only the
 * server writes.
 * Whatever is in it may be fetched by its id: all of it is its owner’s.
 */
export function mirrorConfig(packBytes: number): string {
  return `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
\thooksPath = /dev/null
\tprotectHFS = true
\tprotectNTFS = true
\tfsmonitor = false
\tlogAllRefUpdates = false
\tfsync = committed,loose-object,reference
\tfsyncMethod = batch
[gc]
\tauto = 0
[transfer]
\tfsckObjects = true
[uploadpack]
	allowAnySHA1InWant = true
[receive]
\tautogc = false
\tdenyDeletes = true
\tdenyNonFastForwards = false
\tfsckObjects = true
\tmaxInputSize = ${packBytes}
\tshallowUpdate = false
\thideRefs = refs
\thideRefs = !refs/prefish/latest
\thideRefs = !refs/prefish/history
\thideRefs = !refs/prefish/snapshots
[receive "fsck"]
${toleratedFaults.map((fault) => `\t${fault} = ignore\n`).join('')}`;
}
