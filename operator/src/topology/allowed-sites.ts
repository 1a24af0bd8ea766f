import type { AllowedSites } from '../api/allowed-sites.ts';
import type { Inventory, Site } from './tiers.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether a tier of `namespace` with these `allowedSites` permits the Site to use it. */
export function permitsSite(
  allowed: AllowedSites,
  namespace: string,
  site: Site,
  inventory: Pick<Inventory, 'findNamespaceLabels'>,
): boolean {
  if (!hasLabels(site.labels, allowed.sites?.matchLabels ?? {})) return false;
  switch (allowed.namespaces.from) {
    case 'All':
      return true;
    case 'Same':
      return site.namespace === namespace;
    case 'Selector': {
      // `from: Selector` without a selector permits nobody rather than everybody.
      const wanted = allowed.namespaces.selector?.matchLabels;
      const labels = inventory.findNamespaceLabels(site.namespace);
      return wanted !== undefined && labels !== undefined && hasLabels(labels, wanted);
    }
  }
}

function hasLabels(labels: Labels, wanted: Labels): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
