/** One thing that a pod without rights tries. */
export type Intrusion =
  | { readonly feed: 'none' | 'own' }
  | { readonly rtsp: number }
  | { readonly http: number; readonly path: string; readonly method?: 'GET' | 'POST' };

/** Runs inside the intruder's pod, which has Node and nothing else: prints a status code or an error's code. */
export const INTRUDER_SCRIPT = `
const fs = require('node:fs'), http = require('node:http'), https = require('node:https'), net = require('node:net');

function intrude(target) {
  const done = (answer) => { console.log(JSON.stringify(answer)); process.exit(0); };
  setTimeout(() => done('no answer'), 20000); // MediaMTX delays each refusal by up to 4 s
  if (target.feed !== undefined) return openFeed(target, done);
  if (target.rtsp !== undefined) return describe(target, done);
  const path = target.path.startsWith('/v3') || target.path === '/' ? target.path : '/' + target.stream + target.path;
  request(target, path, {}, done);
}

/** Follows the one redirection with which MediaMTX hands out a session cookie. */
function request(target, path, headers, done) {
  const isOffer = target.method === 'POST';
  const options = {
    host: target.pod, port: target.http, path, method: target.method ?? 'GET',
    headers: { ...headers, ...(isOffer ? { 'content-type': 'application/sdp' } : {}) },
  };
  const call = http.request(options, (response) => {
    const { location, 'set-cookie': cookies } = response.headers;
    if (response.statusCode !== 302 || headers.cookie) return done(response.statusCode);
    const next = new URL(location, 'http://' + target.pod + path);
    request(target, next.pathname + next.search, { cookie: String(cookies?.[0]).split(';')[0] }, done);
  });
  call.on('error', (error) => done(error.code)).end(isOffer ? 'v=0\\r\\n' : undefined);
}

function openFeed(target, done) {
  const token = '/var/run/secrets/kubernetes.io/serviceaccount/token';
  const login = target.feed === 'own' ? { authorization: 'Bearer ' + fs.readFileSync(token, 'utf8') } : {};
  const upgrade = {
    connection: 'Upgrade', upgrade: 'websocket',
    'sec-websocket-version': '13', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  const options = {
    host: target.feedHost, port: 8443, path: '/feed/v1', rejectUnauthorized: false,
    headers: { ...upgrade, ...login },
  };
  https.request(options, (response) => done(response.statusCode))
    .on('upgrade', () => done(101)).on('error', (error) => done(error.code)).end();
}

function describe(target, done) {
  const socket = net.connect(target.rtsp, target.pod, () => {
    const url = 'rtsp://' + target.pod + ':' + target.rtsp + '/' + target.stream;
    socket.write('DESCRIBE ' + url + ' RTSP/1.0\\r\\nCSeq: 1\\r\\n\\r\\n');
  });
  socket.on('data', (data) => done(Number(String(data).split(' ')[1]))).on('error', (error) => done(error.code));
}
`;
