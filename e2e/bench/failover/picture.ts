import { describeStyle, drawText } from '../svg.ts';
import type { Row } from './rows.ts';
import { SYSTEMS, type System, TIERS } from './sample.ts';

/** From p50 to max of each system's gap, by fault, on a logarithmic scale of milliseconds. */
const LEAST_MS = 10;
const MOST_MS = 100_000;
const MARKS: readonly (readonly [number, string])[] = [
  [10, '10 ms'],
  [100, '100 ms'],
  [1_000, '1 s'],
  [10_000, '10 s'],
  [100_000, '100 s'],
];

const LABELS: Readonly<Record<System, string>> = {
  cupola: 'Cupola',
  plain: 'MediaMTX pair, Service',
  haproxy: 'HAProxy, inter 5s fall 3',
  'haproxy-tuned': 'HAProxy, inter 500ms fall 2',
};

const LEFT = 150;
const RIGHT = 700;
const TOP = 64;
const LINE = 12;
const BETWEEN_FAULTS = 14;
const WIDTH = 760;

const STYLE = describeStyle(
  `.tier { font-weight: 600; }
.cupola { stroke: #009e73; fill: #009e73; } .plain { stroke: #cc79a7; fill: #cc79a7; }
.haproxy { stroke: #d55e00; fill: #d55e00; } .haproxy-tuned { stroke: #0072b2; fill: #0072b2; }`,
  `.haproxy-tuned { stroke: #56b4e9; fill: #56b4e9; }`,
);

/** An SVG of the rows of one kind of push with the operator up; in a page as an image, light or dark. */
export function drawGaps(rows: readonly Row[], push: string): string {
  const shown = rows.filter((row) => row.push === push && row.operator === 'up');
  const parts: string[] = [];
  let y = TOP;
  for (const tier of TIERS) {
    const faults = [...new Set(shown.filter((row) => row.tier === tier).map(({ fault }) => fault))];
    if (faults.length === 0) continue;
    parts.push(drawText(LEFT - 10, y, `the ${tier}`, 'tier', 'end'));
    y += BETWEEN_FAULTS;
    for (const fault of faults) {
      const lines = shown.filter((row) => row.tier === tier && row.fault === fault);
      parts.push(drawText(LEFT - 10, y + (lines.length * LINE) / 2, fault.replaceAll('-', ' '), '', 'end'));
      for (const row of lines) {
        y += LINE;
        parts.push(drawRow(row, y - LINE / 2));
      }
      y += BETWEEN_FAULTS;
    }
  }
  const box = `viewBox="0 0 ${WIDTH} ${y + 10}" width="${WIDTH}" height="${y + 10}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${box} role="img">`,
    '<title>The longest gap at a viewer of the relay, by fault and system, p50 to max</title>',
    `<style>${STYLE}</style>`,
    ...drawLegend(shown),
    ...drawScale(y),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** A dot at p50 and a line from there to the greatest. */
function drawRow({ system, gapMs }: Row, y: number): string {
  const from = place(gapMs.p50);
  const to = place(gapMs.max);
  const told = `${LABELS[system]}: p50 ${gapMs.p50.toFixed(0)} ms, max ${gapMs.max.toFixed(0)} ms`;
  return [
    `<g class="${system}"><title>${told}</title>`,
    `<line x1="${from}" x2="${to}" y1="${y}" y2="${y}" stroke-width="3"/>`,
    `<circle cx="${from}" cy="${y}" r="4"/></g>`,
  ].join('');
}

function drawLegend(rows: readonly Row[]): string[] {
  const systems = SYSTEMS.filter((system) => rows.some((row) => row.system === system));
  return systems.map((system, index) => {
    const x = 20 + index * 185;
    return `<g class="${system}"><circle cx="${x}" cy="16" r="4"/></g>${drawText(x + 10, 20, LABELS[system])}`;
  });
}

function drawScale(bottom: number): string[] {
  return MARKS.flatMap(([ms, label]) => [
    `<line class="grid" x1="${place(ms)}" x2="${place(ms)}" y1="${TOP - 14}" y2="${bottom}"/>`,
    drawText(place(ms), TOP - 20, label, 'mark', 'middle'),
  ]);
}

/** Where a time is on the scale; what is shorter or longer than the scale is at its end. */
export function place(ms: number): number {
  const clamped = Math.min(Math.max(ms, LEAST_MS), MOST_MS);
  const share = Math.log10(clamped / LEAST_MS) / Math.log10(MOST_MS / LEAST_MS);
  return Math.round((LEFT + share * (RIGHT - LEFT)) * 10) / 10;
}
