import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testShell } from '../harness.ts';

test('files are shown with what they import, and what of it is missing', async () => {
  const { run, root, home } = await testShell();
  await mkdir(join(root, 'docs'));
  await mkdir(join(home, '.claude'));
  await writeFile(
    join(root, 'AGENTS.md'),
    'Ask @someone, see @docs/style.md and @docs/gone.md.\n\n`@docs/code.md`\n\n```\n@docs/code.md\n```\n',
  );
  await writeFile(join(root, 'docs/style.md'), '@../AGENTS.md\n@own\\ rules.md\n');
  await writeFile(join(root, 'docs/own rules.md'), 'none\n');
  await writeFile(join(home, '.claude/CLAUDE.md'), '@~/more.md\n\n## Remember\n- a\n');
  await writeFile(join(home, 'more.md'), '');
  const { message, result } = await run('/memory');
  expect(message).toBe(
    [
      'AGENTS.md            0 notes  this project',
      '  @docs/style.md',
      '    @../AGENTS.md  imports itself (line 1)',
      '    @own rules.md',
      '  @docs/gone.md  not there (line 1)',
      '~/.claude/CLAUDE.md  1 note   all your projects (Claude Code)',
      '  @~/more.md',
      'Notes go to AGENTS.md; # --ask NOTE asks where to.',
    ].join('\n'),
  );
  expect(result).toMatchObject({
    data: {
      files: [
        {
          path: join(root, 'AGENTS.md'),
          imports: [
            {
              path: join(root, 'docs/style.md'),
              imports: [{ problem: 'imports itself' }, { text: 'own rules.md' }],
            },
            { text: 'docs/gone.md', line: 1, problem: 'not there' },
          ],
        },
        { path: join(home, '.claude/CLAUDE.md'), notes: 1, imports: [{ path: join(home, 'more.md') }] },
      ],
    },
  });
});

test('imports are followed four times, and no further', async () => {
  const { run, root } = await testShell();
  await writeFile(join(root, 'AGENTS.md'), '@1.md\n');
  for (const hop of [1, 2, 3, 4, 5]) await writeFile(join(root, `${hop}.md`), `@${hop + 1}.md\n`);
  expect((await run('/memory')).message?.split('\n').slice(1, -1)).toEqual([
    '  @1.md',
    '    @2.md',
    '      @3.md',
    '        @4.md',
    '          @5.md  is more than 4 imports away (line 1)',
  ]);
});
