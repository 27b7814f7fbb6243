import { expect, test } from 'vitest';
import { checkExposure, exposureWarning } from '../../src/serve/exposure.ts';

const [inside, outside] = [
  { host: '127.0.0.1', port: 8377 },
  { host: '0.0.0.0', port: 8377 },
];
const tls = { cert: 'cert.pem', key: 'key.pem' };

test('what others reach needs an account, and TLS or a proxy that ends it', () => {
  expect(() => checkExposure({ listen: inside }, false)).not.toThrow();
  expect(() => checkExposure({ listen: outside, tls }, false)).toThrow(/no account/);
  expect(() => checkExposure({ listen: outside }, true)).toThrow(/without TLS/);
  for (const safe of [{ tls }, { behindProxy: true }]) {
    expect(() => checkExposure({ listen: outside, ...safe }, true)).not.toThrow();
  }
});

test('a port behind a proxy that others may reach too is warned of', () => {
  expect(exposureWarning({ listen: outside, behindProxy: true })).toMatch(/past the proxy.*without TLS/);
  expect(exposureWarning({ listen: outside, behindProxy: true, tls })).toMatch(/past the proxy(?!.*TLS)/);
  expect(exposureWarning({ listen: inside, behindProxy: true })).toBeUndefined();
  expect(exposureWarning({ listen: outside, tls })).toBeUndefined();
});
