import type { Repository } from '../support/repository.ts';
import { sandboxHome, type Run, type SandboxHome } from '../support/sandbox-home.ts';
import { served, type Served } from '../support/served.ts';

/** Calls of prefish that have the server's certificate in their environment. */
export function caller(
  home: SandboxHome,
  server: Served,
  cwd: string = home.home,
): (args: readonly string[], input?: string) => Promise<Run> {
  return (args, input = '') => home.prefish(args, { cwd, input, env: server.env });
}

/** A server with accounts, and a user with a repository who is logged in there as `ada`. */
export interface LoggedIn extends AsyncDisposable {
  readonly server: Served;
  readonly home: SandboxHome;
  readonly repository: Repository;
  /** Runs prefish in the repository. */
  readonly prefish: ReturnType<typeof caller>;
}

/** Starts the server and logs in. */
export async function loggedIn(): Promise<LoggedIn> {
  const server = await served();
  const home = await sandboxHome();
  const repository = await home.repository({ 'a.txt': 'one\n' });
  const prefish = caller(home, server, repository.path);
  await prefish(['login', server.url], `${await server.codeFor('ada')}\n`);
  return {
    server,
    home,
    repository,
    prefish,
    async [Symbol.asyncDispose]() {
      await home[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}
