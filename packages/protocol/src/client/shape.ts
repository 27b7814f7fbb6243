/** Looks at what came from outside: the path to what is not as it should be (`.tasks[3].id`), or `undefined`. */
export type Shape = (value: unknown) => string | undefined;

/** A shape that asks one question of a value. */
export function that(holds: (value: unknown) => boolean): Shape {
  return (value) => (holds(value) ? undefined : '');
}

/** Any string. */
export const text: Shape = that((value) => typeof value === 'string');

/** Any number but infinite ones. */
export const number: Shape = that(Number.isFinite);

/** A whole number from 0. */
export const count: Shape = that((value) => Number.isSafeInteger(value) && (value as number) >= 0);

/** `true` or `false`. */
export const flag: Shape = that((value) => typeof value === 'boolean');

/** A string that can be read as a time. */
export const time: Shape = that((value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)));

/** A string that matches. */
export function like(pattern: RegExp): Shape {
  return that((value) => typeof value === 'string' && pattern.test(value));
}

/** One of these strings. */
export function oneOf(words: readonly string[]): Shape {
  return that((value) => (words as readonly unknown[]).includes(value));
}

/** May be absent. */
export function optional(shape: Shape): Shape {
  return (value) => (value === undefined ? undefined : shape(value));
}

/** May be `null`. */
export function nullable(shape: Shape): Shape {
  return (value) => (value === null ? undefined : shape(value));
}

/** An array of such items. */
export function listOf(shape: Shape): Shape {
  return (value) => {
    if (!Array.isArray(value)) return '';
    for (const [index, item] of value.entries()) {
      const where = shape(item);
      if (where !== undefined) return `[${index}]${where}`;
    }
    return undefined;
  };
}

/** An object with these keys. Others are allowed: those of a newer version. */
export function object(keys: Readonly<Record<string, Shape>>): Shape {
  const shapes = Object.entries(keys);
  return (value) => {
    if (typeof value !== 'object' || value === null) return '';
    for (const [key, shape] of shapes) {
      const where = shape((value as Readonly<Record<string, unknown>>)[key]);
      if (where !== undefined) return `.${key}${where}`;
    }
    return undefined;
  };
}
