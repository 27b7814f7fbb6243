import type { Folders } from '../folders.ts';
import type { Connect } from './connect.ts';

/** Connects to the server of this machine. What that takes is loaded when it is first needed. */
export function createConnector(folders: Folders): Connect {
  return async (options, signal) => {
    const { connect } = await import('./connect.ts');
    return connect(folders, options, signal);
  };
}
