import { expect, test } from 'vitest';
import { sandboxHome } from '../support/sandbox-home.ts';

test('neither the server nor a task loads the configuration of the repository, trusted or not', async () => {
  await using t = await sandboxHome();
  const place = "process.env.PREFISH_TASK ? 'inside' : 'outside'";
  const { path: cwd } = await t.repository({
    'prefish.config.mjs': `import { writeFileSync } from 'node:fs';
writeFileSync(new URL(\`./ran-\${process.env.PREFISH_TASK ? 'inside' : 'outside'}\`, import.meta.url), ${JSON.stringify(place)});
export default {};
`,
  });
  await t.prefish(['trust', '--yes'], { cwd });
  const run = await t.prefish(['-c', '& --wait !ls'], { cwd });
  expect(run.code).toBe(0);
  expect(run.stdout).toContain('ran-outside');
  expect(run.stdout).not.toContain('ran-inside');
});
