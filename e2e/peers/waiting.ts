/**
 * Waits for a count of things that arrive one by one, or for the thing that brings them to fail.
 *
 *     arrived() ... arrived() ......... arrived()
 *     until(n) ------------------------------^
 */
export class Waiting {
  #waiters: { reached: () => boolean; resolve: () => void; reject: (error: Error) => void }[] = [];
  #failure: Error | undefined;

  /** To be called after each change of what the waiters look at. */
  arrived(): void {
    this.#waiters = this.#waiters.filter((waiter) => {
      if (!waiter.reached()) return true;
      waiter.resolve();
      return false;
    });
  }

  /** Nothing more will arrive: everybody who waits, now or later, gets the error. */
  fail(error: Error): void {
    this.#failure = error;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(error);
  }

  /** Rejects, naming what was waited for, when `reached` is not true within the budget. */
  async until(what: string, reached: () => boolean, budgetMs: number): Promise<void> {
    if (reached()) return;
    if (this.#failure) throw this.#failure;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`${what}: not within ${budgetMs} ms.`)), budgetMs);
      this.#waiters.push({ reached, resolve, reject });
    }).finally(() => clearTimeout(timer));
  }
}
