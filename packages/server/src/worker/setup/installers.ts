/** How the dependencies that a lockfile names are installed, exactly as it says. */
export interface Installer {
  readonly lockfile: string;
  readonly command: string;
  /** A file beside the lockfile that has to be there too. */
  readonly beside?: string;
  /** What it fills below HOME, besides the work tree. */
  readonly home?: readonly string[];
}

/**
 * What is run where nothing else is said, by the file that is found; of each ecosystem the first. The commands are
 * those that each tool recommends for continuous integration.
 */
export const ecosystems: readonly (readonly Installer[])[] = [
  [
    // https://pnpm.io/cli/install#--frozen-lockfile
    { lockfile: 'pnpm-lock.yaml', command: 'pnpm install --frozen-lockfile' },
    // https://yarnpkg.com/cli/install, and https://classic.yarnpkg.com/docs/cli/install
    { lockfile: 'yarn.lock', beside: '.yarnrc.yml', command: 'yarn install --immutable' },
    { lockfile: 'yarn.lock', command: 'yarn install --frozen-lockfile' },
    // https://bun.sh/docs/cli/install
    { lockfile: 'bun.lock', command: 'bun install --frozen-lockfile' },
    { lockfile: 'bun.lockb', command: 'bun install --frozen-lockfile' },
    // https://docs.npmjs.com/cli/commands/npm-ci
    { lockfile: 'package-lock.json', command: 'npm ci' },
    { lockfile: 'npm-shrinkwrap.json', command: 'npm ci' },
  ],
  [
    // https://docs.astral.sh/uv/reference/cli/#uv-sync
    { lockfile: 'uv.lock', command: 'uv sync --frozen' },
    // https://python-poetry.org/docs/cli/#install; in the project, because HOME is another one each time
    { lockfile: 'poetry.lock', command: 'POETRY_VIRTUALENVS_IN_PROJECT=1 poetry install --no-interaction' },
    // https://pipenv.pypa.io/en/latest/commands.html#sync
    { lockfile: 'Pipfile.lock', command: 'PIPENV_VENV_IN_PROJECT=1 pipenv sync' },
    // https://pip.pypa.io/en/stable/user_guide/#requirements-files
    {
      lockfile: 'requirements.txt',
      command: 'python3 -m venv .venv && .venv/bin/python -m pip install -r requirements.txt',
    },
  ],
  [
    // https://bundler.io/man/bundle-install.1.html
    { lockfile: 'Gemfile.lock', command: 'BUNDLE_FROZEN=true BUNDLE_PATH=vendor/bundle bundle install' },
  ],
  [
    // https://doc.rust-lang.org/cargo/commands/cargo-fetch.html
    { lockfile: 'Cargo.lock', command: 'cargo fetch --locked', home: ['.cargo/registry', '.cargo/git'] },
  ],
  [
    // https://go.dev/ref/mod#go-mod-download
    { lockfile: 'go.sum', command: 'go mod download', home: ['go/pkg/mod'] },
  ],
  [
    // https://getcomposer.org/doc/03-cli.md#install-i
    { lockfile: 'composer.lock', command: 'composer install --no-interaction' },
  ],
];
