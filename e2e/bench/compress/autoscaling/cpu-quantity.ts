const UNITS: Readonly<Record<string, number>> = { n: 1e-9, u: 1e-6, m: 1e-3 };

/** Kubernetes' quantity of CPU in cores: `2`, `250m`, `1234567n`. */
export function parseCores(quantity: string): number {
  const unit = UNITS[quantity.at(-1) ?? ''];
  return unit === undefined ? Number(quantity) : Number(quantity.slice(0, -1)) * unit;
}
