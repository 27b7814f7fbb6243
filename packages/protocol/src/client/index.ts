/** A typed client of the server's HTTP API, over any transport. */
export { createFetchTransport } from './fetch-transport.ts';
export { createHttpTransport, type ServerAddress } from './http-transport.ts';
export { ServerClient, type EventStreamItem, type TaskChange } from './server-client.ts';
export type { Transport, TransportRequest, TransportResponse } from './transport.ts';
