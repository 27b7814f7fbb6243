/** What a shell left when it ended. */
export interface StateDump {
  /** Its exit code. */
  readonly status: number;
  readonly cwd: string;
  readonly options: string;
  /** The exported variables. */
  readonly variables: ReadonlyMap<string, string>;
  /** Bytes that restore the rest when sourced; empty where the dialect keeps no more. */
  readonly script: Uint8Array;
}

/**
 * Reads a dump: records that end in NUL, so that values may hold line ends. Exit code, folder, options, each
 * `NAME=VALUE`, an empty record, the script, and at last `ok`, without which the shell died while
 * it wrote and there is no state.
 */
export function parseStateDump(bytes: Buffer): StateDump | undefined {
  const records: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
    records.push(bytes.subarray(start, end));
    start = end + 1;
  }
  const script = records.pop();
  const gap = records.pop();
  const [status, cwd, options, ...assignments] = records.map(String);
  if (bytes.toString('latin1', start) !== 'ok' || script === undefined || gap?.length !== 0) return undefined;
  if (status === undefined || cwd === undefined || options === undefined) return undefined;
  const variables = assignments.map((assignment): [string, string] => {
    const equals = assignment.indexOf('=');
    return [assignment.slice(0, equals), assignment.slice(equals + 1)];
  });
  return { status: Number(status), cwd, options, variables: new Map(variables), script };
}
