/** A property that may be missing, what it has to be otherwise, and whether it is that. */
export interface Part {
  readonly property: string;
  readonly is: string;
  fits(value: unknown): boolean;
}

const networks: readonly unknown[] = ['none', 'allowlist', 'full'];

const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isCallable = (value: unknown): boolean => typeof value === 'function';
const isList = (value: unknown, of: (each: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(of);
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const missingOr = (value: unknown, fits: (value: unknown) => boolean): boolean =>
  value === undefined || fits(value);

const texts = (property: string): Part => ({
  property,
  is: 'an array of strings',
  fits: (value) => isList(value, isText),
});
const callable = (property: string): Part => ({ property, is: 'a function', fits: isCallable });
const options: Part = {
  property: 'args',
  is: "an object of options as for parseArgs of node:util: { all: { type: 'boolean', summary: '…' } }",
  fits: (value) => isRecord(value) && Object.values(value).every(isOption),
};
const positionals: Part = {
  property: 'positionals',
  is: "an array of { name: 'ID' }",
  fits: (value) => isList(value, (each) => isRecord(each) && isText(each['name'])),
};
const teleport: Part = {
  property: 'teleport',
  is: "false, or an object: network 'none', 'allowlist' or 'full', binaries and secrets arrays of strings, repeatable, contained and messages true or false, label and prepare functions",
  fits: (value) => value === false || isNeeds(value),
};

export const partsOfPrefix: readonly Part[] = [
  texts('examples'),
  options,
  teleport,
  callable('complete'),
  callable('isComplete'),
];

export const partsOfCommand: readonly Part[] = [
  texts('aliases'),
  { property: 'rank', is: 'a number', fits: Number.isFinite },
  texts('examples'),
  positionals,
  options,
  callable('complete'),
];

export const partsOfSource: readonly Part[] = [callable('watch'), callable('events')];

export const partsOfAction: readonly Part[] = [
  { property: 'key', is: 'a string', fits: isText },
  positionals,
  options,
  callable('applies'),
  callable('confirm'),
];

/** What `parseArgs` would throw for, and what help prints. */
function isOption(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { type, multiple, short, default: usual, summary, placeholder } = value;
  if (type !== 'string' && type !== 'boolean') return false;
  const isOne = (given: unknown): boolean => typeof given === type;
  return (
    missingOr(multiple, (given) => typeof given === 'boolean') &&
    missingOr(short, (given) => isText(given) && given.length === 1) &&
    missingOr(usual, (given) => (multiple === true ? isList(given, isOne) : isOne(given))) &&
    missingOr(summary, isText) &&
    missingOr(placeholder, isText)
  );
}

function isNeeds(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { label, network, binaries, secrets, repeatable, contained, messages, prepare } = value;
  return (
    missingOr(label, isCallable) &&
    missingOr(prepare, isCallable) &&
    [repeatable, contained, messages].every((given) => missingOr(given, isFlag)) &&
    missingOr(network, (given) => networks.includes(given)) &&
    missingOr(binaries, (given) => isList(given, isText)) &&
    missingOr(secrets, (given) => isList(given, isText))
  );
}
