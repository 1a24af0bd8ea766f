import { formatRange, formatTime } from '../../repetitions/figure.ts';
import { RENDITIONS } from './renditions.ts';
import type { Row } from './rows.ts';
import { nameCase } from './schedule.ts';

/** A Markdown table, a column a rendition: what its viewer suffers from each fault, and beside it an original's. */
export function formatSummary(rows: readonly Row[]): string {
  const renditions = RENDITIONS.filter(({ name }) => rows.some(({ rendition }) => rendition === name));
  const lines = [
    ['fault', ...renditions.map(({ title }) => title), 'the original beside', 'n'],
    ['---', ...renditions.map(() => '---'), '---', '---'],
  ];
  for (const [fault, ofFault] of Map.groupBy(rows, nameCase)) {
    const cells = renditions.map(({ name }) => {
      const row = ofFault.find(({ rendition }) => rendition === name);
      return row === undefined ? '' : formatCell(row);
    });
    const [first] = ofFault;
    const control = first === undefined ? '' : formatControl(first);
    lines.push([fault.replaceAll('-', ' '), ...cells, control, String(first?.repetitions)]);
  }
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function formatCell({ framesLost, broken, gapMs, disconnects }: Row): string {
  return [
    `${formatRange(framesLost, String)} lost`,
    `frozen ${formatRange(gapMs, formatTime)}`,
    ...(broken.max > 0 ? [`${formatRange(broken, String)} corrupt`] : []),
    ...(disconnects.max > 0 ? ['disconnected'] : []),
  ].join(', ');
}

function formatControl({ controlLost, controlGapMs }: Row): string {
  return `${formatRange(controlLost, String)} lost, ${formatRange(controlGapMs, formatTime)}`;
}
