export async function describeApi(version: string): Promise<object> {
  return { openapi: '3.1.0', info: { title: 'prefish', version }, paths: {} };
}
