import { alignColumns } from '../repetitions/columns.ts';
import { formatFigure } from '../repetitions/figure.ts';
import type { Row } from './rows.ts';

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
  return alignColumns([COLUMNS, ...rows.map(listCells)]);
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
