/**
 * Which part of the project may know which, as a table. A part is a folder; the longest that matches a file is
 * its part. Tests are bound only by what `imports.ts` says of tests.
 */

export interface Part {
  readonly folder: string;
  /** Other parts, by folder. A part always knows itself. */
  readonly imports: readonly string[];
  /** Parts whose types it may use, and nothing that exists at run time. */
  readonly typesOf?: readonly string[];
  /** No I/O, clock, timer, randomness, environment or console: only PURE_PACKAGES and PURE_FUNCTIONS. */
  readonly isPure?: true;
}

const api = 'operator/src/api';
const topology = 'operator/src/topology';
const metrics = 'operator/src/metrics';
const protocol = 'protocol/src';

export const PARTS: readonly Part[] = [
  { folder: protocol, imports: [], isPure: true },

  { folder: api, imports: [protocol], isPure: true },
  { folder: topology, imports: [api, protocol], isPure: true },
  { folder: 'operator/src/render', imports: [api, topology, protocol], isPure: true },
  { folder: 'operator/src/diff', imports: [api, protocol], typesOf: [topology], isPure: true },
  { folder: 'operator/src/status', imports: [api, protocol], typesOf: [topology], isPure: true },
  { folder: 'operator/src/failover', imports: [api, protocol], typesOf: [topology], isPure: true },
  { folder: 'operator/src/kube', imports: [api, 'operator/src/diff', metrics, protocol] },
  { folder: 'operator/src/feed', imports: [api, 'operator/src/kube', metrics, protocol] },
  {
    folder: 'operator/src/probes',
    imports: [api, 'operator/src/kube', metrics, protocol],
    typesOf: ['operator/src/failover'],
  },
  {
    folder: 'operator/src/switching',
    imports: [
      api,
      topology,
      'operator/src/failover',
      'operator/src/probes',
      'operator/src/kube',
      'operator/src/feed',
      metrics,
      protocol,
    ],
  },
  {
    folder: 'operator/src/reconcile',
    imports: [
      api,
      topology,
      'operator/src/render',
      'operator/src/diff',
      'operator/src/status',
      'operator/src/failover',
      'operator/src/kube',
      'operator/src/feed',
      metrics,
      protocol,
    ],
  },
  { folder: metrics, imports: [protocol] },
  { folder: 'operator/src/http', imports: ['operator/src/kube', metrics, protocol] },
  { folder: 'operator/src', imports: ['operator/src/*', protocol] },

  { folder: 'agent/src/rtp', imports: [protocol], isPure: true },
  { folder: 'agent/src/merge', imports: ['agent/src/rtp', protocol], isPure: true },
  { folder: 'agent/src/rtsp/wire', imports: ['agent/src/rtp', protocol], isPure: true },
  { folder: 'agent/src/rtsp', imports: ['agent/src/rtsp/wire', 'agent/src/rtp', protocol] },
  { folder: 'agent/src/ffmpeg', imports: [protocol] },
  { folder: 'agent/src/mediamtx', imports: [protocol] },
  { folder: 'agent/src/feed', imports: [protocol] },
  {
    folder: 'agent/src/streams',
    imports: [
      'agent/src/rtp',
      'agent/src/merge',
      'agent/src/rtsp',
      'agent/src/rtsp/wire',
      'agent/src/ffmpeg',
      protocol,
    ],
  },
  { folder: 'agent/src/plan', imports: [protocol] },
  { folder: 'agent/src/http', imports: [protocol] },
  { folder: 'agent/src', imports: ['agent/src/*', protocol] },

  // The tests of the whole system look from outside: of the operator they know the API alone.
  { folder: 'e2e', imports: [api, protocol, 'tools'] },
  { folder: 'tools', imports: [api, protocol, 'e2e'] },
];

/** Packages without I/O. Types of any package are allowed to a pure part: they are gone at run time. */
export const PURE_PACKAGES: readonly string[] = ['zod', 'sdp-transform', 'yaml'];

/** Functions of Node's modules whose result depends on their arguments alone. */
export const PURE_FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  'node:buffer': ['Buffer'],
  'node:crypto': ['createHash', 'createHmac', 'hash', 'timingSafeEqual'],
  'node:net': ['isIP', 'isIPv4', 'isIPv6'],
  'node:util': ['isDeepStrictEqual'],
  'node:zlib': ['crc32'],
};

export function partOf(file: string): Part | undefined {
  return PARTS.filter((part) => file.startsWith(`${part.folder}/`)).toSorted(
    (a, b) => b.folder.length - a.folder.length,
  )[0];
}
