// Writes docs/errors.md from the registry: node scripts/errors-page.mjs
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clone } from './workspace/folders.mjs';

const { errorCodes } = await import('../packages/protocol/src/error-codes.ts');
const rows = Object.entries(errorCodes).map(
  ([code, { summary, exit, status }]) => `| \`${code}\` | ${summary} | ${exit} | ${status ?? ''} |`,
);
const page = `# Errors

Every error of prefish carries a code, the plugin it arose in, a hint where there is something to do, and its cause.
In \`--json\` output an error is an event: \`{ "type": "error", "code", "message", "hint"?, "plugin"? }\`. The server
answers with problem JSON (RFC 9457) that carries the same \`code\`.

\`exit\` is prefish's exit code when a line or command ends with this error; \`HTTP\` the status under which the
server reports it.

| code | what has happened | exit | HTTP |
|---|---|---|---|
${rows.join('\n')}
`;
writeFileSync(join(clone, 'docs', 'errors.md'), page);
