/** What V8 says of its collections with `--trace-gc`, one line each. */

/** How long collections paused the program, and what was allocated between them. */
export interface GcFigures {
  readonly pausesMs: readonly number[];
  readonly allocatedMib: number;
}

/**
 *     [585:0x3ca7f000]       14 ms: Scavenge 4.4 (5.6) -> 3.5 (6.6) MB, pooled: 0 MB, 0.34 / 0.00 ms  (...) ...
 *                                            before      after                       pause
 */
const LINE =
  /ms: (?:Scavenge|Mark-Compact|Mark-Sweep)[^0-9]* ([\d.]+) \([\d.]+\) -> ([\d.]+) .*?([\d.]+) \/ [\d.]+ ms/;

/** Of the lines of one span of time; others than the collector's are passed over. */
export function readGcTrace(lines: readonly string[]): GcFigures {
  const pausesMs: number[] = [];
  let allocatedMib = 0;
  let afterMib: number | undefined;
  for (const line of lines) {
    const match = LINE.exec(line);
    if (match === null) continue;
    if (afterMib !== undefined) allocatedMib += Math.max(0, Number(match[1]) - afterMib);
    afterMib = Number(match[2]);
    pausesMs.push(Number(match[3]));
  }
  return { pausesMs, allocatedMib };
}
