/**
 * The variables by which programs find an HTTP proxy on this port of the loopback, in both cases because
 * there is no standard: curl reads `http_proxy` in lower case alone, others upper case first. Node obeys
 * them where NODE_USE_ENV_PROXY says so (from 22.21 and 24.5).
 */
export function proxyVariables(port: number): Readonly<Record<string, string>> {
  const proxy = `http://127.0.0.1:${port}`;
  const direct = 'localhost,127.0.0.1,::1';
  return {
    http_proxy: proxy,
    https_proxy: proxy,
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    no_proxy: direct,
    NO_PROXY: direct,
    NODE_USE_ENV_PROXY: '1',
  };
}
