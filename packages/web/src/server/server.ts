import { createFetchTransport, ServerClient } from '@prefish/protocol/client';

/** The server that the page came from. */
export const server: ServerClient = new ServerClient(createFetchTransport());
