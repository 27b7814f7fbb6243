import { clusterAfter, clusterBefore, type KeyPress } from '@prefish/screen';

/** Text that is being typed, and where in it the cursor stands. */
export class TextEntry {
  before = '';
  after = '';

  get text(): string {
    return this.before + this.after;
  }

  press(key: KeyPress): void {
    const { name, ctrl, text } = key;
    if (name === 'backspace')
      this.before = this.before.slice(0, -clusterBefore(this.before).length || undefined);
    else if (name === 'delete') this.after = this.after.slice(clusterAfter(this.after).length);
    else if (name === 'left') this.#move(-clusterBefore(this.before).length);
    else if (name === 'right') this.#move(clusterAfter(this.after).length);
    else if (name === 'home' || (ctrl && name === 'a')) this.#move(-this.before.length);
    else if (name === 'end' || (ctrl && name === 'e')) this.#move(this.after.length);
    else if (ctrl && name === 'u') this.before = '';
    else if (ctrl && name === 'w') this.before = this.before.replace(/\S*\s*$/, '');
    else if (!ctrl && text !== '') this.before += text;
  }

  #move(by: number): void {
    const { text } = this;
    const cursor = this.before.length + by;
    this.before = text.slice(0, cursor);
    this.after = text.slice(cursor);
  }
}
