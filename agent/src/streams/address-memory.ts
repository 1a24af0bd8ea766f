/**
 * Names to addresses, remembered: while DNS is down the addresses last known are used, and of many legs that open at
 * once only one asks. The system's resolver would otherwise fill its four threads, which file access needs too.
 */
import { type LookupAddress, type LookupOptions, lookup as lookUp } from 'node:dns';
import type { LookupFunction } from 'node:net';

const FRESH_MS = 1_000;
/** After this long without an answer the addresses last known do. */
const PATIENCE_MS = 500;

interface Remembered {
  addresses: LookupAddress[];
  atMs: number;
}

type Resolve = (host: string) => Promise<LookupAddress[]>;

export class AddressMemory {
  readonly #nowMs: () => number;
  readonly #resolve: Resolve;
  readonly #remembered = new Map<string, Remembered>();
  readonly #asking = new Map<string, Promise<LookupAddress[]>>();

  constructor(nowMs: () => number, resolve: Resolve = resolveBySystem) {
    this.#nowMs = nowMs;
    this.#resolve = resolve;
  }

  /** For `net.connect`. */
  readonly lookup: LookupFunction = (host, options, callback) => {
    this.find(host).then(
      (addresses) => answer(addresses, options, callback),
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };

  async find(host: string): Promise<LookupAddress[]> {
    const known = this.#remembered.get(host);
    if (known !== undefined && this.#nowMs() - known.atMs < FRESH_MS) return known.addresses;
    const asking = this.#asking.get(host) ?? this.#ask(host);
    if (known === undefined) return asking;
    const patience = Promise.withResolvers<LookupAddress[]>();
    const timer = setTimeout(() => patience.resolve(known.addresses), PATIENCE_MS);
    try {
      return await Promise.race([asking.catch(() => known.addresses), patience.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #ask(host: string): Promise<LookupAddress[]> {
    const asking = this.#resolve(host).then((addresses) => {
      this.#remembered.set(host, { addresses, atMs: this.#nowMs() });
      return addresses;
    });
    this.#asking.set(host, asking);
    asking.catch(() => undefined).finally(() => this.#asking.delete(host));
    return asking;
  }
}

function resolveBySystem(host: string): Promise<LookupAddress[]> {
  return new Promise((resolve, reject) => {
    lookUp(host, { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
  });
}

function answer(
  addresses: LookupAddress[],
  options: LookupOptions,
  callback: Parameters<LookupFunction>[2],
): void {
  const first = addresses[0];
  if (options.all === true) callback(null, addresses);
  else if (first === undefined) callback(new Error('no address'), '');
  else callback(null, first.address, first.family);
}
