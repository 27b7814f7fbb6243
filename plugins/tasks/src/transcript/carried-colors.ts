const sequences = /\x1b\[([0-9;:]*)m/g;

/** What an attribute belongs to: of each, one can be on. ECMA-48, 8.3.117; 90 to 107 as terminals have them. */
function groupOf(attribute: number): string | undefined {
  if (attribute === 1 || attribute === 2) return `weight ${attribute}`;
  if (attribute >= 3 && attribute <= 9) return String(attribute);
  if (isBetween(attribute, 30, 38) || isBetween(attribute, 90, 97)) return 'foreground';
  if (isBetween(attribute, 40, 48) || isBetween(attribute, 100, 107)) return 'background';
  return undefined;
}

/** What an attribute turns off. */
function endedBy(attribute: number): readonly string[] {
  if (attribute === 22) return ['weight 1', 'weight 2'];
  if (attribute === 39) return ['foreground'];
  if (attribute === 49) return ['background'];
  return isBetween(attribute, 23, 29) ? [String(attribute - 20)] : [];
}

/** The colours that are on behind a text, so that what follows can be drawn without it. */
export class CarriedColors {
  readonly #on = new Map<string, string>();

  /** The sequences that turn them on; `''` when there are none. */
  get sequence(): string {
    return this.#on.size === 0 ? '' : `\x1b[${[...this.#on.values()].join(';')}m`;
  }

  /** Reads text that was sanitised. */
  read(text: string): void {
    if (!text.includes('\x1b')) return;
    for (const [, parameters = ''] of text.matchAll(sequences)) this.#apply(parameters.split(';'));
  }

  /** Turns all of them off. */
  reset(): void {
    this.#on.clear();
  }

  #apply(parameters: readonly string[]): void {
    for (let index = 0; index < parameters.length; index++) {
      const parameter = parameters[index]!;
      const attribute = Number.parseInt(parameter === '' ? '0' : parameter, 10);
      if (attribute === 0) this.reset();
      for (const group of endedBy(attribute)) this.#on.delete(group);
      const group = groupOf(attribute);
      if (group === undefined) continue;
      const selects = (attribute === 38 || attribute === 48) && !parameter.includes(':');
      const length = selects ? (parameters[index + 1] === '2' ? 5 : 3) : 1;
      this.#on.set(group, parameters.slice(index, index + length).join(';'));
      index += length - 1;
    }
  }
}

function isBetween(value: number, least: number, most: number): boolean {
  return value >= least && value <= most;
}
