/** A real prefish server for a test, thrown away afterwards. Needs `@prefish/server`, and `prefish` for what runs inside tasks. */
export { testServer, type TestServer, type TestServerOptions } from './test-server.ts';
