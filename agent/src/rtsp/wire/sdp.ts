/** Session descriptions (RFC 8866) as lines and sections; what they mean for us is in sdp-tracks.ts. */
import { WireError } from './wire-error.ts';

export interface SdpSection {
  /** Of the attributes `a=name:value`, in order; value is empty where there is no colon. */
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
}

export interface SdpMedia extends SdpSection {
  /** `video`, `audio`, `application`, ... */
  readonly media: string;
  /** `RTP/AVP` and others. */
  readonly protocol: string;
  /** Payload types, for RTP. */
  readonly formats: readonly string[];
}

export interface Sdp extends SdpSection {
  readonly media: readonly SdpMedia[];
}

/** Eight is the most seen (a camera with four lenses and their audio); a hostile one may not make thousands. */
const MAX_MEDIA = 32;

/**
 * Lenient where cameras are sloppy: any line end, lines that are not `x=...` and lines with control
 * characters are left out, nothing but `m=` and `a=` is looked at. Throws `WireError` where no media line
 * is left or there are more than 32.
 */
export function parseSdp(text: string): Sdp {
  const session: MutableSection = { attributes: [] };
  const media: (MutableSection & SdpMedia)[] = [];
  let section: MutableSection = session;
  for (const line of text.split(/\r\n|\n|\r/)) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    if (/[\x00-\x08\x0a-\x1f\x7f]/.test(line)) continue;
    if (line.startsWith('m=')) {
      const [kind = '', , protocol = '', ...formats] = line.slice(2).trim().split(/\s+/);
      const added = { media: kind.toLowerCase(), protocol: protocol.toUpperCase(), formats, attributes: [] };
      if (media.push(added) > MAX_MEDIA) {
        throw new WireError('CUP_RTSP_BAD_SDP', `a session description has more than ${MAX_MEDIA} media`);
      }
      section = added;
    } else if (line.startsWith('a=')) {
      section.attributes.push(parseAttribute(line.slice(2)));
    }
  }
  if (media.length === 0)
    throw new WireError('CUP_RTSP_BAD_SDP', 'a session description without media', text);
  return { ...session, media };
}

/** The first attribute of the name. */
export function findAttribute(section: SdpSection, name: string): string | undefined {
  return section.attributes.find((attribute) => attribute.name === name)?.value;
}

interface MutableSection {
  attributes: { name: string; value: string }[];
}

function parseAttribute(text: string): { name: string; value: string } {
  const colon = text.indexOf(':');
  if (colon < 0) return { name: text.trim().toLowerCase(), value: '' };
  return { name: text.slice(0, colon).trim().toLowerCase(), value: text.slice(colon + 1).trim() };
}
