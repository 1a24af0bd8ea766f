import { describeStyle, drawText } from '../../svg.ts';
import type { Moment } from './series.ts';

/** Three curves above each other over the same time. */
const LEFT = 70;
const RIGHT = 740;
const WIDTH = 760;
const TOP = 30;
const PANEL = 110;
const BETWEEN = 34;

const STYLE = describeStyle(
  `polyline, .target { fill: none; stroke-width: 2; }
.cameras { stroke: #e69f00; } .wanted { stroke: #0072b2; stroke-dasharray: 4 3; } .ready { stroke: #009e73; }
.cpu { stroke: #d55e00; } .target { stroke: #656d76; stroke-dasharray: 2 4; } .frozen { stroke: #cc79a7; }
.key-cameras { fill: #e69f00; } .key-wanted { fill: #0072b2; } .key-ready { fill: #009e73; }`,
  `.wanted { stroke: #56b4e9; } .key-wanted { fill: #56b4e9; }`,
);

interface Panel {
  readonly title: string;
  readonly curves: readonly {
    readonly style: string;
    readonly read: (moment: Moment) => number | undefined;
  }[];
  /** The top of its scale. */
  readonly most: number;
  /** Holds from one moment to the next. */
  readonly isStepped: boolean;
  readonly target?: number;
}

/** An SVG of workers, CPU and frozen time; in a page as an image, light or dark. */
export function drawSeries(moments: readonly Moment[], targetPercent: number): string {
  const endMs = Math.max(...moments.map(({ atMs }) => atMs), 1_000);
  const panels = listPanels(moments, targetPercent);
  const height = TOP + panels.length * (PANEL + BETWEEN);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    '<title>A pool under a load that grows and shrinks: workers, CPU, and the frozen time of viewers</title>',
    `<style>${STYLE}</style>`,
    ...drawKey(),
    ...panels.flatMap((panel, index) =>
      drawPanel(panel, moments, endMs, TOP + 16 + index * (PANEL + BETWEEN)),
    ),
    ...drawTimes(endMs, height),
    '</svg>',
    '',
  ].join('\n');
}

function listPanels(moments: readonly Moment[], targetPercent: number): Panel[] {
  const greatest = (read: (moment: Moment) => number) => Math.max(...moments.map(read), 0);
  return [
    {
      title: 'number',
      curves: [
        { style: 'cameras', read: ({ cameras }) => cameras },
        { style: 'wanted', read: ({ wanted }) => wanted },
        { style: 'ready', read: ({ ready }) => ready },
      ],
      most: 1 + greatest(({ cameras, wanted, ready }) => Math.max(cameras, wanted, ready)),
      isStepped: true,
    },
    {
      title: 'CPU, %',
      curves: [{ style: 'cpu', read: ({ cpuPercent }) => cpuPercent }],
      most: roundUp(
        Math.max(
          greatest(({ cpuPercent = 0 }) => cpuPercent),
          targetPercent * 1.5,
        ),
      ),
      isStepped: true,
      target: targetPercent,
    },
    {
      title: 'frozen, ms',
      curves: [{ style: 'frozen', read: ({ frozenMs }) => frozenMs }],
      most: roundUp(
        Math.max(
          greatest(({ frozenMs }) => frozenMs),
          100,
        ),
      ),
      isStepped: false,
    },
  ];
}

function drawPanel(panel: Panel, moments: readonly Moment[], endMs: number, top: number): string[] {
  const { title, curves, most, isStepped, target } = panel;
  const heightOf = (value: number) => round(top + PANEL * (1 - value / most));
  const lines = curves.map(({ style, read }) => {
    const points = moments.flatMap((moment, index) => {
      const value = read(moment);
      if (value === undefined) return [];
      const at = place(moment.atMs, endMs);
      const before = isStepped ? read(moments[index - 1] ?? moment) : undefined;
      const corner = before === undefined || before === value ? [] : [`${at},${heightOf(before)}`];
      return [...corner, `${at},${heightOf(value)}`];
    });
    return `<polyline class="${style}" points="${points.join(' ')}"/>`;
  });
  const targetLine =
    target === undefined
      ? []
      : [
          line('target', LEFT, RIGHT, heightOf(target), heightOf(target)),
          drawText(LEFT - 6, heightOf(target) + 4, `${target}`, 'mark', 'end'),
        ];
  return [
    ...[0, most].map((value) => line('grid', LEFT, RIGHT, heightOf(value), heightOf(value))),
    ...[0, most].map((value) => drawText(LEFT - 6, heightOf(value) + 4, `${value}`, 'mark', 'end')),
    drawText(LEFT - 6, top - 12, title, '', 'end'),
    ...targetLine,
    ...lines,
  ];
}

function drawKey(): string[] {
  const names = [
    ['cameras', 110, 'cameras'],
    ['wanted', 210, 'workers that the autoscaler wants'],
    ['ready', 440, 'workers that are ready'],
  ] as const;
  return names.flatMap(([style, x, words]) => {
    return [`<circle class="key-${style}" cx="${x}" cy="14" r="4"/>`, drawText(x + 10, 18, words)];
  });
}

function drawTimes(endMs: number, height: number): string[] {
  const stepMs = endMs > 300_000 ? 60_000 : 30_000;
  const count = Math.floor(endMs / stepMs) + 1;
  return Array.from({ length: count }, (_, index) =>
    drawText(place(index * stepMs, endMs), height - 2, `${(index * stepMs) / 1_000} s`, 'mark', 'middle'),
  );
}

/** Where a moment is, from left to right. */
export function place(atMs: number, endMs: number): number {
  return round(LEFT + (atMs / endMs) * (RIGHT - LEFT));
}

/** To one of 1, 2 or 5 times a power of ten. */
function roundUp(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 5].find((factor) => factor * power >= value) ?? 10) * power;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function line(style: string, x1: number, x2: number, y1: number, y2: number): string {
  return `<line class="${style}" x1="${x1}" x2="${x2}" y1="${y1}" y2="${y2}"/>`;
}
