import { PrefishError, protocolVersion, type ServerInfo } from '@prefish/protocol';

/** The error for a server that speaks another version of the protocol. */
export function otherVersion(
  place: string,
  { version, protocol }: Pick<ServerInfo, 'version' | 'protocol'>,
): PrefishError {
  return new PrefishError(
    'PREFISH_SERVER_VERSION',
    `prefish ${version} on ${place} speaks protocol ${protocol}; this prefish speaks ${protocolVersion}`,
    {
      hint: `Update the older of the two, and start the server on ${place} again: prefish daemon stop ends it.`,
    },
  );
}
