/**
 * The ports of a media pod, as the agent configures and the operator publishes them.
 * MediaMTX's own defaults are kept where it has one, so that its documentation stays true.
 */
export const PORTS = {
  /** RTSP over TCP (RFC 2326), every tier. */
  rtsp: 8554,
  /** RTMP ingest. */
  rtmp: 1935,
  /** SRT, UDP. */
  srt: 8890,
  /** HLS pages, playlists and segments, HTTP. */
  hls: 8888,
  /** WHIP and WHEP signalling and MediaMTX's player page, HTTP. */
  webrtc: 8889,
  /** ICE media, UDP, where the Service does not ask for another (a NodePort must equal what is announced). */
  webrtcMedia: 8189,
  /** MediaMTX's Control API, bound to localhost. */
  mediamtxApi: 9997,
  /** Where the agent answers MediaMTX's authentication requests, bound to localhost. */
  mediamtxAuth: 9996,
  /** The agent's health and metrics, open on the pod network. */
  agentHttp: 9090,
} as const;
