import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

/** A host of git repositories over HTTP, to those who know the password. */
export interface GitHost extends AsyncDisposable {
  /** Of the repository `team/app`. */
  readonly url: string;
  /** Where that is on the disk: git in the same process has to take this way. */
  readonly folder: string;
  /** What a helper of git answers with. */
  readonly credentials: string;
  /** Runs git in the repository there. */
  git(...args: readonly string[]): string;
  /** The options that came with the last push. */
  pushOptions(): readonly string[];
}

/** Serves one bare repository below `folder` by `git http-backend`. `says` is what it answers to a push. */
export async function gitHost(
  folder: string,
  env: Readonly<Record<string, string>>,
  { says = '', takesOptions = false }: { readonly says?: string; readonly takesOptions?: boolean } = {},
): Promise<GitHost> {
  const repository = join(folder, 'team', 'app.git');
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', repository, ...args], { env, encoding: 'utf8' });
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', repository], { env });
  git('config', 'http.receivepack', 'true');
  git('config', 'receive.advertisePushOptions', String(takesOptions));
  const seen = join(folder, 'options');
  writeFileSync(seen, '');
  const hook = join(repository, 'hooks', 'post-receive');
  writeFileSync(
    hook,
    `#!/bin/sh\nenv | grep ^GIT_PUSH_OPTION_ | sort > ${seen}\nprintf '%s' '${says}' >&2\n`,
  );
  chmodSync(hook, 0o755);
  const authorization = `Basic ${Buffer.from('ada:let-me-in').toString('base64')}`;

  const server = createServer((request, response) => {
    if (request.headers.authorization !== authorization) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' });
      return void response.end();
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const backend = spawn('git', ['http-backend'], {
      env: {
        ...env,
        GIT_PROJECT_ROOT: folder,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_USER: 'ada',
        REQUEST_METHOD: request.method ?? 'GET',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      },
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.stdout.once('end', () => {
      const answer = Buffer.concat(chunks);
      const end = answer.indexOf('\r\n\r\n');
      for (const header of answer.subarray(0, end).toString().split('\r\n')) {
        const [name = '', value = ''] = header.split(': ');
        if (name === 'Status') response.statusCode = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.end(answer.subarray(end + 4));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/team/app.git`,
    folder: repository,
    credentials: 'username=ada\npassword=let-me-in\n',
    git,
    pushOptions: () =>
      execFileSync('cat', [seen], { encoding: 'utf8' })
        .split('\n')
        .flatMap((line) => /^GIT_PUSH_OPTION_\d+=(.*)$/.exec(line)?.[1] ?? []),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
