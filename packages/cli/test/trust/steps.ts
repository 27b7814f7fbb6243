/**
 * Takes steps with the trust of the data folder in argv[2], in a process of its own as module hooks demand, and
 * prints what came of each, as a line of JSON. A step is `[name, ...given]`, from argv[3].
 */
import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createTrust } from '../../src/trust/create-trust.ts';
import { exemptFromGuard } from '../../src/trust/load-guard.ts';
import type { TrustRequest } from '../../src/trust/trust.ts';

const trust = createTrust({ data: process.argv[2]! });
const urlOf = (path: string): string => pathToFileURL(path).href;

const steps = {
  check: (request: TrustRequest) => trust.check(request),
  grant: (request: TrustRequest) => trust.grant(request),
  decline: (request: TrustRequest) => trust.decline(request),
  revoke: (root: string) => trust.revoke(root),
  write: (path: string, text: string) => writeFileSync(path, text),
  remove: (path: string) => rmSync(path),
  load: async (path: string) => ((await import(urlOf(path))) as { default: unknown }).default,
  require: (path: string) => createRequire(import.meta.url)(path) as unknown,
  call: async (path: string) => ((await import(urlOf(path))) as { default: () => unknown }).default(),
  exempt: (path: string) => exemptFromGuard(urlOf(path)),
} satisfies Record<string, (...given: never[]) => unknown>;

for (const [name, ...given] of JSON.parse(process.argv[3]!) as [keyof typeof steps, ...never[]][]) {
  const step = steps[name] as (...given: never[]) => unknown;
  const result = await (async () => step(...given))().then(
    (value) => ({ value }),
    (error: NodeJS.ErrnoException) => ({ error: error.code ?? error.message, message: error.message }),
  );
  process.stdout.write(`${JSON.stringify(result)}\n`);
}
