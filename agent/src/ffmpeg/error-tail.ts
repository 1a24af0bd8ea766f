/** The last lines that a process wrote to its standard error; a broken source makes it write without end. */

const MAX_LINES = 20;
const MAX_LINE_LENGTH = 300;

export class ErrorTail {
  #rest = '';
  readonly #lines: string[] = [];

  /** Text as it comes, in any pieces. */
  push(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n|\r/);
    this.#rest = (lines.pop() ?? '').slice(0, MAX_LINE_LENGTH);
    for (const line of lines.slice(-MAX_LINES)) this.#keep(line);
  }

  /** The unfinished line too: it is what a process that crashes says last. */
  get lines(): readonly string[] {
    return this.#rest === '' ? this.#lines : [...this.#lines, this.#rest].slice(-MAX_LINES);
  }

  #keep(line: string): void {
    if (line.trim() === '') return;
    this.#lines.push(line.slice(0, MAX_LINE_LENGTH));
    if (this.#lines.length > MAX_LINES) this.#lines.shift();
  }
}
