import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';
import { keys, openTerminal } from '../support/terminal.ts';
import { until } from '../support/until.ts';

test('a person chooses where notes go, opens the file in their editor, and takes the note back', async () => {
  await using home = await sandboxHome();
  const { path } = await home.repository({ 'AGENTS.md': '# Project\n' });
  const own = join(home.home, '.claude', 'CLAUDE.md');
  await mkdir(join(home.home, '.claude'));
  await writeFile(own, 'mine\n');
  const editor = join(home.root, 'editor');
  await writeFile(editor, '#!/bin/sh\n[ -t 0 ] && echo "edited on a terminal" >> "$1"\n');
  await chmod(editor, 0o755);
  await using terminal = openTerminal(home, [], { cwd: path, env: { VISUAL: editor } });
  await terminal.shows(/^[❯>]/m);

  terminal.type(`# Answer shortly${keys.enter}`);
  await terminal.shows(/> 1 AGENTS\.md · this project\n {2}2 ~\/\.claude\/CLAUDE\.md/);
  terminal.type(keys.down);
  await terminal.shows('> 2 ~/.claude/CLAUDE.md');
  terminal.type(keys.enter);
  await terminal.shows('noted in ~/.claude/CLAUDE.md:5, under “Remember”');
  await expect(readFile(own, 'utf8')).resolves.toBe('mine\n\n## Remember\n\n- Answer shortly\n');

  terminal.type(`/memory open${keys.enter}`);
  await until(async () => (await readFile(own, 'utf8')).endsWith('edited on a terminal\n'), 'the editor');
  await terminal.shows(/\n[❯>]$/);
  terminal.type(`/memory undo${keys.enter}`);
  await terminal.shows('taken back from ~/.claude/CLAUDE.md: Answer shortly');
  await expect(readFile(own, 'utf8')).resolves.toBe('mine\n\n## Remember\n\nedited on a terminal\n');
  await expect(readFile(join(path, 'AGENTS.md'), 'utf8')).resolves.toBe('# Project\n');
});
