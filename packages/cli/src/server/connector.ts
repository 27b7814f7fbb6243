import { PrefishError } from '@prefish/protocol';
import type { Folders } from '../folders.ts';
import type { Connect } from './connect.ts';

/** Connects to the server that lines are teleported to. What that takes is loaded when it is first needed. */
export function createConnector(folders: Folders, server: string | undefined): Connect {
  return async (options, signal) => {
    const elsewhere = server ?? process.env['PREFISH_SERVER'];
    if (elsewhere) {
      throw new PrefishError(
        'PREFISH_SERVER_REFUSED',
        `This version of prefish knows no servers elsewhere: ${elsewhere}`,
        {
          hint: 'Leave out --server, or unset PREFISH_SERVER, to use this machine.',
        },
      );
    }
    const { connect } = await import('./connect.ts');
    return connect(folders, options, signal);
  };
}
