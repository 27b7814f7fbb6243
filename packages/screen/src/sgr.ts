/** Numbers, empty ones included, that a sequence may have: DEC terminals read 16, and some make of the next what they like. */
const maxNumbers = 16;
/** The largest number: some terminals keep a byte of each, for which 264 is 8. */
const maxNumber = 255;

const semicolon = 0x3b;
const letterM = 0x6d;
const conceal = 8;
const foreground = 38;
const background = 48;
/** Not known everywhere: a terminal that skips it would read `58;5;8` as blink and conceal. */
const underline = 58;

/**
 * An SGR sequence (ECMA-48, 8.3.117) without conceal, or `undefined` when nothing of it may be shown.
 * The colour in `38;5;8` is a colour and stays; a parameter 8 on its own hides text and goes.
 *
 * @param parameters what stood between `CSI` and `m`
 */
export function visibleSgr(parameters: string): string | undefined {
  if (!/^[0-9;:]*$/.test(parameters)) return undefined;
  const numbers = parameters.split(/[;:]/);
  if (numbers.length > maxNumbers || numbers.some((number) => Number(number) > maxNumber)) return undefined;
  const given = parameters.split(';');
  const kept: string[] = [];
  for (let index = 0; index < given.length; index++) {
    const parameter = given[index]!;
    const attribute = Number.parseInt(parameter, 10);
    if (attribute === conceal) continue;
    const selects = attribute === foreground || attribute === background || attribute === underline;
    if (!selects || parameter.includes(':')) {
      kept.push(parameter);
      continue;
    }
    const length = colorLength(given[index + 1]);
    if (length === 0) continue;
    if (index + length >= given.length) break;
    if (attribute !== underline) kept.push(...given.slice(index, index + length + 1));
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

/**
 * The position of the `m` that ends the SGR sequence whose parameters begin at `start`, when
 * {@link visibleSgr} would leave it as it is; else `undefined`, and that function decides. Reads each
 * character once and makes no strings: half of colourful output is such sequences.
 */
export function endOfVisibleSgr(text: string, start: number): number | undefined {
  let number = 0;
  let count = 1;
  /** How many numbers are still a colour's. */
  let colors = 0;
  let kindFollows = false;
  for (let index = start; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code >= 0x30 && code <= 0x39) {
      number = number * 10 + code - 0x30;
      if (number > maxNumber) return undefined;
      continue;
    }
    if (code !== semicolon && code !== letterM) return undefined;
    if (kindFollows) {
      kindFollows = false;
      colors = number === 5 ? 1 : number === 2 ? 3 : -1;
      if (colors === -1) return undefined;
    } else if (colors > 0) {
      colors--;
    } else if (number === foreground || number === background) {
      kindFollows = true;
    } else if (number === conceal || number === underline) {
      return undefined;
    }
    if (code === letterM) return kindFollows || colors > 0 ? undefined : index;
    if (++count > maxNumbers) return undefined;
    number = 0;
  }
  return undefined;
}
