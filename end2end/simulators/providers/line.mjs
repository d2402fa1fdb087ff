// The LINE Messaging API on its two hosts, with retry keys, reply tokens and the monthly quota, and the phones of friends.
// Groups, rich menus, narrowcasts and modules are not played.
import { bytes, empty, json, Refusal } from "../kernel/http.mjs";
import { Account, glance } from "../kernel/world.mjs";
import { fetchLink, fileOf, secure } from "../kernel/files.mjs";
import { lineSignature } from "../kernel/signing.mjs";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DAY = 86_400_000;
const units = (text) => text.length;

const FAILURES = {
  unauthorized: () => new Refusal(401, { message: "Authentication failed. Confirm that the access token in the authorization header is valid." }),
  forbidden: () => new Refusal(403, { message: "Access to this API is not available for your account" }),
  rate: () => new Refusal(429, { message: "The API rate limit has been exceeded. Try again later." }),
  monthly: () => new Refusal(429, { message: "You have reached your monthly limit." }),
  internal: () => new Refusal(500, { message: "The error occurred in the server. Try again later." }),
  failed: () => new Refusal(400, { message: "Failed to send messages" }),
};

export function line(world) {
  const provider = { channel: "line", hosts: { line: handle, "line-data": data }, open, say, sandbox, can: ["location", "unsupported", "reply_to", "delete", "button", "follow", "again", "block"], failures: Object.keys(FAILURES) };

  function sandbox() {
    open({ channel_id: "2000000001", secret: "sandbox-line-channel-secret-0001", token: "SANDBOXlineToken/0000000000000000000000000001=", name: "Loja de teste", user_id: "Uddddddddddddddddddddddddddddddd0" });
  }

  function open({ channel_id, secret, token, name, user_id, webhook, ...rest }) {
    const key = String(channel_id ?? 2_000_000_000 + world.next());
    const account =
      world.account("line", key) ??
      world.add(new Account(world, "line", key, { name: "Loja", secret: world.hex(16), token: world.hex(30), user_id: `U${world.hex(16)}`, quotes: new Map(), replies: new Map(), retries: new Map(), reads: new Map(), active: true, redelivery: false, quota: 500, used: 0, mark: "manual" }));
    account.patienceMs = 2_000;
    account.retry = { ...account.retry, times: 0 };
    Object.assign(account, { ...(name && { name }), ...(secret && { secret }), ...(token && { token }), ...(user_id && { user_id }) }, rest);
    if (account.redelivery) account.retry = { times: 5, firstMs: 1000, growth: 2, maxMs: 30_000 };
    if (webhook !== undefined) account.webhook = webhook || undefined;
    return account;
  }

  // ---- the bot's side -------------------------------------------------------------------------

  function owner(call) {
    const account = call.bearer && world.of("line").find((one) => one.token === call.bearer);
    if (!account || account.knobs.revoked) throw FAILURES.unauthorized();
    return account;
  }

  const wrong = (...details) => new Refusal(400, { message: `The request body has ${details.length} error(s)`, details });

  async function handle(call) {
    const account = owner(call);
    const request = world.hex(16);
    const name = `${call.method} ${call.path}`;
    const found = Object.keys(ROUTES).find((route) => new RegExp(`^${route.replace(/:[a-z]+/gi, "([^/]+)")}$`).test(name));
    if (!found) throw new Refusal(404, { message: "Not found" });
    const [, ...ids] = new RegExp(`^${found.replace(/:[a-z]+/gi, "([^/]+)")}$`).exec(name);
    try {
      const reply = await ROUTES[found](account, call, ids.map(decodeURIComponent), request);
      return { ...reply, headers: { "x-line-request-id": request, ...reply.headers } };
    } catch (error) {
      if (error instanceof Refusal) error.reply.headers["x-line-request-id"] = request;
      throw error;
    }
  }

  function body(call) {
    const value = call.type === "application/json" ? call.json() : undefined;
    if (!value || typeof value !== "object") throw new Refusal(400, { message: "The request body could not be parsed as JSON" });
    return value;
  }

  const ROUTES = {
    "GET /v2/bot/info": (account) => json(200, { userId: account.user_id, basicId: `@${account.key}`, displayName: account.name, chatMode: "bot", markAsReadMode: account.mark }),
    "GET /v2/bot/channel/webhook/endpoint": (account) => (account.webhook ? json(200, { endpoint: account.webhook, active: account.active }) : json(404, { message: "Not found" })),
    "PUT /v2/bot/channel/webhook/endpoint": (account, call) => {
      const { endpoint } = body(call);
      let url;
      try {
        url = new URL(endpoint);
      } catch {
        throw wrong({ message: "Must be a valid HTTPS URL", property: "endpoint" });
      }
      if (endpoint.length > 500 || !secure(url)) throw wrong({ message: "Must be a valid HTTPS URL", property: "endpoint" });
      account.webhook = endpoint;
      world.accept(account, { what: "webhook", url: endpoint });
      return json(200, {});
    },
    "POST /v2/bot/channel/webhook/test": async (account, call) => {
      const url = (call.raw.length ? body(call).endpoint : undefined) ?? account.webhook;
      if (!url) throw new Refusal(404, { message: "Not found" });
      return json(200, await probe(account, url));
    },
    "POST /v2/bot/message/push": push,
    "POST /v2/bot/message/reply": async (account, call) => {
      asked(account, "reply");
      const sent = body(call);
      const token = account.replies.get(sent.replyToken);
      if (!token || token.used || Date.now() - token.at > 60_000) throw new Refusal(400, { message: "Invalid reply token" });
      check(account, sent.messages);
      token.used = true;
      return json(200, { sentMessages: await deliverOut(account, token.person, sent.messages, call, { reply: true }) });
    },
    "POST /v2/bot/message/validate/push": (account, call) => (check(account, body(call).messages), json(200, {})),
    "POST /v2/bot/message/validate/reply": (account, call) => (check(account, body(call).messages), json(200, {})),
    "GET /v2/bot/message/quota": (account) => json(200, account.quota === null ? { type: "none" } : { type: "limited", value: account.quota }),
    "GET /v2/bot/message/quota/consumption": (account) => json(200, { totalUsage: account.used }),
    "POST /v2/bot/chat/loading/start": (account, call) => {
      const { chatId, loadingSeconds = 20 } = body(call);
      if (!/^U[0-9a-f]{32}$/.test(chatId ?? "")) throw wrong({ message: "The property, 'chatId', in the request body is invalid", property: "chatId" });
      if (!Number.isInteger(loadingSeconds) || loadingSeconds < 5 || loadingSeconds > 60 || loadingSeconds % 5) throw wrong({ message: "loadingSeconds must be 5 to 60 in steps of 5", property: "loadingSeconds" });
      world.accept(account, { what: "typing", to: chatId });
      return json(202, {});
    },
    "POST /v2/bot/chat/markAsRead": (account, call) => {
      const read = account.reads.get(body(call).markAsReadToken);
      if (!read) throw wrong({ message: "Invalid markAsReadToken", property: "markAsReadToken" });
      world.accept(account, { what: "seen", to: read.person.id, id: read.id });
      return json(200, {});
    },
    "POST /v2/bot/message/markAsRead": (account, call) => {
      world.accept(account, { what: "seen", to: body(call).chat?.userId });
      return json(200, {});
    },
    "GET /v2/bot/profile/:id": (account, _, [id]) => {
      const person = account.people.get(id);
      if (!person || person.blocked || !person.friend) throw new Refusal(404, { message: "Not found" });
      return json(200, { userId: id, displayName: person.name, language: "pt-BR", pictureUrl: world.at("line-data", `/picture/${id}`), ...(person.status && { statusMessage: person.status }) });
    },
    "GET /v2/bot/followers/ids": (account) => json(200, { userIds: [...account.people.values()].filter((one) => one.friend && !one.blocked).map((one) => one.id) }),
  };

  async function probe(account, url) {
    const raw = JSON.stringify({ destination: account.user_id, events: [] });
    const timestamp = new Date().toISOString();
    try {
      const response = await fetch(url, { method: "POST", headers: headers(account, raw), body: raw, redirect: "manual", signal: AbortSignal.timeout(account.patienceMs) });
      const success = response.status === 200;
      return { success, timestamp, statusCode: response.status, reason: success ? "OK" : "ERROR_STATUS_CODE", detail: String(response.status) };
    } catch (error) {
      const reason = error.name === "TimeoutError" ? "REQUEST_TIMEOUT" : "COULD_NOT_CONNECT";
      return { success: false, timestamp, statusCode: 0, reason, detail: error.cause?.code ?? error.message };
    }
  }

  function asked(account, operation) {
    const one = account.failure(operation);
    if (one) throw FAILURES[one.error]?.() ?? new Refusal(one.status ?? 400, { message: one.text ?? String(one.error) });
    if (!account.room(operation, 2000, 2000)) throw FAILURES.rate();
  }

  /** A retry key is honoured for 24 hours: the second request with it is told what the first one did. */
  async function push(account, call, _, request) {
    const key = call.headers["x-line-retry-key"];
    if (key !== undefined && !UUID.test(key)) throw new Refusal(400, { message: "The value for the 'X-Line-Retry-Key' header is invalid" });
    const before = key && account.retries.get(key.toLowerCase());
    if (before && Date.now() - before.at < DAY) {
      throw new Refusal(409, { message: "The retry key is already accepted", sentMessages: before.sentMessages }, { "x-line-request-id": request, "x-line-accepted-request-id": before.request });
    }
    asked(account, "push");
    const sent = body(call);
    if (typeof sent.to !== "string" || !/^[UCR][0-9a-f]{32}$/.test(sent.to)) throw new Refusal(400, { message: "The property, 'to', in the request body is invalid (line: -, column: -)" });
    check(account, sent.messages);
    const person = account.people.get(sent.to);
    if (!person || !(person.friend || person.blocked)) throw new Refusal(400, { message: "Failed to send messages" });
    if (account.quota !== null && account.used >= account.quota) throw FAILURES.monthly();
    account.used += 1;
    const memory = { at: Date.now(), request, sentMessages: [] };
    // The key is taken before anything leaves, so that two requests at once are told apart.
    if (key) account.retries.set(key.toLowerCase(), memory);
    memory.sentMessages = await deliverOut(account, person, sent.messages, call, { key });
    return json(200, { sentMessages: memory.sentMessages });
  }

  async function deliverOut(account, person, messages, call, more) {
    const out = [];
    for (const message of messages) {
      const id = String(560_000_000_000_000_000n + BigInt(world.next()));
      const quoteToken = ["text", "textV2", "image", "video", "sticker"].includes(message.type) ? `q${world.hex(16)}` : undefined;
      if (quoteToken) account.quotes.set(quoteToken, id);
      const entry = { what: "message", id, to: person.id, kind: message.type === "textV2" ? "text" : message.type, text: message.text ?? message.altText, reply_to: message.quoteToken && account.quotes.get(message.quoteToken), ...more };
      if (message.type === "location") entry.location = { name: message.title, address: message.address, latitude: message.latitude, longitude: message.longitude };
      if (message.quickReply) entry.buttons = message.quickReply.items.map((item) => ({ title: item.action.label, payload: item.action.data ?? item.action.text }));
      if (message.template) entry.buttons = (message.template.actions ?? []).map((action) => ({ title: action.label, payload: action.data ?? action.text }));
      if (message.originalContentUrl) entry.media = [{ kind: message.type, link: message.originalContentUrl, preview: message.previewImageUrl }];
      const written = world.accept(account, { ...entry, ...(person.blocked && { hidden: true }) }, call);
      if (message.originalContentUrl) load(written, message).catch((error) => world.trouble(error));
      out.push({ id, ...(quoteToken && { quoteToken }) });
    }
    return out;
  }

  /** LINE fetches linked media when a friend looks; nobody is told when it cannot. */
  async function load(written, message) {
    const got = await fetchLink(message.originalContentUrl, message.type === "image" ? 10_485_760 : 209_715_200);
    const file = got.bytes && world.keep(got.bytes, { kind: message.type, mime: got.mime, name: got.name });
    world.amend(written, { media: [file ? { ...glance(file), link: message.originalContentUrl } : { kind: message.type, link: message.originalContentUrl, error: got.error }] });
  }

  function check(account, messages) {
    if (!Array.isArray(messages) || messages.length < 1 || messages.length > 5) throw wrong({ message: "Size must be between 1 and 5", property: "messages" });
    const errors = messages.flatMap((message, at) => {
      const where = `messages[${at}]`;
      const found = [];
      const need = (field, rule, words) => rule(message[field]) || found.push({ message: words, property: `${where}.${field}` });
      const https = (value) => {
        try {
          return typeof value === "string" && value.length <= 2000 && secure(new URL(value));
        } catch {
          return false;
        }
      };
      const text = (most) => (value) => typeof value === "string" && value !== "" && units(value) <= most;
      const words = (field, most) => need(field, text(most), !message[field] ? "May not be empty" : `Length must be between 0 and ${most}`);
      if (message.type === "text" || message.type === "textV2") words("text", 5000);
      else if (message.type === "image" || message.type === "video") {
        need("originalContentUrl", https, "Must be a valid HTTPS URL");
        need("previewImageUrl", https, "Must be a valid HTTPS URL");
      } else if (message.type === "audio") {
        need("originalContentUrl", https, "Must be a valid HTTPS URL");
        need("duration", (value) => Number.isInteger(value) && value > 0, "Must be greater than 0");
      } else if (message.type === "location") {
        words("title", 100);
        words("address", 100);
        need("latitude", (value) => Math.abs(value) <= 90, "May not be empty");
        need("longitude", (value) => Math.abs(value) <= 180, "May not be empty");
      } else if (message.type === "sticker") {
        words("packageId", 20);
        words("stickerId", 20);
      } else if (message.type === "template" || message.type === "flex") {
        words("altText", 1500);
        need(message.type === "flex" ? "contents" : "template", (value) => value && typeof value === "object", "May not be empty");
      } else {
        found.push({ message: "Must be one of the following values: [text, textV2, image, video, audio, location, sticker, template, imagemap, flex]", property: `${where}.type` });
      }
      if (message.quoteToken !== undefined && !["text", "textV2", "sticker"].includes(message.type)) found.push({ message: "quoteToken is not allowed on this message", property: `${where}.quoteToken` });
      else if (message.quoteToken !== undefined && !account.quotes.has(message.quoteToken)) found.push({ message: "Invalid quoteToken", property: `${where}.quoteToken` });
      const items = message.quickReply?.items;
      if (message.quickReply && (!Array.isArray(items) || items.length > 13)) found.push({ message: "Size must be between 1 and 13", property: `${where}.quickReply.items` });
      for (const [index, item] of (Array.isArray(items) ? items : []).entries()) if (!text(20)(item.action?.label)) found.push({ message: "Length must be between 1 and 20", property: `${where}.quickReply.items[${index}].action.label` });
      if (message.sender?.name !== undefined && units(message.sender.name) > 20) found.push({ message: "Length must be between 0 and 20", property: `${where}.sender.name` });
      return found;
    });
    if (errors.length) throw wrong(...errors);
  }

  // ---- contents -------------------------------------------------------------------------------

  function data(call) {
    const picture = /^\/picture\/(U[0-9a-f]{32})$/.exec(call.path);
    if (picture) return bytes(200, fileOf({ kind: "image" }).bytes, "image/jpeg");
    const account = owner(call);
    const found = /^\/v2\/bot\/message\/([^/]+)\/content(\/preview|\/transcoding)?$/.exec(call.path);
    const file = found && world.files.get(found[1]);
    if (!file || file.owner !== account.key || file.broken) throw new Refusal(404, { message: "Not found" });
    if (file.gone) throw new Refusal(410, { message: "Gone" });
    if (found[2] === "/transcoding") {
      if (file.preparing > 0) file.preparing -= 1;
      return json(200, { status: file.preparing > 0 ? "processing" : "succeeded" });
    }
    if (file.preparing > 0) return empty(202);
    return bytes(200, file.bytes, file.mime, { "content-length": String(file.size) });
  }

  // ---- the phone's side -----------------------------------------------------------------------

  const headers = (account, raw) => ({ "content-type": "application/json; charset=utf-8", "user-agent": "LineBotWebhook/2.0", "x-line-signature": lineSignature(account.secret, raw) });

  function meet(account, speech) {
    const wish = String(speech.from ?? "Uaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1");
    const id = /^U[0-9a-f]{32}$/.test(wish) ? wish : `U${Buffer.from(wish).toString("hex").padStart(32, "0").slice(-32)}`;
    const person = account.people.get(id) ?? { id, name: "Ana Exemplo", friend: true };
    if (speech.name !== undefined) person.name = speech.name;
    account.people.set(id, person);
    return person;
  }

  /** Everybody's events of one moment travel in one call. */
  function say(account, speeches) {
    const events = [];
    const ids = [];
    for (const speech of speeches) {
      const person = meet(account, speech);
      for (const { event, entry, id } of speak(account, person, speech)) {
        events.push(event);
        ids.push(id);
        world.accept(account, { direction: "in", what: "message", id, from: person.id, name: person.name, ...entry });
      }
    }
    const delivery = !account.active
      ? Promise.resolve({ ok: false, nowhere: true, error: "Use webhook is off" })
      : world.courier.send(account, {
          what: events[0]?.type,
          ids,
          make: (attempt) => {
            if (attempt > 0) for (const event of events) event.deliveryContext = { isRedelivery: true };
            const raw = JSON.stringify({ destination: account.user_id, events });
            return account.webhook && { url: account.webhook, headers: headers(account, raw), body: raw };
          },
        });
    return { ids, deliveries: [delivery] };
  }

  function speak(account, person, speech) {
    const replyToken = () => {
      const token = world.hex(16);
      account.replies.set(token, { at: Date.now(), person });
      return token;
    };
    const event = (type, rest, answerable = true) => ({ type, mode: "active", timestamp: Date.now(), webhookEventId: ulid(world), deliveryContext: { isRedelivery: false }, source: { type: "user", userId: person.id }, ...(answerable && { replyToken: replyToken() }), ...rest });
    const lone = (one, entry, id = one.webhookEventId) => [{ event: one, entry, id }];
    if (speech.follow) {
      Object.assign(person, { friend: true, blocked: false });
      return lone(event("follow", { follow: { isUnblocked: Boolean(speech.again) } }), { what: "followed" });
    }
    if (speech.block !== undefined) {
      person.blocked = Boolean(speech.block);
      return lone(speech.block ? event("unfollow", {}, false) : event("follow", { follow: { isUnblocked: true } }), { what: speech.block ? "blocked" : "unblocked" });
    }
    if (speech.delete) {
      const file = world.files.get(speech.delete.target);
      if (file) file.gone = true;
      return lone(event("unsend", { unsend: { messageId: speech.delete.target } }, false), { what: "delete", target: speech.delete.target });
    }
    if (speech.button) return lone(event("postback", { postback: { data: speech.button.payload ?? speech.button.title } }), { what: "postback", text: speech.button.title, payload: speech.button.payload });
    person.lastIn = Date.now();
    const medias = speech.medias ?? (speech.media ? [speech.media] : []);
    const set = medias.length > 1 ? { imageSet: { id: world.hex(16), total: medias.length } } : {};
    const made = medias.length ? medias.map((media, at) => withFile(account, media, set.imageSet && { imageSet: { ...set.imageSet, index: at + 1 } })) : [plainMessage(speech)];
    return made.map(({ message, entry, file }) => {
      const id = String(560_000_000_000_000_000n + BigInt(world.next()));
      if (file) world.keep(file.bytes, { id, kind: file.kind, mime: file.mime, name: file.name, broken: file.broken, owner: account.key, preparing: file.preparing });
      const full = { id, ...message };
      if (["text", "image", "video", "sticker"].includes(message.type)) account.quotes.set((full.quoteToken = `q${world.hex(16)}`), id);
      account.reads.set((full.markAsReadToken = `r${world.hex(16)}`), { person, id });
      if (speech.reply_to) full.quotedMessageId = speech.reply_to;
      return { event: event("message", { message: full }), id, entry: { reply_to: speech.reply_to, ...entry, ...(file && { media: [glance(world.files.get(id))] }) } };
    });
  }

  function withFile(account, wish, set) {
    const file = { ...fileOf({ ...wish, kind: wish.kind ?? "image" }), preparing: wish.preparing ?? 0 };
    const contentProvider = { type: "line" };
    const messages = {
      image: { type: "image", contentProvider, ...set },
      video: { type: "video", duration: 2000, contentProvider },
      audio: { type: "audio", duration: 2000, contentProvider },
      voice: { type: "audio", duration: 2000, contentProvider },
      sticker: { type: "sticker", packageId: "446", stickerId: "1988", stickerResourceType: "STATIC", keywords: ["happy", "smile"] },
    };
    const message = messages[file.kind] ?? { type: "file", fileName: file.name, fileSize: file.bytes.length };
    return { message, entry: { kind: file.kind }, file: file.kind === "sticker" ? undefined : file };
  }

  function plainMessage(speech) {
    if (speech.location) {
      const { name, address, latitude, longitude } = speech.location;
      return { message: { type: "location", ...(name && { title: name }), ...(address && { address }), latitude, longitude }, entry: { kind: "location", location: speech.location } };
    }
    if (speech.unsupported) return { message: { type: "hologram", frames: 3 }, entry: { kind: "unsupported" } };
    return { message: { type: "text", text: String(speech.text ?? "") }, entry: { kind: "text", text: speech.text } };
  }

  return provider;
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Event ids of LINE's are ULIDs: the time, then chance. */
function ulid(world) {
  let value = (BigInt(Date.now()) << 80n) | BigInt(`0x${world.hex(10)}`);
  let out = "";
  for (let at = 0; at < 26; at += 1) {
    out = CROCKFORD[Number(value & 31n)] + out;
    value >>= 5n;
  }
  return out;
}
