/**
 * How long a scenario waits before it fails, in ms. Generous: a 2-core machine runs the whole cluster and all
 * cameras; what is a promise of the product is asserted apart, with a figure of its own.
 */
export const BUDGETS = {
  /** The chart's operator replicas Ready, images present. */
  chart: 120_000,
  /** A Site or tier from `kubectl apply` to its addresses being in the status. */
  addresses: 30_000,
  /** Pods scheduled, started and Ready, and streams carried. */
  ready: 60_000,
  /** A camera accepted by its factory; MediaMTX delays the answer to a refused login by up to 4 s. */
  accepted: 30_000,
  /** A stream offered at a tier, and its first picture at a reader. */
  picture: 30_000,
  /** A stream back without a hand after a process of it was killed; the kubelet backs off up to 20 s here. */
  healed: 60_000,
  /** The kubelet writes a changed Secret into a running pod's volume (its sync period is a minute). */
  volumeRefresh: 150_000,
  /** Everything of a deleted object is gone: a worker's pod may take 50 s to end, and namespaces are looked at now and then. */
  gone: 120_000,
  /** The autoscaler acts on a load: metrics-server looks every 10 s and needs two looks, the autoscaler every 5 s. */
  scaled: 90_000,
  /** A web page plays. */
  browser: 45_000,
  /** A single kubectl command. */
  kubectl: 30_000,
} as const;

/** The promises that are asserted, in ms. */
export const PROMISES = {
  /**
   * From a factory's acceptance of a push to the first key frame at the relay, of a camera that sends one every half
   * second: p95 over 20 additions.
   */
  playableP95: 2_000,
} as const;
