/**
 * The headers of one message, in their order. Names compare without case (RFC 2326 section 4.2), repeated
 * headers are kept apart: a server offers two kinds of authentication in two `WWW-Authenticate` lines.
 */
export class HeaderList {
  readonly #entries: { readonly name: string; readonly key: string; readonly value: string }[] = [];

  static of(headers: Readonly<Record<string, string>>): HeaderList {
    const list = new HeaderList();
    for (const [name, value] of Object.entries(headers)) list.add(name, value);
    return list;
  }

  get size(): number {
    return this.#entries.length;
  }

  add(name: string, value: string): void {
    this.#entries.push({ name, key: name.toLowerCase(), value });
  }

  /** The first value of the header. */
  get(name: string): string | undefined {
    const key = name.toLowerCase();
    return this.#entries.find((entry) => entry.key === key)?.value;
  }

  getAll(name: string): string[] {
    const key = name.toLowerCase();
    return this.#entries.filter((entry) => entry.key === key).map((entry) => entry.value);
  }

  /** Name, as written by its sender, and value. */
  *[Symbol.iterator](): Generator<readonly [string, string]> {
    for (const entry of this.#entries) yield [entry.name, entry.value];
  }
}
