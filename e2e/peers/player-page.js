/**
 * Runs in a web page: plays a stream and reports each picture that is shown by
 * `reportPicture(presentationTimeMs, cells)`, each error by `reportComplaint(what, isOver)`. A script of its own and
 * no TypeScript, since it knows the browser's world and nothing of Node's.
 */

/** What hls.js complains of on a machine that is too slow for it. A page goes on, in the ways that its guide names. */
const RECOVERIES = {
  bufferStalledError: (hls) => hls.recoverMediaError(),
  levelLoadTimeOut: (hls) => hls.startLoad(),
  fragLoadTimeOut: (hls) => hls.startLoad(),
};

/**
 * @param {{url: string, login: string, columns: number, rows: number, cellPixels: number}} options
 *   `login` is the Authorization header, `columns`, `rows` and `cellPixels` are those of numbered pictures
 */
function playHls(options) {
  const hls = new Hls({ xhrSetup: (request) => request.setRequestHeader('Authorization', options.login) });
  hls.on(Hls.Events.ERROR, (_, { details, response, fatal }) => {
    const recover = RECOVERIES[details];
    reportComplaint(response ? `${details} ${response.code}` : details, fatal && recover === undefined);
    if (fatal) recover?.(hls);
  });
  hls.loadSource(options.url);
  hls.attachMedia(showVideo(options));
}

/** RFC 9725 with all candidates in the offer; `options` as above. */
async function playWhep(options) {
  const peer = new RTCPeerConnection();
  const video = showVideo(options);
  peer.addTransceiver('video', { direction: 'recvonly' });
  peer.ontrack = ({ track }) => {
    video.srcObject = new MediaStream([track]);
  };
  peer.onconnectionstatechange = () => {
    if (['disconnected', 'failed', 'closed'].includes(peer.connectionState))
      reportComplaint(peer.connectionState, true);
  };
  await peer.setLocalDescription(await peer.createOffer());
  await new Promise((resolve) => {
    const look = () => peer.iceGatheringState === 'complete' && resolve();
    peer.onicegatheringstatechange = look;
    look();
  });
  const headers = { 'content-type': 'application/sdp', authorization: options.login };
  const answer = await fetch(options.url, { method: 'POST', headers, body: peer.localDescription.sdp });
  if (answer.status !== 201) return reportComplaint(`status ${answer.status}`, true);
  await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
}

function showVideo(options) {
  const video = document.body.appendChild(document.createElement('video'));
  video.muted = true;
  video.autoplay = true;
  video.playsInline = true;
  const take = (_, { presentationTime }) => {
    // A player that runs out of pictures, or skips some, has none to look at for a moment.
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      // The decoder's own planes, of which a canvas would show a conversion.
      const picture = new VideoFrame(video);
      readCells(picture, options).then((cells) => reportPicture(presentationTime, cells));
    }
    video.requestVideoFrameCallback(take);
  };
  video.requestVideoFrameCallback(take);
  return video;
}

/** The luma in the middle third of each cell, row by row, as two hexadecimal digits each. */
async function readCells(picture, { columns, rows, cellPixels }) {
  const rect = { x: 0, y: 0, width: columns * cellPixels, height: rows * cellPixels };
  const planes = new Uint8Array(picture.allocationSize({ rect }));
  const [{ offset, stride }] = await picture.copyTo(planes, { rect });
  picture.close();
  const margin = Math.floor(cellPixels / 3);
  let cells = '';
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let sum = 0;
      for (let y = row * cellPixels + margin; y < (row + 1) * cellPixels - margin; y++) {
        for (let x = column * cellPixels + margin; x < (column + 1) * cellPixels - margin; x++) {
          sum += planes[offset + y * stride + x];
        }
      }
      const luma = Math.round(sum / (cellPixels - 2 * margin) ** 2);
      cells += luma.toString(16).padStart(2, '0');
    }
  }
  return cells;
}

globalThis.players = { 'hls.js': playHls, WHEP: playWhep };
