import { createFetchTransport, ServerClient } from '@prefish/protocol/client';
import { watched } from './watched.ts';

/** The server that the page came from. */
export const server: ServerClient = new ServerClient(watched(createFetchTransport()));
