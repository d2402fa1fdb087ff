// Bandwidth's Messaging API v2 for SMS and MMS, and the phones at the other end.
// Group messages and RBM are not played.
import { bytes, empty, json, Refusal } from "../kernel/http.mjs";
import { Account, glance } from "../kernel/world.mjs";
import { fetchLink, fileOf, kindOf, plain } from "../kernel/files.mjs";
import { basic, same } from "../kernel/signing.mjs";

const LIMIT = 3.75 * 1024 * 1024;
const REASONS = { 4432: "rejected-forbidden-shortcode", 4470: "rejected-spam", 4720: "invalid-destination", 4405: "unprocessable-entity", 5106: "carrier-service-unavailable", 9902: "delivery-receipt-expired", 4301: "malformed-media" };
const E164 = /^\+[1-9]\d{6,14}$/;

const FAILURES = {
  unauthorized: () => new Refusal(401, { type: "unauthorized", description: "Authentication Failed" }),
  forbidden: () => new Refusal(403, { type: "forbidden", description: "Access to this resource is forbidden" }),
  rate: () => new Refusal(429, { type: "too-many-requests", description: "Too many requests" }),
  internal: () => new Refusal(500, { type: "internal-server-error", description: "Internal server error" }),
};

export function bandwidth(world) {
  const provider = { channel: "bandwidth", hosts: { bandwidth: handle }, open, say, sandbox, status: byHand, can: ["to"], failures: [...Object.keys(FAILURES), ...Object.keys(REASONS)] };

  function sandbox() {
    open({ account_id: "5000000", user: "sandbox-user", password: "sandbox pass:word", application_id: "00000000-0000-4000-8000-000000000001", numbers: ["+12025550102"], name: "Loja de teste" });
  }

  function open({ account_id, user, password, application_id, numbers, name, webhook, callback_user, callback_password, ...rest }) {
    const key = String(account_id ?? 5_000_000 + world.next());
    const account = world.account("bandwidth", key) ?? world.add(new Account(world, "bandwidth", key, { name: "Loja", user: "user", password: world.hex(12), application_id: "00000000-0000-4000-8000-000000000001", numbers: ["+12025550102"] }));
    Object.assign(account, { ...(name && { name }), ...(user && { user }), ...(password && { password }), ...(application_id && { application_id }), ...(numbers && { numbers }) }, rest);
    if (callback_user !== undefined) account.callback = { user: callback_user, password: callback_password ?? "" };
    if (webhook !== undefined) account.webhook = webhook || undefined;
    return account;
  }

  async function handle(call) {
    const found = /^\/api\/v2\/users\/([^/]+)\/(messages|media)(?:\/(.+))?$/.exec(call.path);
    if (!found) throw new Refusal(404, { type: "not-found", description: "Not found" });
    const [user, password] = call.basic ?? [];
    const account = world.account("bandwidth", found[1]);
    if (!account || account.knobs.revoked || !same(user, account.user) || !same(password, account.password)) throw FAILURES.unauthorized();
    const [, , resource, name] = found;
    if (resource === "messages" && call.method === "POST") return create(call, account);
    if (resource === "messages") return json(200, { totalCount: account.messages.size, pageInfo: {}, messages: [] });
    return media(call, account, name && decodeURIComponent(name));
  }

  function media(call, account, name) {
    const own = [...world.files.values()].filter((file) => file.owner === account.key && file.at > Date.now() - 48 * 3_600_000);
    if (!name) return json(200, own.map((file) => ({ content: url(account, file.path), contentLength: file.size, mediaName: file.path })));
    if (call.method === "PUT") {
      if (call.raw.length > LIMIT) throw new Refusal(413, { type: "payload-too-large", description: "Media is too large" });
      world.keep(call.raw, { id: `bw-${account.key}-${name}`, kind: kindOf(call.type), mime: call.headers["content-type"], name, path: name, owner: account.key });
      return empty(204);
    }
    const file = own.find((one) => one.path === name);
    if (!file || file.broken) throw new Refusal(404, { type: "media-not-found", description: "Media not found" });
    if (call.method === "DELETE") {
      world.files.delete(file.id);
      return empty(204);
    }
    return bytes(200, file.bytes, plain(file.mime), { "content-length": String(file.size) });
  }

  const url = (account, path) => world.at("bandwidth", `/api/v2/users/${account.key}/media/${path.split("/").map(encodeURIComponent).join("/")}`);

  async function create(call, account) {
    if (call.type !== "application/json") throw new Refusal(415, { type: "unsupported-media-type", description: "Content-Type must be application/json" });
    const asked = account.failures.some((one) => one.as === "status") ? undefined : account.failure("messages");
    if (asked) throw FAILURES[asked.error]?.() ?? new Refusal(asked.status ?? 400, { type: "request-validation", description: asked.text ?? String(asked.error) });
    const sent = call.json() ?? {};
    const errors = [];
    const need = (fieldName, rule, description) => rule || errors.push({ fieldName, description });
    const to = [sent.to ?? []].flat();
    need("applicationId", sent.applicationId === account.application_id, "applicationId is not one of this account");
    need("from", account.numbers.includes(sent.from), `'${sent.from}' is not a number of this application`);
    need("to", to.length > 0 && to.every((number) => E164.test(number)), "'to' must be replaced with a valid E164 formatted telephone number");
    need("text", (typeof sent.text === "string" && sent.text !== "") || sent.media?.length, "text or media is required");
    need("text", sent.text === undefined || [...sent.text].length <= 2048, "text may have at most 2048 characters");
    need("tag", sent.tag === undefined || sent.tag.length <= 1024, "tag may have at most 1024 characters");
    if (errors.length) throw new Refusal(400, { type: "request-validation", description: "Your request could not be accepted.", fieldErrors: errors });
    const id = `${Date.now()}${world.hex(8)}`;
    const person = meet(account, { from: to[0] });
    const time = new Date().toISOString();
    const line = world.accept(account, { what: "message", id, to: to[0], kind: sent.media?.length ? "image" : "text", text: sent.text, media: sent.media?.map((link) => ({ link })), key: sent.tag, sender: sent.from }, call);
    const segments = Math.max(1, Math.ceil([...(sent.text ?? "")].length / 160));
    account.messages.set(id, { line, person, sent, segments });
    const late = account.failure("messages");
    settle(account, line, sent, late && Number(late.error)).catch((error) => world.trouble(error));
    if (account.knobs.statusFirst) await status(account, line, "sent");
    return json(202, { id, owner: sent.from, applicationId: sent.applicationId, time, segmentCount: segments, direction: "out", to, from: sent.from, ...(sent.media && { media: sent.media }), text: sent.text ?? "", tag: sent.tag ?? "", priority: sent.priority });
  }

  async function settle(account, line, sent, code) {
    const media = [];
    let total = 0;
    for (const link of sent.media ?? []) {
      const own = [...world.files.values()].find((file) => file.owner === account.key && url(account, file.path) === link);
      const got = own ? { bytes: own.bytes, mime: own.mime, name: own.name } : await fetchLink(link, LIMIT);
      const file = got.bytes && world.keep(got.bytes, { kind: kindOf(got.mime), mime: got.mime, name: got.name });
      media.push(file ? { ...glance(file), link } : { link, error: got.error });
      total += file?.size ?? LIMIT + 1;
    }
    if (media.length) world.amend(line, { media, kind: media[0].kind ?? line.kind });
    if (total > LIMIT) code ??= 4301;
    if (account.messages.get(line.id).person.unreachable) code ??= 4720;
    if (code) return world.courier.later(account.knobs.statusMs, () => status(account, line, "failed", code));
    if (account.knobs.status !== "auto") return undefined;
    const steps = [...(media.length ? ["sending"] : []), ...account.knobs.statusSteps.filter((step) => step !== "read" && (step !== "sent" || !account.knobs.statusFirst))];
    steps.forEach((step, at) => world.courier.later((at + 1) * account.knobs.statusMs, () => status(account, line, step)));
    return undefined;
  }

  function status(account, line, state, code) {
    const { sent, segments } = account.messages.get(line.id);
    world.amend(line, { status: state, ...(code && { error: { code, message: REASONS[code] ?? "failed" } }) });
    const time = new Date().toISOString();
    const event = {
      time, type: `message-${state}`, to: line.to, description: code ? (REASONS[code] ?? "failed") : "ok", ...(code && { errorCode: code }),
      message: { id: line.id, owner: sent.from, applicationId: account.application_id, time: line.at, segmentCount: segments, direction: "out", to: [sent.to].flat(), from: sent.from, text: "", ...(sent.tag && { tag: sent.tag }) },
    };
    return post(account, [event], "status", [line.id]);
  }

  function byHand(account, id, state, error) {
    const found = account.messages.get(id);
    if (!found) throw new Refusal(404, { error: "no such message" });
    return status(account, found.line, state, error && Number(error));
  }

  function post(account, events, what, ids) {
    return world.courier.send(account, {
      what,
      ids,
      make: () => account.webhook && { url: account.webhook, headers: { "content-type": "application/json; charset=utf-8", "user-agent": "BandwidthAPI/v2", ...(account.callback && { authorization: basic(account.callback.user, account.callback.password) }) }, body: JSON.stringify(events) },
    });
  }

  // ---- the phone's side -----------------------------------------------------------------------

  function meet(account, speech) {
    const wish = String(speech.from ?? "+12025550143");
    const id = wish.startsWith("+") ? wish : `+${wish.replace(/\D/g, "")}`;
    const person = account.people.get(id) ?? { id, name: "Ana Exemplo" };
    if (speech.name !== undefined) person.name = speech.name;
    account.people.set(id, person);
    return person;
  }

  /** Messages of one moment travel as one array. */
  function say(account, speeches) {
    const ids = [];
    const events = speeches.map((speech) => {
      const person = meet(account, speech);
      const id = `${Date.now()}${world.hex(8)}`;
      const to = speech.to ?? account.numbers[0];
      const medias = speech.medias ?? (speech.media ? [speech.media] : []);
      const files = medias.map((wish, at) => {
        const file = fileOf(wish);
        return world.keep(file.bytes, { id: `${id}-${at}`, kind: file.kind, mime: file.mime, name: file.name, broken: file.broken, path: `${id}/${at + 1}/${file.name}`, owner: account.key });
      });
      const media = files.length ? [url(account, `${id}/0/layout.smil`), ...files.map((file) => url(account, file.path))] : undefined;
      ids.push(id);
      world.accept(account, { direction: "in", what: "message", id, from: person.id, name: person.name, kind: files[0]?.kind ?? "text", text: speech.text, media: files.length ? files.map(glance) : undefined, sender: to });
      const time = new Date().toISOString();
      return { time, type: "message-received", to, description: "Incoming message received", message: { id, owner: to, applicationId: account.application_id, time, segmentCount: 1, direction: "in", to: [to], from: person.id, text: speech.text ?? "", ...(media && { media }) } };
    });
    return { ids, deliveries: [post(account, events, "message", ids)] };
  }

  return provider;
}
