/**
 * `name=value` lists of headers: `realm="a, b", nonce=1` (comma) and `RTP/AVP/TCP;unicast;mode="play"`
 * (semicolon). A quoted value may hold the separator, and backslash escapes (RFC 7230 section 3.2.6).
 */
export interface Parameter {
  /** In lower case. */
  readonly name: string;
  /** Without its quotes; undefined where there is no `=`. */
  readonly value: string | undefined;
}

export function parseParameters(text: string, separator: ',' | ';'): Parameter[] {
  const parameters: Parameter[] = [];
  for (const part of splitOutsideQuotes(text, separator)) {
    const trimmed = part.trim();
    if (trimmed === '') continue;
    const equals = trimmed.indexOf('=');
    const name = (equals < 0 ? trimmed : trimmed.slice(0, equals)).trim().toLowerCase();
    parameters.push({ name, value: equals < 0 ? undefined : unquote(trimmed.slice(equals + 1).trim()) });
  }
  return parameters;
}

/** The first value of the name, which is given in lower case. */
export function findParameter(parameters: readonly Parameter[], name: string): string | undefined {
  return parameters.find((parameter) => parameter.name === name)?.value;
}

export function quoteParameter(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let from = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted && character === '\\') index++;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === separator) {
      parts.push(text.slice(from, index));
      from = index + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value;
  const inner = value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value.slice(1);
  return inner.replace(/\\(.)/gs, '$1');
}
