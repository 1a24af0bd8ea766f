import { describe, expect, test } from 'vitest';
import { formatAuthorization } from './authorization.ts';
import { chooseChallenge, parseChallenge } from './challenge.ts';
import { HeaderList } from './header-list.ts';

const REQUEST = { method: 'GET', url: '/dir/index.html' };
const RFC_7616 =
  'realm="http-auth@example.org", qop="auth, auth-int", nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", ' +
  'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"';
const RFC_7616_USE = { count: 1, cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' };

/** Challenge, credential, use and the `response` that comes of it. */
const ANSWERS = [
  {
    name: 'RFC 2617 section 3.5',
    challenge:
      'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"',
    credential: { user: 'Mufasa', password: 'Circle Of Life' },
    use: { count: 1, cnonce: '0a4f113b' },
    response: '6629fae49393a05397450978507c4ef1',
  },
  {
    name: 'RFC 7616 section 3.9.1, MD5',
    challenge: `Digest ${RFC_7616}, algorithm=MD5`,
    credential: { user: 'Mufasa', password: 'Circle of Life' },
    use: RFC_7616_USE,
    response: '8ca523f5e9506fed4657c9700eebdbec',
  },
  {
    name: 'RFC 7616 section 3.9.1, SHA-256',
    challenge: `digest ${RFC_7616}, algorithm=SHA-256`,
    credential: { user: 'Mufasa', password: 'Circle of Life' },
    use: RFC_7616_USE,
    response: '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
  },
  {
    name: 'RFC 2069 erratum 749, without qop',
    challenge: 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"',
    credential: { user: 'Mufasa', password: 'CircleOfLife' },
    use: { count: 1, cnonce: 'unused' },
    response: '1949323746fe6a43ef61f9606e7febea',
  },
];

describe('a digest challenge is answered', () => {
  for (const { name, challenge, credential, use, response } of ANSWERS) {
    test(name, () => {
      const parsed = parseChallenge(challenge);
      expect(formatAuthorization(parsed!, credential, REQUEST, use)).toContain(` response="${response}"`);
    });
  }

  test('with every field, quoted where it may hold a quote', () => {
    const challenge = parseChallenge(
      'Digest realm="IP \\"cam\\", 2", nonce="n", opaque="o", algorithm=md5, qop=auth',
    );
    const text = formatAuthorization(
      challenge!,
      { user: 'a"b', password: 'p' },
      { method: 'PLAY', url: 'rtsp://h/x' },
      { count: 26, cnonce: 'c' },
    );
    expect(text).toMatch(
      /^Digest username="a\\"b", realm="IP \\"cam\\", 2", nonce="n", uri="rtsp:\/\/h\/x", response="[0-9a-f]{32}", algorithm=MD5, opaque="o", qop=auth, nc=0000001a, cnonce="c"$/,
    );
  });
});

test('a basic challenge is answered in UTF-8', () => {
  const text = formatAuthorization({ scheme: 'basic' }, { user: 'caméra', password: 'a:b' }, REQUEST, {
    count: 1,
    cnonce: '',
  });
  expect(Buffer.from(text.slice('Basic '.length), 'base64').toString('utf8')).toBe('caméra:a:b');
});

describe('of several challenges', () => {
  function choose(...offers: string[]): string | undefined {
    const headers = new HeaderList();
    for (const offer of offers) headers.add('WWW-Authenticate', offer);
    const challenge = chooseChallenge(headers);
    return challenge?.scheme === 'digest' ? challenge.algorithm : challenge?.scheme;
  }
  const MD5 = 'Digest realm="r", nonce="n"';
  const SHA = 'Digest realm="r", nonce="n", algorithm="SHA-256"';
  test.each([
    [[MD5, 'Basic realm="r"', SHA], 'SHA-256'],
    [['Basic realm="r"', MD5], 'MD5'],
    [['Negotiate abc', 'Basic'], 'basic'],
    [['Digest realm="r"', 'Digest nonce="n"'], undefined],
    [['Digest realm="r", nonce="n", algorithm=SHA-512-256'], undefined],
    [['Digest realm="r", nonce="n", qop="auth-int"'], undefined],
    [[], undefined],
  ])('%j the strongest that can be answered is %s', (offers, chosen) => {
    expect(choose(...offers)).toBe(chosen);
  });
});
