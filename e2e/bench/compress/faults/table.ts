import { alignColumns } from '../../repetitions/columns.ts';
import { formatFigure } from '../../repetitions/figure.ts';
import type { Row } from './rows.ts';

const COLUMNS = [
  ...['fault', 'operator', 'rendition', 'n', 'frames lost', 'broken', 'shown again', 'gap', 'disconnects'],
  ...['new connection', 'control gap', 'control lost', 'idle'],
];

/** The rows for a terminal: `p50 / max`, times in ms. */
export function formatTable(rows: readonly Row[]): string {
  return alignColumns([COLUMNS, ...rows.map(listCells)]);
}

function listCells(row: Row): string[] {
  const { framesLost, broken, repeated, gapMs, disconnects, connectMs, controlGapMs, controlLost } = row;
  return [
    ...[row.fault, row.operator, row.rendition, String(row.repetitions)],
    ...[framesLost, broken, repeated, gapMs, disconnects, connectMs, controlGapMs, controlLost].map(
      formatFigure,
    ),
    `${(row.idle * 100).toFixed(0)} %`,
  ];
}
