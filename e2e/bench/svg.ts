/** What the benches' pictures have in common: in a page as an image, light or dark. */

/**
 * The style of text, marks and grid, with what a picture adds. Its colours should be such as can be told apart by the
 * colour-blind (Okabe and Ito), a set for light and one for dark pages.
 */
export function describeStyle(light: string, dark: string): string {
  return `
text { font: 12px system-ui, sans-serif; fill: #1f2328; }
.mark { fill: #656d76; } .grid { stroke: #d1d9e0; }
${light}
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc; } .mark { fill: #9198a1; } .grid { stroke: #3d444d; }
${dark}
}`;
}

export function drawText(x: number, y: number, words: string, style = '', anchor = 'start'): string {
  return `<text x="${x}" y="${y}" class="${style}" text-anchor="${anchor}">${words}</text>`;
}
