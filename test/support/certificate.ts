import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** A certificate for 127.0.0.1 and localhost that signs itself, in files. */
export interface Certificate {
  /** Also what a client has to trust. */
  readonly cert: string;
  readonly key: string;
  readonly pem: string;
}

/** Makes a certificate in `folder`. */
export async function makeCertificate(folder: string, name = 'cert'): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const certificate = {
    cert: join(folder, `${name}.pem`),
    key: join(folder, `${name}-key.pem`),
    pem: made.cert,
  };
  await writeFile(certificate.cert, made.cert);
  await writeFile(certificate.key, made.private, { mode: 0o600 });
  return certificate;
}
