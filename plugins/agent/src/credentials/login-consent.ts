import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '@prefish/durable';

/** Whether tasks may use an agent's own login. */
export type Consent = 'allowed' | 'refused';

/** What the user said of the agents' own logins: asked once, or said beforehand by `prefish keys allow`. */
export class LoginConsent {
  readonly #file: string;

  /** @param folder where it is remembered */
  constructor(folder: string) {
    this.#file = join(folder, 'logins.json');
  }

  /** `undefined` when it was never said. */
  async of(agent: string): Promise<Consent | undefined> {
    const said = (await this.#read())[agent];
    return said === 'allowed' || said === 'refused' ? said : undefined;
  }

  async say(agent: string, consent: Consent): Promise<void> {
    await writeDurably(this.#file, `${JSON.stringify({ ...(await this.#read()), [agent]: consent })}\n`);
  }

  async #read(): Promise<Readonly<Record<string, unknown>>> {
    try {
      return (JSON.parse(await readFile(this.#file, 'utf8')) as Record<string, unknown> | null) ?? {};
    } catch {
      // Nothing that can be read means that nothing was said.
      return {};
    }
  }
}
