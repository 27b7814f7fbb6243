/** Names of files that hold credentials more often than not; samples of them are none. */
const secret = [
  /\.env(\..+)?$/,
  /^\.envrc$/,
  /^\.(npmrc|netrc|pypirc|pgpass|git-credentials|dockercfg)$/,
  /^id_(rsa|dsa|ecdsa|ed25519)(_sk)?$/,
  /\.(pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg)$/,
  /\.tfvars(\.json)?$/,
  /\.tfstate(\.backup)?$/,
  /(^|[._-])(secrets?|credentials?|passwords?|service[._-]?account)([._-]|$)/,
  /^(kubeconfig|htpasswd|\.htpasswd|_netrc)$/,
];
const sample = /(^|[._-])(example|sample|template|dist|defaults?)([._-]|$)|\.(pub|md|test\.[a-z]+)$/;
/** Code that is about secrets holds none as a rule. */
const code = /\.(c|cc|cpp|cs|css|go|h|html|java|js|jsx|kt|mjs|php|py|rb|rs|swift|ts|tsx|vue)$/;

/** Whether a path, separated by `/`, is named like a file that holds a secret. */
export function looksSecret(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return secret.some((pattern) => pattern.test(name)) && !sample.test(name) && !code.test(name);
}
