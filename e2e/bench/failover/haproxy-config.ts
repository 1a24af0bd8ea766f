/** How HAProxy looks after its servers. */
export interface HaproxyChecks {
  /** Time between two checks, as `5s`. */
  readonly inter: string;
  /** How many failed ones make a server down. */
  readonly fall: number;
  /** Whether connections to a server that is down are ended, or left to end by themselves. */
  readonly endsSessions: boolean;
}

/** `rtsp` leads to the factories, for the relays; `viewers` to the relays. */
export const HAPROXY_PORTS = { rtsp: 8554, viewers: 8555, stats: 8404 } as const;

/** TCP mode, primary preferred, each tier's sides by their own Services; all else as HAProxy has it. */
export function haproxyConfig({ inter, fall, endsSessions }: HaproxyChecks): string {
  const settings = [`inter ${inter}`, `fall ${fall}`];
  if (endsSessions) settings.push('on-marked-down shutdown-sessions');
  return [
    'defaults',
    '  mode tcp',
    '  timeout connect 5s',
    '  timeout client 1h',
    '  timeout server 1h',
    `  default-server check ${settings.join(' ')}`,
    ...listen('factory', HAPROXY_PORTS.rtsp),
    ...listen('relay', HAPROXY_PORTS.viewers),
    'listen stats',
    `  bind :${HAPROXY_PORTS.stats}`,
    '  mode http',
    '  stats enable',
    '  stats uri /stats',
    '',
  ].join('\n');
}

function listen(tier: string, port: number): string[] {
  return [
    `listen ${tier}`,
    `  bind :${port}`,
    `  server primary ${tier}-primary:8554`,
    `  server backup ${tier}-backup:8554 backup`,
  ];
}
