/** Parameter sets as a session description carries them, for a decoder that is to change to another encoder's stream. */

/** The fmtp parameters that hold them, in the order in which a decoder needs them. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  // RFC 6184 section 8.1: SPS and PPS, separated by commas.
  H264: ['sprop-parameter-sets'],
  // RFC 7798 section 7.1.
  H265: ['sprop-vps', 'sprop-sps', 'sprop-pps'],
};

/** The NAL units of a track's fmtp; none for other codecs, or where the camera sends them in-band only. */
export function findParameterSets(codec: string, fmtp: string | undefined): Buffer[] {
  const values = new Map<string, string>();
  for (const part of (fmtp ?? '').split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0) values.set(part.slice(0, equals).trim().toLowerCase(), part.slice(equals + 1).trim());
  }
  return (PARAMETERS[codec] ?? [])
    .flatMap((name) => (values.get(name) ?? '').split(','))
    .map((text) => Buffer.from(text, 'base64'))
    .filter((unit) => unit.length > 0);
}
