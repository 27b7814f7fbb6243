/** What was asked for did not begin; why has been said already. Its exit code is 2. */
export class NotStarted extends Error {
  override readonly name: string = 'NotStarted';

  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}
