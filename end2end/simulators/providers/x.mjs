// X's direct messages on API v2: log-in, webhooks with their challenge, activity subscriptions, sending, media, and the people.
// Encrypted chats are announced and cannot be read, as with X itself; groups are not played.
import { bytes, json, Refusal } from "../kernel/http.mjs";
import { Account, glance } from "../kernel/world.mjs";
import { fileOf, kindOf, plain, secure } from "../kernel/files.mjs";
import { oauth1Header, oauth1Signature, same, xChallenge, xSignature } from "../kernel/signing.mjs";
import { consent } from "./consent.mjs";

const MB = 1024 * 1024;
const SIZES = { dm_image: [5 * MB, ["image/jpeg", "image/png", "image/webp"]], dm_gif: [15 * MB, ["image/gif"]], dm_video: [512 * MB, ["video/mp4"]] };
const EVENTS = ["dm.received", "dm.sent", "dm.read", "dm.indicate_typing", "chat.received", "chat.sent", "profile.update.bio", "oauth.revoke"];

const problem = (status, title, detail, more = {}) => new Refusal(status, { title, detail, type: "about:blank", status, ...more }, more.headers);
const invalid = (detail) => new Refusal(400, { errors: [{ message: detail, parameters: {} }], title: "Invalid Request", detail: "One or more parameters to your request was invalid.", type: "https://api.x.com/2/problems/invalid-request" });
const FAILURES = {
  unauthorized: () => problem(401, "Unauthorized", "Unauthorized"),
  forbidden: () => problem(403, "Forbidden", "You are not permitted to perform this action."),
  closed: () => problem(403, "Forbidden", "You cannot send messages to this user."),
  rate: (asked) => new Refusal(429, { title: "Too Many Requests", detail: "Too Many Requests", type: "about:blank", status: 429 }, { "x-rate-limit-limit": "15", "x-rate-limit-remaining": "0", "x-rate-limit-reset": String(Math.floor(Date.now() / 1000) + (asked?.retry_after ?? 900)) }),
  credits: () => new Refusal(402, { title: "CreditsDepleted", detail: "Your enrolled account does not have any credits to fulfill this request.", type: "https://api.x.com/2/problems/credits", status: 402 }),
  internal: () => problem(503, "Service Unavailable", "Service Unavailable"),
};

export function x(world) {
  const provider = { channel: "x", hosts: { x: handle, "x-login": dialog, "x-media": picture }, open, say, sandbox, can: ["unsupported", "echo", "read", "typing", "revoke"], failures: Object.keys(FAILURES) };

  function sandbox() {
    world.x = { consumer_key: "sandboxConsumerKey", consumer_secret: "sandbox-x-consumer-secret", bearer: "SANDBOXxAppBearer0000000001", client_id: "sandboxClientId", client_secret: "sandbox-x-client-secret", webhooks: new Map(), codes: new Map(), refresh: new Map() };
    open({ user_id: "1111111111111111111", username: "loja_de_teste", name: "Loja de teste", token: "SANDBOXxUserToken000000000001", oauth1: { token: "1111111111111111111-sandboxToken", secret: "sandboxTokenSecret" } });
  }

  function open({ user_id, username, name, token, webhook, ...rest }) {
    const key = String(user_id ?? 1_111_111_111_000_000_000n + BigInt(world.next()));
    const account = world.account("x", key) ?? world.add(new Account(world, "x", key, { name: "Loja", username: username ?? `loja_${key.slice(-4)}`, tokens: new Set(), subscriptions: new Map(), uploads: new Map() }));
    account.retry = { ...account.retry, times: 0 };
    Object.assign(account, { ...(name && { name }), ...(username && { username }) }, rest);
    if (token) account.tokens.add(token);
    if (webhook !== undefined) {
      account.subscriptions.clear();
      if (webhook) {
        const hook = { id: String(world.next()), url: webhook, valid: true, created_at: new Date().toISOString() };
        world.x.webhooks.set(hook.id, hook);
        for (const event_type of EVENTS.slice(0, 5)) account.subscriptions.set(event_type, { subscription_id: String(world.next()), event_type, webhook_id: hook.id, tag: rest.tag });
      }
    }
    return account;
  }

  // ---- the API --------------------------------------------------------------------------------

  async function handle(call) {
    if (call.path === "/2/oauth2/token" && call.method === "POST") return token(call);
    const name = `${call.method} ${call.path}`;
    const route = ROUTES.find(([pattern]) => pattern.test(name));
    if (!route) throw problem(404, "Not Found", "Not Found");
    const [pattern, as, act] = route;
    const account = as === "app" ? app(call) : user(call);
    return act(account, call, pattern.exec(name).slice(1).map(decodeURIComponent));
  }

  function app(call) {
    if (call.bearer !== world.x.bearer) throw FAILURES.unauthorized();
    return undefined;
  }

  function user(call, host = "x") {
    const signed = oauth1Header(call.headers.authorization);
    const account = signed ? oauth1(call, signed, host) : world.of("x").find((one) => call.bearer && one.tokens.has(call.bearer));
    if (!account || account.knobs.revoked) throw call.bearer === world.x.bearer ? problem(403, "Unsupported Authentication", "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.", { type: "https://api.x.com/2/problems/unsupported-authentication" }) : FAILURES.unauthorized();
    return account;
  }

  function oauth1(call, { oauth_signature, ...params }, host) {
    const account = world.of("x").find((one) => one.oauth1?.token === params.oauth_token);
    if (!account || params.oauth_consumer_key !== world.x.consumer_key || params.oauth_signature_method !== "HMAC-SHA1") throw FAILURES.unauthorized();
    if (Math.abs(Number(params.oauth_timestamp) - Date.now() / 1000) > 300 || account.nonces?.has(params.oauth_nonce)) throw FAILURES.unauthorized();
    const form = call.type === "application/x-www-form-urlencoded" ? [...call.form()] : [];
    const address = world.at(host, call.path) + (call.query.size ? `?${call.query}` : "");
    const expected = oauth1Signature(world.x.consumer_secret, account.oauth1.secret, call.method, address, [...Object.entries(params).filter(([name]) => name !== "realm"), ...form]);
    if (!same(expected, oauth_signature)) throw FAILURES.unauthorized();
    (account.nonces ??= new Set()).add(params.oauth_nonce);
    return account;
  }

  const me = (account) => ({ id: account.key, name: account.name, username: account.username, profile_image_url: `${world.at("x-media", "/profile_images/1/loja_normal.jpg")}` });
  const show = (person) => ({ id: person.id, name: person.name, username: person.username, profile_image_url: world.at("x-media", `/profile_images/1/${person.username}_normal.jpg`), verified: false, protected: false });

  const ROUTES = [
    [/^GET \/2\/users\/me$/, "user", (account) => json(200, { data: me(account) })],
    [/^GET \/2\/users\/(\d+)$/, "user", (account, _, [id]) => (account.people.has(id) ? json(200, { data: show(account.people.get(id)) }) : json(200, { errors: [{ value: id, detail: `Could not find user with id: [${id}].`, title: "Not Found Error", resource_type: "user", parameter: "id", resource_id: id, type: "https://api.x.com/2/problems/resource-not-found" }] }))],
    [/^GET \/2\/webhooks$/, "app", () => json(200, { data: [...world.x.webhooks.values()], meta: { result_count: world.x.webhooks.size } })],
    [/^POST \/2\/webhooks$/, "app", (_, call) => addWebhook(call.json()?.url)],
    [/^PUT \/2\/webhooks\/(\d+)$/, "app", async (_, __, [id]) => {
      const hook = world.x.webhooks.get(id);
      if (!hook) throw problem(404, "Not Found", "Webhook not found");
      hook.valid = (await crc(hook.url)).ok;
      return json(200, { data: { valid: hook.valid, attempted: true } });
    }],
    [/^DELETE \/2\/webhooks\/(\d+)$/, "app", (_, __, [id]) => json(200, { data: { deleted: world.x.webhooks.delete(id) } })],
    [/^POST \/2\/webhooks\/replay$/, "app", (_, call) => replay(call.json() ?? {})],
    [/^GET \/2\/activity\/subscriptions$/, "app", () => json(200, { data: world.of("x").flatMap((one) => [...one.subscriptions.values()].map((sub) => ({ ...sub, filter: { user_id: one.key } }))) })],
    [/^POST \/2\/activity\/subscriptions$/, "user", subscribe],
    [/^DELETE \/2\/activity\/subscriptions\/(\d+)$/, "user", (account, _, [id]) => {
      const found = [...account.subscriptions.values()].find((one) => one.subscription_id === id);
      if (found) account.subscriptions.delete(found.event_type);
      return json(200, { data: { deleted: Boolean(found) } });
    }],
    [/^POST \/2\/dm_conversations\/with\/(\d+)\/messages$/, "user", (account, call, [id]) => send(account, call, id)],
    [/^POST \/2\/dm_conversations\/(\d+)-(\d+)\/messages$/, "user", (account, call, [a, b]) => send(account, call, a === account.key ? b : a)],
    [/^DELETE \/2\/dm_events\/(\d+)$/, "user", (account, _, [id]) => {
      const found = account.messages.get(id);
      if (!found) throw problem(404, "Not Found", "Could not find the dm event");
      world.accept(account, { what: "delete", to: found.person.id, target: id });
      return json(200, { data: { deleted: true } });
    }],
    [/^GET \/2\/dm_events$/, "user", events],
    [/^GET \/2\/dm_conversations\/media\/(\d+)\/(\d+)\/([^/]+)$/, "user", (account, _, [, media]) => download(media)],
    [/^POST \/2\/media\/upload\/initialize$/, "user", initialize],
    [/^POST \/2\/media\/upload\/(\d+)\/append$/, "user", append],
    [/^POST \/2\/media\/upload\/(\d+)\/finalize$/, "user", finalize],
    [/^GET \/2\/media\/upload$/, "user", (account, call) => {
      const upload = account.uploads.get(call.query.get("media_id"));
      if (!upload) throw problem(404, "Not Found", "media_id not found");
      if (upload.pending > 0) upload.pending -= 1;
      return json(200, { data: about(upload) });
    }],
    [/^POST \/2\/media\/upload$/, "user", (account, call) => {
      const params = call.params();
      if (!params.media?.bytes) throw invalid("media is required");
      const upload = begin(account, params.media_type ?? params.media.type, params.media.bytes.length, params.media_category);
      upload.pieces.set(0, params.media.bytes);
      return finalize(account, call, [upload.id]);
    }],
  ];

  // ---- log-in ---------------------------------------------------------------------------------

  function dialog(call) {
    if (call.path !== "/i/oauth2/authorize") throw new Refusal(404, "not found");
    const account = world.of("x")[0];
    return consent(call, {
      brand: "X", who: `@${account.username}`, client: world.x.client_id,
      grant: (redirect, query) => {
        const code = world.hex(24);
        world.x.codes.set(code, { redirect, challenge: query.get("code_challenge"), method: query.get("code_challenge_method"), account: account.key, scope: query.get("scope") ?? "" });
        return code;
      },
    });
  }

  async function token(call) {
    const form = call.form();
    const [user, password] = call.basic ?? [];
    const known = call.basic ? user === world.x.client_id && password === world.x.client_secret : form.get("client_id") === world.x.client_id;
    if (!known) throw new Refusal(401, { error: "unauthorized_client", error_description: "Missing valid authorization header" });
    const grant = form.get("grant_type") === "refresh_token" ? rotate(form) : await redeem(form);
    const access = world.hex(32);
    const refresh = grant.scope.includes("offline.access") ? world.hex(32) : undefined;
    world.account("x", grant.account).tokens.add(access);
    if (refresh) world.x.refresh.set(refresh, grant);
    return json(200, { token_type: "bearer", expires_in: 7200, access_token: access, scope: grant.scope, ...(refresh && { refresh_token: refresh }) });
  }

  function rotate(form) {
    const grant = world.x.refresh.get(form.get("refresh_token"));
    if (!grant) throw new Refusal(400, { error: "invalid_request", error_description: "Value passed for the token was invalid." });
    world.x.refresh.delete(form.get("refresh_token"));
    return grant;
  }

  async function redeem(form) {
    const grant = world.x.codes.get(form.get("code"));
    world.x.codes.delete(form.get("code"));
    const { createHash } = await import("node:crypto");
    const verifier = form.get("code_verifier") ?? "";
    const proven = grant && (grant.method === "S256" ? createHash("sha256").update(verifier).digest("base64url") : verifier) === grant.challenge;
    if (!proven || grant.redirect !== form.get("redirect_uri")) throw new Refusal(400, { error: "invalid_request", error_description: "Value passed for the authorization code was invalid." });
    return grant;
  }

  // ---- webhooks -------------------------------------------------------------------------------

  async function crc(url) {
    const asked = new URL(url);
    const challenge = world.hex(16);
    asked.searchParams.set("crc_token", challenge);
    asked.searchParams.set("nonce", world.hex(8));
    try {
      const response = await fetch(asked, { redirect: "manual", signal: AbortSignal.timeout(10_000) });
      const said = await response.json();
      return { ok: response.status === 200 && same(said.response_token, xChallenge(world.x.consumer_secret, challenge)) };
    } catch {
      return { ok: false };
    }
  }

  async function addWebhook(url) {
    let address;
    try {
      address = new URL(url);
    } catch {
      throw fail("UrlValidationFailed", "The webhook url is not a valid url");
    }
    // A port is refused by X; this machine's addresses are the exception the simulators make.
    if (!secure(address) || url.length > 200 || (address.protocol === "https:" && address.port)) throw fail("UrlValidationFailed", "The webhook url must be https and have no port");
    if ([...world.x.webhooks.values()].some((one) => one.url === url)) throw fail("DuplicateUrlFailed", "The webhook url is already registered");
    if (!(await crc(url)).ok) throw fail("CrcValidationFailed", "The CRC response token did not match");
    const hook = { id: String(1_900_000_000_000_000_000n + BigInt(world.next())), url, valid: true, created_at: new Date().toISOString() };
    world.x.webhooks.set(hook.id, hook);
    return json(200, { data: hook });
  }

  const fail = (reason, detail) => new Refusal(400, { errors: [{ message: `${reason}: ${detail}` }], title: "Invalid Request", detail: reason, type: "https://api.x.com/2/problems/invalid-request" });

  function subscribe(account, call) {
    const sent = call.json() ?? {};
    if (!EVENTS.includes(sent.event_type)) throw invalid(`event_type must be one of ${EVENTS.join(", ")}`);
    if (sent.filter?.user_id !== account.key) throw FAILURES.forbidden();
    if (sent.tag !== undefined && sent.tag.length > 200) throw invalid("tag may have at most 200 characters");
    if (sent.webhook_id !== undefined && !world.x.webhooks.has(sent.webhook_id)) throw invalid("webhook_id is not a registered webhook");
    const sub = { subscription_id: String(1_800_000_000_000_000_000n + BigInt(world.next())), event_type: sent.event_type, tag: sent.tag, webhook_id: sent.webhook_id };
    account.subscriptions.set(sent.event_type, sub);
    world.accept(account, { what: "webhook", url: world.x.webhooks.get(sent.webhook_id)?.url ?? null, fields: [sent.event_type] });
    return json(200, { data: { subscription: { ...sub, filter: sent.filter, created_at: new Date().toISOString() } }, meta: { total_subscriptions: account.subscriptions.size } });
  }

  function deliver(account, event_type, payload, ids) {
    const sub = account.subscriptions.get(event_type);
    const hook = sub && world.x.webhooks.get(sub.webhook_id);
    if (event_type !== "oauth.revoke" && !hook?.valid) return Promise.resolve({ ok: false, nowhere: true, error: "no valid webhook is subscribed" });
    const url = hook?.url ?? [...world.x.webhooks.values()][0]?.url;
    const raw = JSON.stringify({ data: { event_uuid: String(8_511_582_263_942_000_000n + BigInt(world.next())), filter: event_type === "oauth.revoke" ? {} : { user_id: account.key }, event_type, ...(sub?.tag && { tag: sub.tag }), payload } });
    const make = () => url && { url, headers: { "content-type": "application/json", "x-twitter-webhooks-signature": xSignature(world.x.consumer_secret, raw) }, body: raw };
    (account.sent ??= []).push({ at: Date.now(), hook: hook?.id, make, ids, what: event_type });
    return world.courier.send(account, { what: event_type, ids, make });
  }

  function replay({ webhook_id, from_date, to_date }) {
    if (!/^\d{12}$/.test(from_date ?? "") || !/^\d{12}$/.test(to_date ?? "")) throw invalid("from_date and to_date must be yyyymmddhhmm");
    const at = (text) => Date.UTC(text.slice(0, 4), text.slice(4, 6) - 1, text.slice(6, 8), text.slice(8, 10), text.slice(10, 12));
    for (const account of world.of("x")) {
      for (const parcel of account.sent ?? []) if (parcel.hook === webhook_id && parcel.at >= at(from_date) && parcel.at <= at(to_date) + 59_999) world.courier.send(account, parcel);
    }
    return json(200, { data: { job_id: String(world.next()), created_at: new Date().toISOString() } });
  }

  // ---- sending --------------------------------------------------------------------------------

  const snowflake = () => String(2_080_765_901_000_000_000n + BigInt(Date.now() % 500_000_000) * 1000n + BigInt(world.next() % 1000));

  function send(account, call, id) {
    const asked = account.failure("messages");
    if (asked) throw FAILURES[asked.error]?.(asked) ?? problem(asked.status ?? 400, "Error", asked.text ?? String(asked.error));
    if (!account.room("15 minutes", 15, 15 / 900) || !account.room("day", 1440, 1440 / 86_400)) throw FAILURES.rate();
    const sent = call.json();
    if (!sent || typeof sent !== "object") throw invalid("the body must be JSON");
    for (const name of Object.keys(sent)) if (!["text", "attachments"].includes(name)) throw invalid(`[${name}] is not one of [text, attachments]`);
    if ((sent.text === undefined || sent.text === "") && !sent.attachments?.length) throw invalid("text or attachments is required");
    if ([...(sent.text ?? "")].length > 10_000) throw invalid("text may have at most 10000 characters");
    if (sent.attachments && (sent.attachments.length !== 1 || !sent.attachments[0].media_id)) throw invalid("attachments must have exactly one media_id");
    const person = account.people.get(id);
    if (!person) throw problem(403, "Forbidden", "You do not have permission to DM one or more participants.");
    if (person.closed || person.blocked) throw FAILURES.closed();
    const upload = sent.attachments && account.uploads.get(sent.attachments[0].media_id);
    if (sent.attachments && !upload?.file) throw invalid("Your media IDs are invalid.");
    if (upload?.pending > 0) throw invalid("The media is still being processed.");
    const eventId = snowflake();
    const line = world.accept(account, { what: "message", id: eventId, to: id, kind: upload ? upload.file.kind : "text", text: sent.text, media: upload && [glance(upload.file)] }, call);
    account.messages.set(eventId, { line, person, text: sent.text, at: Date.now() });
    deliver(account, "dm.sent", wrap(account, person, eventId, account.key, id, { text: sent.text ?? "" }), [eventId]);
    if (account.knobs.status === "auto" && account.knobs.statusSteps.includes("read")) world.courier.later(account.knobs.statusMs, () => read(account, person, line));
    return json(201, { data: { dm_conversation_id: [account.key, id].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)).join("-"), dm_event_id: eventId } });
  }

  function read(account, person, line) {
    world.amend(line, { status: "read" });
    return deliver(account, "dm.read", { direct_message_mark_read_events: [{ created_timestamp: String(Date.now()), sender_id: person.id, target: { recipient_id: account.key }, last_read_event_id: line.id }], users: users(account, person) }, [line.id]);
  }

  function events(account, call) {
    if (!account.room("events", 15, 15 / 900)) throw FAILURES.rate();
    const most = Math.min(Number(call.query.get("max_results") ?? 100), 100);
    const data = [...account.messages.entries()].reverse().slice(0, most).map(([id, one]) => ({ id, event_type: "MessageCreate", text: one.text ?? "", created_at: new Date(one.at).toISOString(), sender_id: one.incoming ? one.person.id : account.key, dm_conversation_id: [account.key, one.person.id].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1)).join("-") }));
    return json(200, { data, includes: { users: [...account.people.values()].map(show) }, meta: { result_count: data.length } });
  }

  // ---- media ----------------------------------------------------------------------------------

  function begin(account, media_type, total, category) {
    const [most, types] = SIZES[category] ?? [];
    if (!most) throw invalid("media_category must be one of dm_image, dm_gif, dm_video");
    if (!types.includes(plain(media_type))) throw invalid(`media_type ${media_type} is not supported for ${category}`);
    if (!(total > 0 && total <= most)) throw invalid(`total_bytes must be 1 to ${most}`);
    const upload = { id: String(1_700_000_000_000_000_000n + BigInt(world.next())), mime: plain(media_type), total, category, pieces: new Map(), pending: 0 };
    account.uploads.set(upload.id, upload);
    return upload;
  }

  const about = (upload) => ({ id: upload.id, media_key: `13_${upload.id}`, size: upload.total, expires_after_secs: 86_400, ...(upload.category === "dm_video" && upload.file && { processing_info: upload.pending > 0 ? { state: "in_progress", check_after_secs: 1, progress_percent: 50 } : { state: "succeeded", progress_percent: 100 } }) });

  function initialize(account, call) {
    const { media_type, total_bytes, media_category } = call.params();
    return json(200, { data: about(begin(account, media_type, Number(total_bytes), media_category)) });
  }

  function append(account, call, [id]) {
    const upload = account.uploads.get(id);
    if (!upload) throw problem(404, "Not Found", "media_id not found");
    const params = call.params();
    const piece = params.media?.bytes ?? (typeof params.media === "string" ? Buffer.from(params.media, "base64") : undefined);
    if (!piece || params.segment_index === undefined) throw invalid("segment_index and media are required");
    upload.pieces.set(Number(params.segment_index), piece);
    return json(200, { data: { expires_at: Math.floor(Date.now() / 1000) + 86_400 } });
  }

  function finalize(account, _, [id]) {
    const upload = account.uploads.get(id);
    if (!upload) throw problem(404, "Not Found", "media_id not found");
    const whole = Buffer.concat([...upload.pieces].sort(([a], [b]) => a - b).map(([, piece]) => piece));
    if (whole.length !== upload.total) throw invalid(`total_bytes was ${upload.total} and ${whole.length} bytes came`);
    upload.file = world.keep(whole, { kind: kindOf(upload.mime), mime: upload.mime, name: `${id}` });
    upload.pending = upload.category === "dm_video" ? 1 : 0;
    return json(200, { data: about(upload) });
  }

  function download(id) {
    const file = world.files.get(id);
    if (!file || file.broken) throw problem(404, "Not Found", "Not Found");
    return bytes(200, file.bytes, plain(file.mime), { "content-length": String(file.size) });
  }

  /** Pictures of a DM need the account's own authorisation; profile pictures are everybody's. */
  function picture(call) {
    if (call.path.startsWith("/profile_images/")) return bytes(200, fileOf({ kind: "image" }).bytes, "image/jpeg");
    user(call, "x-media");
    return download(/^\/dm\/(\d+)/.exec(call.path)?.[1]);
  }

  // ---- the person's side ----------------------------------------------------------------------

  function meet(account, speech) {
    const id = String(speech.from ?? "2222222222222222222");
    const person = account.people.get(id) ?? { id, name: "Ana Exemplo", username: `ana_${id.slice(-4)}` };
    if (speech.name !== undefined) person.name = speech.name;
    if (speech.username !== undefined) person.username = speech.username;
    account.people.set(id, person);
    return person;
  }

  const users = (account, person) => ({ [person.id]: { data: show(person) }, [account.key]: { data: me(account) } });

  const wrap = (account, person, id, sender_id, recipient_id, message_data) => ({
    direct_message_events: [{ type: "message_create", id, created_timestamp: String(Date.now()), message_create: { target: { recipient_id }, sender_id, message_data: { entities: { hashtags: [], symbols: [], user_mentions: [], urls: [] }, ...message_data } } }],
    users: users(account, person),
  });

  /** One event a POST: X has no batches. */
  function say(account, speeches) {
    const made = speeches.flatMap((speech) => speak(account, meet(account, speech), speech));
    return { ids: made.map((one) => one.id), deliveries: made.map((one) => deliver(account, one.type, one.payload, [one.id])) };
  }

  function speak(account, person, speech) {
    const heard = (id, entry) => world.accept(account, { direction: "in", what: "message", id, from: person.id, name: person.name, ...entry });
    const id = snowflake();
    if (speech.revoke) {
      account.knobs.revoked = true;
      return [{ id, type: "oauth.revoke", payload: { date_time: new Date().toISOString(), user_id: account.key, app_id: "29820954" } }];
    }
    if (speech.read) return [{ id: speech.read, type: "dm.read", payload: { direct_message_mark_read_events: [{ created_timestamp: String(Date.now()), sender_id: person.id, target: { recipient_id: account.key }, last_read_event_id: speech.read }], users: users(account, person) } }];
    if (speech.typing) return [{ id, type: "dm.indicate_typing", payload: { direct_message_indicate_typing_events: [{ created_timestamp: String(Date.now()), sender_id: person.id, target: { recipient_id: account.key } }], users: users(account, person) } }];
    if (speech.unsupported) {
      heard(id, { kind: "unsupported" });
      return [{ id, type: "chat.received", payload: { id, sender_id: person.id, conversation_id: `${account.key}:${person.id}`, conversation_token: world.hex(16), encoded_event: Buffer.from(world.hex(40)).toString("base64") } }];
    }
    if (speech.echo !== undefined) {
      account.messages.set(id, { person, text: speech.echo, at: Date.now() });
      world.accept(account, { direction: "out", what: "echo", id, to: person.id, kind: "text", text: speech.echo });
      return [{ id, type: "dm.sent", payload: wrap(account, person, id, account.key, person.id, { text: speech.echo }) }];
    }
    person.lastIn = Date.now();
    const medias = speech.medias ?? (speech.media ? [speech.media] : []);
    const wishes = medias.length ? medias : [undefined];
    return wishes.map((wish, at) => {
      const own = at === 0 ? id : snowflake();
      const said = at === 0 ? (speech.text ?? "") : "";
      const data = wish ? withFile(own, said, wish) : { data: links(said) };
      account.messages.set(own, { person, incoming: true, text: said, at: Date.now() });
      heard(own, { kind: data.file?.kind ?? "text", text: said, media: data.file && [glance(data.file)] });
      return { id: own, type: "dm.received", payload: wrap(account, person, own, person.id, account.key, data.data) };
    });
  }

  const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

  /** Addresses leave shortened, with their true form beside them. */
  function links(text) {
    const urls = [];
    const short = escaped(text).replace(/https?:\/\/\S+/g, (found) => {
      const url = `https://t.co/${world.hex(5)}`;
      urls.push({ url, expanded_url: found.replace(/&amp;/g, "&"), display_url: found.replace(/^https?:\/\//, "") });
      return url;
    });
    for (const one of urls) one.indices = [short.indexOf(one.url), short.indexOf(one.url) + one.url.length];
    return { text: short, entities: { hashtags: [], symbols: [], user_mentions: [], urls } };
  }

  function withFile(message, text, wish) {
    const made = fileOf(wish);
    const file = world.keep(made.bytes, { id: snowflake(), kind: made.kind, mime: made.mime, name: made.name, broken: made.broken });
    const url = `https://t.co/${world.hex(5)}`;
    const place = world.at("x-media", `/dm/${file.id}`);
    const full = text ? `${escaped(text)} ${url}` : url;
    const video = made.kind !== "image";
    const media = {
      id: Number(file.id), id_str: file.id, indices: [full.length - url.length, full.length], media_url: place.replace("https:", "http:"), media_url_https: place, url, display_url: `pic.x.com/${url.slice(-10)}`, expanded_url: `https://x.com/messages/media/${message}`,
      type: video ? "video" : "photo", sizes: { large: { w: 640, h: 480, resize: "fit" } }, ...(video && { video_info: { aspect_ratio: [4, 3], duration_millis: 2000, variants: [{ bitrate: 256_000, content_type: plain(made.mime), url: place }] } }),
    };
    return { file, data: { text: full, attachment: { type: "media", media } } };
  }

  return provider;
}
