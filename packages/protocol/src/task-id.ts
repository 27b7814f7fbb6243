import { randomBytes } from 'node:crypto';

const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789z';

/** What a task id looks like. Safe in a path, a git ref, a URL and a shell word; never a plain number. */
export const taskIdPattern: RegExp = /^t[a-z2-9]{15}$/;

/** A new task id: `t` and 15 characters of 5 random bits each. */
export function createTaskId(): string {
  return `t${Array.from(randomBytes(15), (byte) => alphabet[byte & 31]).join('')}`;
}
