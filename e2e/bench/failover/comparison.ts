import { formatRange, formatTime } from '../repetitions/figure.ts';
import type { Row } from './rows.ts';
import { SYSTEMS, type System, TIERS } from './sample.ts';

const HEADINGS: Readonly<Record<System, string>> = {
  cupola: 'Cupola',
  plain: 'MediaMTX pair, Service',
  haproxy: 'HAProxy, `inter 5s fall 3`',
  'haproxy-tuned': 'HAProxy, `inter 500ms fall 2`',
};

/**
 * A Markdown table of one kind of push with the operator up, a column a system: what the reader of a relay suffers
 * from a factory's fault, and how long nobody new is let in after a relay's; beside it the control reader, whom no
 * fault touches: what it suffers is the machine's.
 */
export function formatComparison(rows: readonly Row[], push: string): string {
  const shown = rows.filter((row) => row.push === push && row.operator === 'up');
  const systems = SYSTEMS.filter((system) => shown.some((row) => row.system === system));
  const lines = [
    ['fault', ...systems.map((system) => HEADINGS[system])],
    ['---', ...systems.map(() => '---')],
  ];
  for (const tier of TIERS) {
    const ofTier = shown.filter((row) => row.tier === tier);
    for (const fault of new Set(ofTier.map((row) => row.fault))) {
      const cells = systems.map((system) => {
        const row = ofTier.find((one) => one.system === system && one.fault === fault);
        return row === undefined ? '' : formatCell(row);
      });
      lines.push([`${tier}: ${fault.replaceAll('-', ' ')}`, ...cells]);
    }
  }
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function formatCell({ tier, framesLost, gapMs, controlGapMs, disconnects, connectMs }: Row): string {
  const parts = [
    `${formatRange(framesLost, String)} lost`,
    `gap ${formatRange(gapMs, formatTime)} (control ${formatRange(controlGapMs, formatTime)})`,
  ];
  if (disconnects.max > 0) parts.push('disconnected');
  if (tier === 'relay') parts.push(`new: ${formatRange(connectMs, formatTime)}`);
  return parts.join(', ');
}
