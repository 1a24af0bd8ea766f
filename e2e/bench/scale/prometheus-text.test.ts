import { expect, test } from 'vitest';
import { parseMetrics, quantileOf, sumOf } from './prometheus-text.ts';

const PAGE = `# HELP d how long
# TYPE d histogram
d_bucket{le="0.1",kind="Site"} 50
d_bucket{le="0.2",kind="Site"} 90
d_bucket{le="+Inf",kind="Site"} 100
d_bucket{le="0.1",kind="a \\"b\\", c"} 0
d_bucket{le="0.2",kind="a \\"b\\", c"} 0
d_bucket{le="+Inf",kind="a \\"b\\", c"} 0
d_sum{kind="Site"} 9.5
up 1
`;

test('names, labels and values are read', () => {
  const samples = parseMetrics(PAGE);
  expect(samples).toHaveLength(8);
  expect(samples[3]).toEqual({ name: 'd_bucket', labels: { le: '0.1', kind: 'a \\"b\\", c' }, value: 0 });
  expect(sumOf(samples, 'd_bucket')).toBe(240);
});

test.each([
  [0.25, 0.05],
  [0.5, 0.1],
  [0.7, 0.15],
  [0.99, 0.2],
])('the quantile %d is %d', (quantile, value) => {
  expect(quantileOf(parseMetrics(PAGE), 'd', quantile)).toBeCloseTo(value);
});

test('a histogram without an observation has no quantile', () => {
  expect(quantileOf(parseMetrics('x_bucket{le="+Inf"} 0'), 'x', 0.5)).toBeUndefined();
});
