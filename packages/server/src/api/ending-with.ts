/** An answer whose body ends when `signal` is aborted; `done` is called once it has ended, however that was. */
export function endingWith(response: Response, signal: AbortSignal, done: () => void = () => {}): Response {
  if (response.body === null) {
    done();
    return response;
  }
  const source = response.body.getReader();
  const settled = (): void => {
    signal.removeEventListener('abort', end);
    done();
  };
  // A read that waits is answered with the end.
  const end = (): void =>
    void source
      .cancel()
      .catch(() => {})
      .finally(settled);
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: ended, value } = await source.read();
          if (!ended) return controller.enqueue(value);
          settled();
          controller.close();
        } catch (error) {
          settled();
          throw error;
        }
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}
