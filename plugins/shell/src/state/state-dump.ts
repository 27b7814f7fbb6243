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

/** Exit code, folder and options come first, and may be empty. */
const fixedRecords = 3;

/**
 * Reads a dump: records that end in NUL, so that values may hold line ends. Exit code, folder, options, each
 * `NAME=VALUE`, an empty record, declarations of other variables in the shell's own words, the script, and at
 * last `ok`, without which the shell died while it wrote and there is no state.
 */
export function parseStateDump(bytes: Buffer): StateDump | undefined {
  const records: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, start)) {
    records.push(bytes.subarray(start, end));
    start = end + 1;
  }
  const gap = records.findIndex(({ length }, at) => at >= fixedRecords && length === 0);
  const script = records.at(-1);
  if (bytes.toString('latin1', start) !== 'ok' || gap < 0 || script === undefined) return undefined;
  if (gap === records.length - 1) return undefined;
  const [status, cwd, options, ...assignments] = records.slice(0, gap).map(String);
  if (status === undefined || cwd === undefined || options === undefined) return undefined;
  const variables = assignments.map((assignment): [string, string] => {
    const equals = assignment.indexOf('=');
    return [assignment.slice(0, equals), assignment.slice(equals + 1)];
  });
  return {
    status: Number(status),
    cwd,
    options,
    variables: new Map(variables),
    script: restoring(records.slice(gap + 1, -1), script),
  };
}

/** What bash says of a variable that is exported, whose value is the session's, or cannot be set (`declare -p`). */
const notRestored = /^declare -[a-zA-Z]*[rx]/;

function restoring(declarations: readonly Buffer[], script: Buffer): Buffer {
  const kept = declarations.filter((one) => !notRestored.test(one.toString('latin1', 0, 32)));
  return kept.length === 0 ? script : Buffer.concat([...kept, script]);
}
