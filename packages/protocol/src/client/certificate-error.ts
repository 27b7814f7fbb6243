import { PrefishError, errorMessage } from '../error.ts';

/** Codes of OpenSSL and Node, by what to do about them: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const unknownIssuer: ReadonlySet<string> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);
const others: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'It has expired: whoever runs the server renews it.',
  CERT_NOT_YET_VALID: 'It is not valid yet: is the clock of this machine right?',
  CERT_REVOKED: 'It was revoked: whoever runs the server replaces it.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'It is for another name: use the one that it names.',
  EPROTO: 'Nothing at that port speaks TLS: is it the right one?',
};

/** The error for a connection that failed over the certificate of the server; `undefined` for any other failure. */
export function certificateError(origin: string, cause: Error): PrefishError | undefined {
  const { code = '' } = cause as NodeJS.ErrnoException;
  const hint = unknownIssuer.has(code)
    ? 'Its issuer is not known here. NODE_EXTRA_CA_CERTS=FILE trusts the certificates in that file too.'
    : Object.hasOwn(others, code)
      ? others[code]
      : undefined;
  if (hint === undefined) return undefined;
  // Node's own advice, behind a semicolon, is for who runs Node.
  const why = code === 'EPROTO' ? 'no TLS connection' : errorMessage(cause).split(';', 1)[0];
  return new PrefishError('PREFISH_SERVER_CERTIFICATE', `${origin}: ${why}`, { hint, cause });
}
