/** Multipliers of a Kubernetes quantity's suffix (apimachinery pkg/api/resource/suffix.go). */
const FACTOR_OF_SUFFIX: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

const QUANTITY = /^([0-9]+(?:\.[0-9]+)?)([numkMGT]|[KMGT]i)?$/;

/** Floating point tells decimal fractions apart that are one quantity; no two quantities are this close. */
const TOLERANCE = 1e-12;

/**
 * Whether two quantities mean the same amount: the API server stores `0.5` as `500m` and `1024Mi` as `1Gi`.
 * What does not read as a quantity is equal to itself alone.
 */
export function isSameQuantity(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const [amountA, amountB] = [parseAmount(a), parseAmount(b)];
  if (amountA === undefined || amountB === undefined) return false;
  return Math.abs(amountA - amountB) <= TOLERANCE * Math.max(amountA, amountB);
}

function parseAmount(quantity: unknown): number | undefined {
  const match = QUANTITY.exec(String(quantity));
  const factor = FACTOR_OF_SUFFIX[match?.[2] ?? ''];
  return match === null || factor === undefined ? undefined : Number(match[1]) * factor;
}
