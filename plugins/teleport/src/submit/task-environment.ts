/** Variables of the submitter that hold on any machine: how they write and what they work on. */
const anywhere: ReadonlySet<string> = new Set([
  'LANG',
  'LANGUAGE',
  'TZ',
  'TERM',
  'COLORTERM',
  'CI',
  'NODE_ENV',
  'RAILS_ENV',
  'RACK_ENV',
  'APP_ENV',
  'MIX_ENV',
]);

/** Those that hold on this machine: who and where they are, where their tools live, which of them are meant, and how they build. */
const onThisMachine: ReadonlySet<string> = new Set(
  [
    ['HOME', 'USER', 'LOGNAME', 'SHELL', 'EDITOR'],
    ['NVM_DIR', 'NVM_BIN', 'FNM_DIR', 'VOLTA_HOME', 'NODENV_ROOT', 'NODENV_VERSION', 'NODE_PATH'],
    ['PNPM_HOME', 'COREPACK_HOME', 'BUN_INSTALL', 'DENO_INSTALL', 'DENO_DIR'],
    ['PYENV_ROOT', 'PYENV_VERSION', 'VIRTUAL_ENV', 'CONDA_PREFIX', 'CONDA_DEFAULT_ENV', 'PYTHONPATH'],
    ['UV_PYTHON', 'POETRY_HOME', 'PIPX_HOME'],
    ['RBENV_ROOT', 'RBENV_VERSION', 'GEM_HOME', 'GEM_PATH', 'RUBYLIB', 'PERL5LIB'],
    ['RUSTUP_HOME', 'CARGO_HOME', 'RUSTUP_TOOLCHAIN', 'RUSTFLAGS'],
    ['GOPATH', 'GOROOT', 'GOBIN', 'GOFLAGS', 'GOTOOLCHAIN', 'GOOS', 'GOARCH', 'CGO_ENABLED'],
    ['JAVA_HOME', 'JENV_VERSION', 'M2_HOME', 'MAVEN_HOME', 'GRADLE_HOME', 'SDKMAN_DIR'],
    ['ANDROID_HOME', 'ANDROID_SDK_ROOT', 'FLUTTER_ROOT', 'DOTNET_ROOT', 'COMPOSER_HOME', 'CUDA_HOME'],
    ['ASDF_DIR', 'ASDF_DATA_DIR', 'MISE_DATA_DIR'],
    ['CC', 'CXX', 'CFLAGS', 'CXXFLAGS', 'CPPFLAGS', 'LDFLAGS', 'CPATH', 'LIBRARY_PATH'],
    ['LD_LIBRARY_PATH', 'PKG_CONFIG_PATH', 'CMAKE_PREFIX_PATH'],
    ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'],
  ].flat(),
);

/** `ASDF_NODEJS_VERSION`: which version asdf's tools of a name are (asdf's documentation, "Versions"). */
const versionOfAsdf = /^ASDF_[A-Z0-9_]+_VERSION$/;

/** locale(7). Others under LC_ are what somebody wants to bring through ssh: sshd takes all that begin so. */
const category =
  /^LC_(ALL|ADDRESS|COLLATE|CTYPE|IDENTIFICATION|MEASUREMENT|MESSAGES|MONETARY|NAME|NUMERIC|PAPER|TELEPHONE|TIME)$/;

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * What of the user's variables goes along with a task. PATH travels on its own. Nothing else does: most secrets live
 * in variables. To another machine go only those that name nothing on this one.
 */
export function taskEnvironment(
  env: Readonly<Record<string, string>>,
  elsewhere = false,
): Record<string, string> {
  const goes = (name: string): boolean =>
    anywhere.has(name) ||
    category.test(name) ||
    (!elsewhere && (onThisMachine.has(name) || versionOfAsdf.test(name)));
  return Object.fromEntries(
    Object.entries(env).filter(
      ([name, value]) => variableName.test(name) && goes(name) && !holdsCredentials(value),
    ),
  );
}

/** What the user has said goes along, whatever it holds. PATH and HOME are what they are. */
export function namedVariables(
  env: Readonly<Record<string, string>>,
  names: readonly string[],
): Record<string, string> {
  const given = names.filter((name) => name !== 'PATH' && name !== 'HOME');
  return Object.fromEntries(given.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

/** Tokens that say what they are: of GitHub, GitLab, npm, Slack, AWS, and of the APIs of models. */
const token =
  /\b(gh[opsur]_|github_pat_|glpat-|npm_|xox[abeprs]-|AKIA|sk-(?:[a-z0-9]+-){0,3})[A-Za-z0-9]{12,}/;

/** A URL with a password in it, or a token. */
function holdsCredentials(value: string): boolean {
  return /:\/\/[^/\s:@]*:[^/\s@]+@/.test(value) || token.test(value);
}
