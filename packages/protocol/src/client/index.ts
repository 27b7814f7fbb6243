/** A typed client of the server's HTTP API, over any transport. */
export { createHttpTransport } from './http-transport.ts';
export { ServerClient, type EventStreamItem } from './server-client.ts';
export type { Transport, TransportRequest, TransportResponse } from './transport.ts';
