// How each provider signs what it sends and proves what it receives, byte for byte.
// It signs only; whoever receives a call has a verifier of their own.
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

const hmac = (algorithm, key, data, encoding) => createHmac(algorithm, key).update(data).digest(encoding);

/** Compares without telling by time how much agreed. */
export function same(left, right) {
  const a = Buffer.from(String(left ?? ""));
  const b = Buffer.from(String(right ?? ""));
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Meta's `X-Hub-Signature-256`: hex over the raw body. */
export const metaSignature = (secret, raw) => `sha256=${hmac("sha256", secret, raw, "hex")}`;

/** Meta's older `X-Hub-Signature`, still sent beside the newer one. */
export const metaLegacySignature = (secret, raw) => `sha1=${hmac("sha1", secret, raw, "hex")}`;

/** Meta's `appsecret_proof`: the app secret signs the access token. */
export const appsecretProof = (secret, token) => hmac("sha256", secret, token, "hex");

/** JSON as Meta writes it: compact, non-ASCII as `\uXXXX`, slashes escaped. */
export const metaJson = (value) =>
  JSON.stringify(value)
    .replace(/\//g, "\\/")
    .replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** LINE's `x-line-signature`: Base64 over the raw body. */
export const lineSignature = (secret, raw) => hmac("sha256", secret, raw, "base64");

/** X's `x-twitter-webhooks-signature`: Base64 where Meta has hex. */
export const xSignature = (secret, raw) => `sha256=${hmac("sha256", secret, raw, "base64")}`;

/** What a receiver must answer to X's challenge. */
export const xChallenge = (secret, token) => xSignature(secret, token);

/** The text Twilio signs: the address, then every parameter by name, each name's distinct values sorted. */
export function twilioText(url, params) {
  const values = new Map();
  for (const [name, value] of params) values.set(name, (values.get(name) ?? new Set()).add(value));
  const bytewise = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return [...values.keys()].sort(bytewise).reduce((text, name) => text + [...values.get(name)].sort(bytewise).map((value) => name + value).join(""), url);
}

/** `X-Twilio-Signature` of a form; HMAC-SHA256 is what accounts with a shared webhook key get since 2026. */
export const twilioSignature = (secret, url, params, algorithm = "sha1") => hmac(algorithm, secret, twilioText(url, params), "base64");

/** The address of a JSON webhook of Twilio's, which carries its body's digest. */
export function twilioJsonAddress(url, raw) {
  const digest = createHash("sha256").update(raw).digest("hex");
  return `${url}${url.includes("?") ? "&" : "?"}bodySHA256=${digest}`;
}

/** HTTP Basic, the only proof Bandwidth gives. */
export const basic = (user, password) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

const percent = (value) => encodeURIComponent(value).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** The base string of OAuth 1.0a (RFC 5849, 3.4.1); a JSON body is no part of it. */
export function oauth1Base(method, url, params) {
  const address = new URL(url);
  const all = [...address.searchParams, ...params].map(([name, value]) => [percent(name), percent(value)]);
  all.sort(([a, x], [b, y]) => (a < b ? -1 : a > b ? 1 : x < y ? -1 : x > y ? 1 : 0));
  const text = all.map(([name, value]) => `${name}=${value}`).join("&");
  return [method.toUpperCase(), percent(`${address.protocol}//${address.host}${address.pathname}`), percent(text)].join("&");
}

export const oauth1Signature = (consumerSecret, tokenSecret, method, url, params) =>
  hmac("sha1", `${percent(consumerSecret)}&${percent(tokenSecret)}`, oauth1Base(method, url, params), "base64");

/** The parameters of an `Authorization: OAuth …` header, or undefined. */
export function oauth1Header(header) {
  if (!/^OAuth\s/i.test(header ?? "")) return undefined;
  return Object.fromEntries([...header.matchAll(/([a-z_]+)="([^"]*)"/g)].map(([, name, value]) => [name, decodeURIComponent(value)]));
}
