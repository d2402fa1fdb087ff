// Files people send: samples for a phone that has none at hand, links a provider fetches, and what bytes are.
// It judges form and size, never content.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const SAMPLES = {
  image: ["foto.jpg", "image/jpeg"],
  video: ["video.mp4", "video/mp4"],
  audio: ["audio.mp3", "audio/mpeg"],
  voice: ["voz.ogg", "audio/ogg; codecs=opus"],
  document: ["documento.pdf", "application/pdf"],
  sticker: ["figurinha.webp", "image/webp"],
};

/** A file somebody sends from a phone: their own bytes (`base64`), or a sample of that kind; `broken` has no bytes to fetch. */
export function fileOf(media) {
  const kind = media.kind ?? "image";
  const [sample, mime] = SAMPLES[kind] ?? SAMPLES.document;
  const bytes = media.base64 !== undefined ? Buffer.from(media.base64, "base64") : readFileSync(join(import.meta.dirname, "../samples", sample));
  const padded = media.size > bytes.length ? Buffer.concat([bytes, Buffer.alloc(media.size - bytes.length)]) : bytes;
  return { kind, mime: media.mime ?? mime, name: media.name ?? sample, bytes: padded, broken: Boolean(media.broken), caption: media.caption };
}

/** Fetches what a business linked to, as a provider's fetcher does: no redirects, a limit, a deadline. */
export async function fetchLink(link, limit, deadlineMs = 10_000) {
  let url;
  try {
    url = new URL(link);
  } catch {
    return { error: "not an address" };
  }
  if (!secure(url)) return { error: "https is required" };
  try {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(deadlineMs) });
    if (response.status !== 200) return { error: `status ${response.status}` };
    const bytes = Buffer.from(await response.arrayBuffer());
    if (bytes.length > limit) return { error: "too large", tooLarge: true };
    return { bytes, mime: (response.headers.get("content-type") ?? sniff(bytes)).toLowerCase(), name: decodeURIComponent(url.pathname.split("/").pop() || "file") };
  } catch (error) {
    return { error: error.cause?.code ?? error.message };
  }
}

/** Providers take https only; this machine's own addresses are the one exception the simulators make. */
export const secure = (url) => url.protocol === "https:" || (url.protocol === "http:" && loopback(url.hostname));

export const loopback = (host) => host === "localhost" || host.endsWith(".localhost") || /^127\./.test(host) || host === "[::1]" || host === "host.docker.internal";

const plain = (mime) => String(mime ?? "").split(";")[0].trim().toLowerCase();

export { plain };

/** The kind of a MIME type, as messengers sort files. */
export const kindOf = (mime) => {
  const head = plain(mime).split("/")[0];
  return head === "image" || head === "video" || head === "audio" ? head : "document";
};

/** What the first bytes say a file is. */
export function sniff(bytes) {
  const head = bytes.subarray(0, 16).toString("latin1");
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("\x89PNG")) return "image/png";
  if (head.startsWith("GIF8")) return "image/gif";
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WEBP") return "image/webp";
  if (head.startsWith("RIFF") && head.slice(8, 12) === "WAVE") return "audio/wav";
  if (head.startsWith("OggS")) return "audio/ogg";
  if (head.slice(4, 8) === "ftyp") return head.slice(8, 11) === "M4A" ? "audio/mp4" : "video/mp4";
  if (head.startsWith("%PDF")) return "application/pdf";
  if (head.startsWith("ID3") || (bytes[0] === 0xff && (bytes[1] & 0xe0) === 0xe0)) return "audio/mpeg";
  if (head.startsWith("\x1aE\xdf\xa3")) return "video/webm";
  return "application/octet-stream";
}

/** Width and height of a JPEG, PNG, GIF or WebP; undefined for anything else. */
export function imageSize(bytes) {
  const kind = sniff(bytes);
  if (kind === "image/png" && bytes.length >= 24) return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  if (kind === "image/gif" && bytes.length >= 10) return { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) };
  if (kind === "image/jpeg") return jpegSize(bytes);
  if (kind === "image/webp" && bytes.length >= 30) return webpSize(bytes);
  return undefined;
}

function jpegSize(bytes) {
  for (let at = 2; at + 9 < bytes.length && bytes[at] === 0xff; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1];
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) };
    }
  }
  return undefined;
}

function webpSize(bytes) {
  const form = bytes.subarray(12, 16).toString("latin1");
  if (form === "VP8X") return { width: 1 + bytes.readUIntLE(24, 3), height: 1 + bytes.readUIntLE(27, 3) };
  if (form === "VP8L") {
    const bits = bytes.readUInt32LE(21);
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >> 14) & 0x3fff) };
  }
  return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff };
}
