/** What holds none of these lacks nothing at its end. Most lines do not: for them, no shell is asked. */
const mayLackEnd =
  /['"`(){}]|\[\[|<<|(?:\||&&|\\)\s*$|(?:^|[\s;&|])(?:if|for|foreach|while|until|case|select|function|repeat|begin|switch)(?:\s|$)/;
/** A longer line, in characters, was not typed; as an argument it may be too long. */
const longest = 16 * 1024;

/** Whether a shell has to be asked about `line`. */
export function mayGoOn(line: string): boolean {
  return line.length <= longest && mayLackEnd.test(line);
}
