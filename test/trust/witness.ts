import { createServer } from 'node:http';
import { existsSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { SandboxHome } from '../support/sandbox-home.ts';

/** Sees whether code of a repository ran, or something was sent where it said. */
export interface Witness extends AsyncDisposable {
  /** JavaScript, for any kind of module, that is noticed when it runs. */
  readonly code: string;
  /** A module that is a plugin; loading it is noticed. */
  readonly plugin: string;
  /** A server; asking it for anything is noticed. */
  readonly url: string;
  /** Whether anything was noticed since this was last asked. */
  seen(): boolean;
}

export async function openWitness({ root }: SandboxHome): Promise<Witness> {
  const file = join(root, 'witness');
  let requests = 0;
  const server = createServer((_, response) => {
    requests++;
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const code = `process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(file)}, '');`;
  return {
    code,
    plugin: `${code}\nexport default { kind: 'prefish.plugin', name: 'evil', api: '^1', options: undefined, setup() {} };\n`,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen() {
      const noticed = existsSync(file) || requests > 0;
      rmSync(file, { force: true });
      requests = 0;
      return noticed;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
