import { expect, test } from 'vitest';
import { looksSecret } from '../../src/submit/secret-names.ts';

test.for([
  '.env',
  'app/.env.production',
  'prod.env',
  'keys/server.pem',
  'id_ed25519',
  '.ssh/id_rsa',
  'credentials.json',
  'gcp-service-account.json',
  'config/secrets.yml',
  'terraform.tfvars',
  '.npmrc',
  'Release.KEYSTORE',
])('%s looks like a secret', (path) => {
  expect(looksSecret(path)).toBe(true);
});

test.for([
  '.env.example',
  'id_rsa.pub',
  'src/credentials.ts',
  'docs/secrets.md',
  'keyboard.js',
  'environment.yml',
  'monkey.txt',
])('%s does not', (path) => {
  expect(looksSecret(path)).toBe(false);
});
