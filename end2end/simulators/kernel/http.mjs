// Reads a request whole and answers it: raw bytes, JSON, forms and multipart, as every provider's own server would.
// It knows no provider; what is refused, and in which words, is theirs to say.

/** The largest body any provider takes: WhatsApp documents of 100 MB and their multipart wrapping. */
const LIMIT = 110 * 1024 * 1024;

/** A request read to its end, under one provider's host. */
export class Call {
  constructor(request, url, path, raw) {
    this.method = request.method;
    this.headers = request.headers;
    this.path = path;
    this.query = url.searchParams;
    this.raw = raw;
    this.socket = request.socket;
    /** Set by whoever accepts a message, so that the answer can be held back afterwards. */
    this.accepted = null;
  }

  get type() {
    return String(this.headers["content-type"] ?? "").split(";")[0].trim().toLowerCase();
  }

  /** The bearer token, from the header. */
  get bearer() {
    return /^Bearer\s+(\S+)$/i.exec(this.headers.authorization ?? "")?.[1];
  }

  /** `[user, password]` of Basic authentication. */
  get basic() {
    const coded = /^Basic\s+(\S+)$/i.exec(this.headers.authorization ?? "")?.[1];
    if (!coded) return undefined;
    const plain = Buffer.from(coded, "base64").toString("utf8");
    const colon = plain.indexOf(":");
    return colon < 0 ? undefined : [plain.slice(0, colon), plain.slice(colon + 1)];
  }

  /** The body as JSON, or undefined where it is none. */
  json() {
    try {
      return JSON.parse(this.raw.toString("utf8"));
    } catch {
      return undefined;
    }
  }

  form() {
    return new URLSearchParams(this.raw.toString("utf8"));
  }

  /** The parts of a multipart body: `{ name, filename?, type?, bytes }`. */
  parts() {
    return multipart(this.raw, String(this.headers["content-type"] ?? ""));
  }

  /** Parameters however they came: query, JSON object, form or multipart; files keep their bytes. */
  params() {
    const found = {};
    for (const [name, value] of this.query) found[name] = value;
    if (this.type === "application/json") {
      const body = this.json();
      if (body && typeof body === "object") Object.assign(found, body);
    } else if (this.type === "application/x-www-form-urlencoded") {
      for (const [name, value] of this.form()) found[name] = value;
    } else if (this.type === "multipart/form-data") {
      for (const part of this.parts()) found[part.name] = part.filename === undefined ? part.bytes.toString("utf8") : part;
    }
    return found;
  }
}

/** An answer that refuses; thrown anywhere below a provider's handler. */
export class Refusal extends Error {
  constructor(status, body, headers = {}) {
    super(typeof body === "string" ? body : JSON.stringify(body));
    this.reply = typeof body === "string" ? text(status, body, headers) : json(status, body, headers);
  }
}

export const json = (status, body, headers = {}) => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body: Buffer.from(JSON.stringify(body)),
});

export const text = (status, body, headers = {}) => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  body: Buffer.from(body),
});

export const bytes = (status, body, type, headers = {}) => ({ status, headers: { "content-type": type, ...headers }, body });

export const empty = (status, headers = {}) => ({ status, headers, body: Buffer.alloc(0) });

/** Reads a body to its end; null when it is larger than anybody takes. */
export async function readAll(stream) {
  const pieces = [];
  let size = 0;
  for await (const piece of stream) {
    size += piece.length;
    if (size > LIMIT) return null;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Splits multipart/form-data (RFC 7578), taking quoted, bare and `filename*` names. */
export function multipart(raw, contentType) {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (!boundary) return [];
  const mark = Buffer.from(`--${boundary[1] ?? boundary[2]}`);
  const parts = [];
  let at = raw.indexOf(mark);
  while (at >= 0) {
    const start = at + mark.length;
    if (raw.subarray(start, start + 2).toString() === "--") break;
    const next = raw.indexOf(mark, start);
    if (next < 0) break;
    const part = raw.subarray(start + 2, next - 2);
    const gap = part.indexOf("\r\n\r\n");
    if (gap >= 0) parts.push(readPart(part.subarray(0, gap).toString("utf8"), part.subarray(gap + 4)));
    at = next;
  }
  return parts.filter((part) => part.name !== undefined);
}

function readPart(head, body) {
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? "";
  const of = (key) => {
    const found = new RegExp(`[;\\s]${key}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, "i").exec(disposition);
    return found ? (found[1]?.replace(/\\(.)/g, "$1") ?? found[2]) : undefined;
  };
  const starred = /filename\*=(?:UTF-8|utf-8)''([^;\s]+)/.exec(disposition)?.[1];
  return {
    name: of("name"),
    filename: starred ? decodeURIComponent(starred) : of("filename"),
    type: /^content-type:\s*([^\r\n]+)/im.exec(head)?.[1].trim(),
    bytes: body,
  };
}
