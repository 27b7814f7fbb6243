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

/** Those that hold on this machine: who and where they are, and where their tools live. */
const onThisMachine: ReadonlySet<string> = new Set([
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'EDITOR',
  'NVM_DIR',
  'NVM_BIN',
  'FNM_DIR',
  'VOLTA_HOME',
  'PNPM_HOME',
  'BUN_INSTALL',
  'DENO_INSTALL',
  'DENO_DIR',
  'COREPACK_HOME',
  'PYENV_ROOT',
  'VIRTUAL_ENV',
  'CONDA_PREFIX',
  'PYTHONPATH',
  'UV_PYTHON',
  'POETRY_HOME',
  'PIPX_HOME',
  'RBENV_ROOT',
  'GEM_HOME',
  'GEM_PATH',
  'RUSTUP_HOME',
  'CARGO_HOME',
  'RUSTUP_TOOLCHAIN',
  'GOPATH',
  'GOROOT',
  'GOBIN',
  'GOFLAGS',
  'JAVA_HOME',
  'ANDROID_HOME',
  'M2_HOME',
  'MAVEN_HOME',
  'GRADLE_HOME',
  'SDKMAN_DIR',
  'ASDF_DIR',
  'ASDF_DATA_DIR',
  'MISE_DATA_DIR',
  'COMPOSER_HOME',
  'DOTNET_ROOT',
  'SSL_CERT_FILE',
  'NODE_EXTRA_CA_CERTS',
]);

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
    anywhere.has(name) || name.startsWith('LC_') || (!elsewhere && onThisMachine.has(name));
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

/** A URL with a password in it. */
function holdsCredentials(value: string): boolean {
  return /:\/\/[^/\s:@]*:[^/\s@]+@/.test(value);
}
