/** Multipliers of a Kubernetes quantity's suffix (apimachinery pkg/api/resource/suffix.go), in thousandths. */
const MILLI_PER_SUFFIX: Record<string, number> = {
  m: 1,
  '': 1e3,
  k: 1e6,
  M: 1e9,
  G: 1e12,
  T: 1e15,
  Ki: 1e3 * 2 ** 10,
  Mi: 1e3 * 2 ** 20,
  Gi: 1e3 * 2 ** 30,
  Ti: 1e3 * 2 ** 40,
};

const QUANTITY = /^([0-9]+(?:\.[0-9]+)?)(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/;

/**
 * Whether two quantities mean the same amount: the API server stores `0.5` as `500m` and `1024Mi` as `1Gi`.
 * What does not read as a quantity is equal to itself alone.
 */
export function isSameQuantity(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  const milliA = parseMilli(a);
  const milliB = parseMilli(b);
  return milliA !== undefined && milliA === milliB;
}

function parseMilli(quantity: unknown): number | undefined {
  const match = QUANTITY.exec(String(quantity));
  const scale = MILLI_PER_SUFFIX[match?.[2] ?? ''];
  return match === null || scale === undefined ? undefined : Math.round(Number(match[1]) * scale);
}
