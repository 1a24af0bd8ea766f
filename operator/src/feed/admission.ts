/**
 * How many agents are looked at at once: a burst of them must not become a burst on the API server, and one
 * address that asks again and again must not take the place of the others.
 */
export class Admission {
  readonly #limits: { concurrent: number; waiting: number; perAddress: number };
  readonly #byAddress = new Map<string, number>();
  readonly #waiters: (() => void)[] = [];
  #active = 0;

  constructor(limits: { concurrent: number; waiting: number; perAddress: number }) {
    this.#limits = limits;
  }

  /** Runs the work when its turn comes; undefined, at once, where too much waits already. */
  async run<T>(address: string, work: () => Promise<T>): Promise<T | undefined> {
    const ofAddress = this.#byAddress.get(address) ?? 0;
    if (ofAddress >= this.#limits.perAddress) return undefined;
    if (this.#active >= this.#limits.concurrent && this.#waiters.length >= this.#limits.waiting)
      return undefined;
    this.#byAddress.set(address, ofAddress + 1);
    try {
      await this.#enter();
      return await work();
    } finally {
      this.#leave(address);
    }
  }

  #enter(): Promise<void> {
    if (this.#active < this.#limits.concurrent) {
      this.#active++;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #leave(address: string): void {
    const left = (this.#byAddress.get(address) ?? 1) - 1;
    if (left === 0) this.#byAddress.delete(address);
    else this.#byAddress.set(address, left);
    // The place goes to the next in line without becoming free in between.
    const next = this.#waiters.shift();
    if (next === undefined) this.#active--;
    else next();
  }
}
