import type { Figure, Row } from './rows.ts';

const COLUMNS = [
  'tier',
  'fault',
  'operator',
  'push',
  'system',
  'n',
  'frames lost',
  'broken',
  'gap',
  'disconnects',
  'new connection',
  'plays again',
  'control gap',
] as const;

/** The rows for a terminal: `p50 / max`, times in ms. */
export function formatTable(rows: readonly Row[]): string {
  const lines = [[...COLUMNS], ...rows.map(listCells)];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function listCells(row: Row): string[] {
  const { repetitions, disturbed } = row;
  return [
    ...[row.tier, row.fault, row.operator, row.push, row.system],
    disturbed === 0 ? `${repetitions}` : `${repetitions} (${disturbed} disturbed)`,
    ...[row.framesLost, row.broken, row.gapMs, row.disconnects].map(formatFigure),
    formatFigure(row.connectMs),
    row.resumeMs === undefined ? '-' : formatFigure(row.resumeMs),
    formatFigure(row.controlGapMs),
  ];
}

function formatFigure({ p50, p99, max }: Figure): string {
  return [p50, p99, max]
    .filter((value) => value !== undefined)
    .map((value) => value.toFixed(0))
    .join(' / ');
}
