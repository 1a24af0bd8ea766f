/** The longest that the schemas take: names, and the host by which a tier is reached. */
export const LONGEST = {
  namespace: 'n'.repeat(63),
  ownName: 's'.repeat(40),
  host: [...Array(3).fill('h'.repeat(62)), 'h'.repeat(64)].join('.'),
};

/** A name of 63 characters, another one for each number. */
export function longestSegment(index: number): string {
  return String(index).padStart(63, 'c');
}
