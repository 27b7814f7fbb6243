/**
 * An SGR sequence (ECMA-48, 8.3.117) without conceal, or `undefined` when nothing of it may be shown.
 * The colour in `38;5;8` is a colour and stays; a parameter 8 on its own hides text and goes.
 *
 * @param parameters what stood between `CSI` and `m`
 */
export function visibleSgr(parameters: string): string | undefined {
  if (!/^[0-9;:]*$/.test(parameters)) return undefined;
  if (!parameters.includes('8')) return `\x1b[${parameters}m`;
  const given = parameters.split(';');
  const kept: string[] = [];
  for (let index = 0; index < given.length; index++) {
    const parameter = given[index]!;
    const attribute = Number.parseInt(parameter, 10);
    if (attribute === 8) continue;
    const selects = attribute === 38 || attribute === 48 || attribute === 58;
    if (!selects || parameter.includes(':')) {
      kept.push(parameter);
      continue;
    }
    const length = colorLength(given[index + 1]);
    if (length === 0) continue;
    if (index + length >= given.length) break;
    kept.push(...given.slice(index, index + length + 1));
    index += length;
  }
  return kept.length === 0 ? undefined : `\x1b[${kept.join(';')}m`;
}

/** How many parameters follow 38, 48 or 58: `5;N` or `2;R;G;B`. */
function colorLength(kind: string | undefined): number {
  if (kind === undefined) return 0;
  const value = Number.parseInt(kind, 10);
  if (value === 5) return 2;
  return value === 2 ? 4 : 0;
}
