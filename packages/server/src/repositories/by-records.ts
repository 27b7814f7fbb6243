/**
 * Takes a stream of records, each with the same byte at its end, as git lists with `-z` or in lines, and says of each
 * where it is in the bytes that it is given.
 */
export function byRecords(
  terminator: number,
  record: (text: Buffer, start: number, end: number) => void,
): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const text = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = text.indexOf(terminator); end !== -1; end = text.indexOf(terminator, start)) {
      record(text, start, end);
      start = end + 1;
    }
    rest = text.subarray(start);
  };
}
