// Twilio's Messaging API for SMS, MMS and WhatsApp, its Content templates, and the phones at the other end.
// Voice, Verify, scheduling and short codes are not played.
import { bytes, empty, json, Refusal } from "../kernel/http.mjs";
import { Account, glance } from "../kernel/world.mjs";
import { fetchLink, fileOf, kindOf, plain, secure } from "../kernel/files.mjs";
import { same, twilioSignature } from "../kernel/signing.mjs";
import { CONTENTS } from "./twilio-contents.mjs";

const MB = 1024 * 1024;
const WORDS = {
  20003: [401, "Authenticate"], 20404: [404, "The requested resource was not found"], 20429: [429, "Too Many Requests"], 20500: [500, "Internal Server Error"], 20503: [503, "Service Unavailable"], 21211: [400, "Invalid 'To' Phone Number"],
  21408: [400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number"], 21602: [400, "Message body is required."], 21603: [400, "A 'From' phone number is required."], 21604: [400, "A 'To' phone number is required."],
  21606: [400, "The 'From' phone number provided is not a valid message-capable Twilio phone number for this destination."], 21609: [400, "The 'StatusCallback' URL is not a valid URL."], 21610: [400, "Attempt to send to unsubscribed recipient"], 21611: [429, "This 'From' number has exceeded the maximum number of queued messages"], 21612: [400, "Message cannot be sent with the current combination of 'To' and/or 'From' parameters"],
  21614: [400, "'To' number is not a valid mobile number"], 21617: [400, "The concatenated message body exceeds the 1600 character limit."], 21620: [400, "Invalid media URL(s)"], 21623: [400, "Number of media files exceeds allowed limit"], 21655: [400, "The ContentSid parameter is invalid."], 21656: [400, "The ContentVariables parameter is invalid."],
  21660: [400, "Mismatch between the 'From' number and the account"], 63007: [400, "Twilio could not find a Channel with the specified From address"], 63016: [400, "Failed to send freeform message because you are outside the allowed window. If you are using WhatsApp, please use a Message Template."], 63038: [429, "Account exceeded the daily messages limit"],
};

/** A refusal as Twilio words it. */
export const twilioError = (code, { message, status } = {}) => {
  const [usual, words] = WORDS[code] ?? [400, "Bad request"];
  return new Refusal(status ?? usual, { code, message: message ?? words, more_info: `https://www.twilio.com/docs/errors/${code}`, status: status ?? usual });
};

const rfc2822 = (date = new Date()) => date.toUTCString().replace("GMT", "+0000");
const STOP = /^(stop|stopall|unsubscribe|cancel|end|quit|sair|parar)$/i;
const START = /^(start|yes|unstop)$/i;

export function twilio(world) {
  const provider = { channel: "twilio", hosts: { twilio: api, "twilio-messaging": messaging, "twilio-content": content, "twilio-media": signedMedia }, open, say, sandbox, status: byHand, can: ["to", "medium", "location", "unsupported", "reply_to", "forwarded", "button"], failures: Object.keys(WORDS) };

  function sandbox() {
    open({ account_sid: "AC00000000000000000000000000000001", auth_token: "5a4db0c0sandboxtwilioauthtoken01", name: "Loja de teste", numbers: ["+12025550100"], whatsapp: ["+12025550101"], services: { MG00000000000000000000000000000001: "+12025550100" } });
  }

  function open({ account_sid, auth_token, name, numbers, whatsapp, services, webhook, status_callback, ...rest }) {
    const key = String(account_sid ?? `AC${world.hex(16)}`);
    const account =
      world.account("twilio", key) ??
      world.add(new Account(world, "twilio", key, { name: "Loja", token: auth_token ?? world.hex(16), api_keys: {}, senders: new Map(), services: new Map(), contents: structuredClone(CONTENTS), stopped: new Set(), enforceMediaAuth: true }));
    account.patienceMs = 15_000;
    account.retry = { ...account.retry, times: 0 };
    Object.assign(account, { ...(name && { name }), ...(auth_token && { token: auth_token }) }, rest);
    for (const number of numbers ?? []) sender(account, number, { sid: `PN${world.hex(16)}`, SmsUrl: "", SmsMethod: "POST", SmsFallbackUrl: "", StatusCallback: "" });
    for (const number of whatsapp ?? []) sender(account, `whatsapp:${number}`, { sid: `XE${world.hex(16)}`, SmsUrl: "", SmsMethod: "POST", StatusCallback: "" });
    for (const [sid, number] of Object.entries(services ?? {})) account.services.set(sid, { sid, number, InboundRequestUrl: "", UseInboundWebhookOnNumber: false });
    if (webhook !== undefined) for (const one of account.senders.values()) Object.assign(one, { SmsUrl: webhook ?? "", StatusCallback: status_callback ?? one.StatusCallback });
    return account;
  }

  const sender = (account, address, about) => account.senders.get(address) ?? account.senders.set(address, { address, ...about });

  // ---- the API --------------------------------------------------------------------------------

  function owner(call) {
    const [user, password] = call.basic ?? [];
    const account = world.of("twilio").find((one) => (user === one.key && same(password, one.token)) || (one.api_keys[user] !== undefined && same(password, one.api_keys[user])));
    if (!account || account.knobs.revoked) throw twilioError(20003);
    return account;
  }

  async function api(call) {
    const media = /^\/2010-04-01\/Accounts\/([^/]+)\/Messages\/([^/]+)\/Media\/([^/.]+)$/.exec(call.path);
    if (media) return fetchMedia(call, ...media.slice(1));
    const found = /^\/2010-04-01\/Accounts\/([^/.]+)(?:\/([A-Za-z]+)(?:\/([^/.]+))?)?\.json$/.exec(call.path);
    const account = owner(call);
    if (!found || found[1] !== account.key) throw twilioError(20404, { message: `The requested resource ${call.path} was not found` });
    const [, , resource, sid] = found;
    if (!resource) return json(200, { sid: account.key, friendly_name: account.name, status: account.suspended ? "suspended" : "active", type: "Full", date_created: rfc2822(), uri: call.path });
    if (resource === "Messages" && !sid) return call.method === "POST" ? create(call, account) : list(call, account);
    if (resource === "Messages") return one(call, account, sid);
    if (resource === "IncomingPhoneNumbers") return numbers(call, account, sid);
    throw twilioError(20404, { message: `The requested resource ${call.path} was not found` });
  }

  function numbers(call, account, sid) {
    const show = (one) => ({ sid: one.sid, account_sid: account.key, phone_number: one.address, friendly_name: one.address, sms_url: one.SmsUrl, sms_method: one.SmsMethod, sms_fallback_url: one.SmsFallbackUrl, status_callback: one.StatusCallback, capabilities: { sms: true, mms: true, voice: true } });
    const own = [...account.senders.values()].filter((one) => one.sid.startsWith("PN"));
    if (!sid) {
      const wanted = call.query.get("PhoneNumber");
      return json(200, { incoming_phone_numbers: own.filter((one) => !wanted || one.address.includes(wanted)).map(show), page: 0, page_size: 50, next_page_uri: null });
    }
    const number = own.find((one) => one.sid === sid);
    if (!number) throw twilioError(20404);
    if (call.method === "POST") {
      for (const [name, value] of call.form()) if (["SmsUrl", "SmsMethod", "SmsFallbackUrl", "StatusCallback"].includes(name)) number[name] = value;
      world.accept(account, { what: "webhook", url: number.SmsUrl, sender: number.address });
    }
    return json(200, show(number));
  }

  function messaging(call) {
    const account = owner(call);
    const service = /^\/v1\/Services\/(MG[0-9a-f]{32})$/.exec(call.path);
    if (service) {
      const found = account.services.get(service[1]);
      if (!found) throw twilioError(20404);
      if (call.method === "POST") {
        const form = call.form();
        if (form.has("InboundRequestUrl")) found.InboundRequestUrl = form.get("InboundRequestUrl");
        if (form.has("UseInboundWebhookOnNumber")) found.UseInboundWebhookOnNumber = form.get("UseInboundWebhookOnNumber") === "true";
        world.accept(account, { what: "webhook", url: found.InboundRequestUrl, sender: found.sid });
      }
      return json(200, { sid: found.sid, account_sid: account.key, friendly_name: "Serviço de teste", inbound_request_url: found.InboundRequestUrl, use_inbound_webhook_on_number: found.UseInboundWebhookOnNumber });
    }
    const channels = [...account.senders.values()].filter((one) => one.sid.startsWith("XE"));
    const show = (one) => ({ sid: one.sid, status: "ONLINE", sender_id: one.address, webhook: { callback_url: one.SmsUrl || null, callback_method: "POST", status_callback_url: one.StatusCallback || null }, profile: { name: account.name } });
    if (call.path === "/v2/Channels/Senders") return json(200, { senders: channels.map(show), meta: { page: 0, page_size: 50, next_page_url: null, key: "senders" } });
    const channel = /^\/v2\/Channels\/Senders\/(XE[0-9a-f]{32})$/.exec(call.path);
    if (channel) {
      const found = channels.find((one) => one.sid === channel[1]);
      if (!found) throw twilioError(20404);
      if (call.method === "POST") {
        const hook = call.json()?.webhook ?? {};
        found.SmsUrl = hook.callback_url ?? found.SmsUrl;
        found.StatusCallback = hook.status_callback_url ?? found.StatusCallback;
        world.accept(account, { what: "webhook", url: found.SmsUrl, sender: found.address });
      }
      return json(call.method === "POST" ? 202 : 200, show(found));
    }
    if (call.method === "POST" && /^\/v2\/Indicators\/Typing\.json$/.test(call.path)) return typing(account, call.form().get("messageId"), call.form().get("channel"), "whatsapp");
    if (call.method === "POST" && /^\/v3\/Indicators\/Typing(\.json)?$/.test(call.path)) return typing(account, call.json()?.messageId, call.json()?.channel, "WHATSAPP");
    throw twilioError(20404);
  }

  function typing(account, id, channel, wanted) {
    const found = account.messages.get(id);
    if (channel !== wanted || !found?.incoming || !found.whatsapp) throw twilioError(20404, { status: 400, message: "messageId is not an incoming WhatsApp message" });
    world.accept(account, { what: "seen", to: found.person.id, id });
    world.accept(account, { what: "typing", to: found.person.id });
    return json(200, { success: true });
  }

  function content(call) {
    const account = owner(call);
    const all = account.contents;
    if (call.path === "/v1/ContentAndApprovals" || call.path === "/v1/Content") {
      const size = Math.min(Number(call.query.get("PageSize") ?? 50), 500);
      const page = Number(call.query.get("Page") ?? 0);
      const next = (page + 1) * size < all.length ? `${world.at("twilio-content", call.path)}?PageSize=${size}&Page=${page + 1}` : null;
      const contents = all.slice(page * size, (page + 1) * size).map(({ approval_requests, ...rest }) => ({ account_sid: account.key, ...rest, ...(call.path.endsWith("Approvals") && { approval_requests }) }));
      return json(200, { contents, meta: { page, page_size: size, first_page_url: world.at("twilio-content", call.path), previous_page_url: null, next_page_url: next, url: world.at("twilio-content", call.path), key: "contents" } });
    }
    const found = all.find((one) => call.path === `/v1/Content/${one.sid}`);
    if (!found) throw twilioError(20404);
    return json(200, { account_sid: account.key, ...found });
  }

  // ---- sending --------------------------------------------------------------------------------

  async function create(call, account) {
    if (call.type !== "application/x-www-form-urlencoded") throw twilioError(21604);
    const form = call.form();
    const asked = account.failures.some((one) => one.as === "status") ? undefined : account.failure("messages");
    if (asked) throw twilioError(Number(asked.error), { message: asked.text, status: asked.status });
    const to = form.get("To") ?? "";
    const service = account.services.get(form.get("MessagingServiceSid") ?? "");
    const from = form.get("From") ?? (service && (to.startsWith("whatsapp:") ? `whatsapp:${service.number}` : service.number));
    const whatsapp = to.startsWith("whatsapp:");
    if (!to) throw twilioError(21604);
    if (!from) throw twilioError(21603);
    const number = to.replace(/^whatsapp:/, "");
    if (!/^\+[1-9]\d{6,14}$/.test(number) && !(whatsapp && /^[A-Z]{2}\.\w+$/.test(number))) throw twilioError(21211, { message: `Invalid 'To' Phone Number: ${to}` });
    if (from.startsWith("whatsapp:") !== whatsapp) throw twilioError(whatsapp ? 63007 : 21612);
    const sending = account.senders.get(from);
    if (!sending) throw twilioError(whatsapp ? 63007 : 21606);
    const person = meet(account, { from: to });
    if (account.stopped.has(`${from} ${to}`)) throw twilioError(21610);
    const text = form.get("Body") ?? "";
    const links = form.getAll("MediaUrl");
    const sid = form.get("ContentSid");
    const place = form.get("PersistentAction");
    if (!text && links.length === 0 && !sid && !place) throw twilioError(21602);
    if ([...text].length > 1600) throw twilioError(21617);
    if (links.length > (whatsapp ? 1 : 10)) throw twilioError(21623);
    for (const link of links) if (!usable(link)) throw twilioError(21620);
    const callback = form.get("StatusCallback") || sending.StatusCallback;
    if (form.get("StatusCallback") && !usable(form.get("StatusCallback"))) throw twilioError(21609);
    const filled = sid ? fill(account, sid, form.get("ContentVariables")) : undefined;
    const id = `${links.length ? "MM" : "SM"}${world.hex(16)}`;
    const line = world.accept(account, {
      what: "message", id, to, kind: filled ? "template" : place ? "location" : links.length ? "image" : "text", text: filled?.text ?? (place && !text ? place : text), template: filled && { sid, name: filled.name }, media: links.map((link) => ({ link })), sender: from,
    }, call);
    account.messages.set(id, { line, person, from, to, callback, service: service?.sid, whatsapp });
    const late = account.failure("messages");
    settle(account, line, { links, whatsapp, filled, late, sending }).catch((error) => world.trouble(error));
    if (account.knobs.statusFirst && callback) await status(account, line, account.knobs.statusSteps[0] ?? "sent");
    return json(201, show(account, line, service ? "accepted" : "queued"));
  }

  function show(account, line, state) {
    const { from, service } = account.messages.get(line.id);
    return {
      sid: line.id, account_sid: account.key, messaging_service_sid: service ?? null, api_version: "2010-04-01", body: line.text ?? "", from, to: line.to ?? line.from, status: state ?? line.status ?? "queued", direction: line.direction === "in" ? "inbound" : "outbound-api",
      num_segments: String(Math.max(1, Math.ceil([...(line.text ?? "")].length / (/^[\x20-\x7e\n\r]*$/.test(line.text ?? "") ? 160 : 70)))), num_media: String(line.media?.length ?? 0), date_created: rfc2822(new Date(line.at)), date_updated: rfc2822(), date_sent: line.direction === "in" ? rfc2822(new Date(line.at)) : null,
      error_code: line.error?.code ?? null, error_message: line.error?.message ?? null, price: null, price_unit: "USD", uri: `/2010-04-01/Accounts/${account.key}/Messages/${line.id}.json`, subresource_uris: { media: `/2010-04-01/Accounts/${account.key}/Messages/${line.id}/Media.json` },
    };
  }

  const usable = (link) => {
    try {
      return secure(new URL(link)) || new URL(link).protocol === "http:";
    } catch {
      return false;
    }
  };

  function fill(account, sid, variables) {
    const found = account.contents.find((one) => one.sid === sid);
    if (!found) throw twilioError(21655);
    let values = {};
    if (variables) {
      try {
        values = JSON.parse(variables);
      } catch {
        throw twilioError(21656);
      }
    }
    if (typeof values !== "object" || Array.isArray(values) || Object.values(values).some((value) => typeof value !== "string" || /\n|\t| {4,}/.test(value))) throw twilioError(21656);
    const type = Object.values(found.types)[0];
    const all = { ...found.variables, ...values };
    return { name: found.friendly_name, status: found.approval_requests.status, text: String(type.body ?? type.title ?? "").replace(/\{\{(\w+)\}\}/g, (whole, name) => all[name] ?? whole) };
  }

  /** After the queue: fetches the media, minds the window, and lets the statuses run. */
  async function settle(account, line, { links, whatsapp, filled, late, sending }) {
    const found = account.messages.get(line.id);
    const media = [];
    let code = late && Number(late.error);
    for (const link of links) {
      const got = await fetchLink(link, whatsapp ? 16 * MB : 5 * MB, 15_000);
      const file = got.bytes && world.keep(got.bytes, { kind: kindOf(got.mime), mime: got.mime, name: got.name });
      media.push(file ? { ...glance(file), link } : { link, error: got.error });
      if (!file) code ??= whatsapp ? 63019 : got.tooLarge ? 30019 : 11200;
      else if (whatsapp && kindOf(got.mime) === "image" && file.size > 5 * MB) code ??= 63019;
      else if (/html/.test(plain(got.mime))) code ??= 12300;
    }
    if (media.length) world.amend(line, { media, kind: media[0].kind ?? line.kind });
    if (whatsapp && !filled && account.hoursSince(found.person) > 24) code ??= 63016;
    if (whatsapp && filled && filled.status !== "approved") code ??= account.hoursSince(found.person) > 24 ? 63016 : undefined;
    if (found.person.unreachable) code ??= whatsapp ? 63024 : 30003;
    const steps = code ? ["sent", "failed"] : account.knobs.statusSteps.filter((step) => step !== "read" || whatsapp);
    if (code) return world.courier.later(account.knobs.statusMs, () => status(account, line, whatsapp ? "failed" : "undelivered", code));
    if (account.knobs.status !== "auto") return undefined;
    steps.forEach((step, at) => world.courier.later((at + 1) * account.knobs.statusMs, () => status(account, line, step)));
    return sending;
  }

  /** Signs a form as Twilio does and sends it. */
  function post(account, url, params, what, ids, after) {
    const signed = () => {
      const at = typeof url === "function" ? url() : url;
      if (!at) return undefined;
      const shared = account.shared_key;
      const headers = { "content-type": "application/x-www-form-urlencoded", "user-agent": "TwilioProxy/1.1", "i-twilio-idempotency-token": ids[0], "x-twilio-signature": twilioSignature(shared?.secret ?? account.token, at.split("#")[0], params, shared ? "sha256" : "sha1") };
      if (shared) headers["x-twilio-webhooks-signature-settings"] = `key=${shared.key},algorithm=HMAC_SHA256`;
      return { url: at, headers, body: new URLSearchParams(params).toString() };
    };
    return world.courier.send(account, { what, ids, make: signed, after });
  }

  function status(account, line, state, code) {
    const { from, to, callback, service, whatsapp } = account.messages.get(line.id);
    world.amend(line, { status: state, ...(code && { error: { code, message: WORDS[code]?.[1] ?? `Error ${code}` } }) });
    if (!callback) return Promise.resolve({ ok: false, nowhere: true });
    const params = [["MessageSid", line.id], ["SmsSid", line.id], ["MessageStatus", state], ["SmsStatus", state], ["AccountSid", account.key], ["From", from], ["To", to], ["ApiVersion", "2010-04-01"]];
    if (service) params.push(["MessagingServiceSid", service]);
    if (code) params.push(["ErrorCode", String(code)]);
    if (code && WORDS[code]) params.push(["ErrorMessage", WORDS[code][1]]);
    if (whatsapp) params.push(["ChannelPrefix", "whatsapp"], ["ChannelToAddress", to.replace("whatsapp:", "")]);
    if (whatsapp && state === "read") params.push(["EventType", "READ"]);
    return post(account, callback, params, "status", [line.id]);
  }

  function byHand(account, id, state, error) {
    const found = account.messages.get(id);
    if (!found?.line || found.incoming) throw new Refusal(404, { error: "no such message" });
    return status(account, found.line, state, error && Number(error));
  }

  function list(call, account) {
    const size = Math.min(Number(call.query.get("PageSize") ?? 50), 1000);
    const since = Date.parse(call.query.get("DateSent>") ?? call.query.get("DateSent") ?? 0) || 0;
    const lines = world.log.filter((line) => line.account === account.key && line.channel === "twilio" && line.what === "message" && Date.parse(line.at) >= since);
    const wanted = lines.filter((line) => (!call.query.get("To") || account.messages.get(line.id).to === call.query.get("To")) && (!call.query.get("From") || account.messages.get(line.id).from === call.query.get("From")));
    const messages = wanted.slice(-size).reverse().map((line) => ({ ...show(account, line, line.status ?? (line.direction === "in" ? "received" : "queued")), from: account.messages.get(line.id).from, to: account.messages.get(line.id).to }));
    return json(200, { messages, page: 0, page_size: size, next_page_uri: null, uri: call.path });
  }

  function one(call, account, sid) {
    const found = account.messages.get(sid);
    if (!found) throw twilioError(20404, { message: `The requested resource /2010-04-01/Accounts/${account.key}/Messages/${sid}.json was not found` });
    if (call.method === "DELETE") return empty(204);
    return json(200, { ...show(account, found.line), from: found.from, to: found.to });
  }

  // ---- media ----------------------------------------------------------------------------------

  /** Media ask for the account's credentials and answer with a signed address that wants none. */
  function fetchMedia(call, ac, message, id) {
    const file = world.files.get(id);
    if (!file || file.message !== message || file.owner !== ac || file.broken) throw twilioError(20404);
    if (world.account("twilio", ac).enforceMediaAuth && owner(call).key !== ac) throw twilioError(20003);
    if (call.method === "DELETE") {
      world.files.delete(id);
      return empty(204);
    }
    return empty(307, { location: `${world.at("twilio-media", `/${ac}/${id}`)}?X-Amz-Signature=${file.hash}`, "content-type": file.mime });
  }

  function signedMedia(call) {
    const file = world.files.get(call.path.split("/").pop());
    if (!file || call.query.get("X-Amz-Signature") !== file.hash) throw new Refusal(403, "<Error><Code>AccessDenied</Code></Error>", { "content-type": "application/xml" });
    // S3 refuses a request that is authorised twice.
    if (call.headers.authorization) throw new Refusal(400, "<Error><Code>InvalidArgument</Code><Message>Only one auth mechanism allowed</Message></Error>", { "content-type": "application/xml" });
    return bytes(200, file.bytes, file.mime, { "content-length": String(file.size) });
  }

  // ---- the phone's side -----------------------------------------------------------------------

  function meet(account, speech) {
    const wish = String(speech.from ?? "+12025550143");
    const whatsapp = wish.startsWith("whatsapp:") || speech.medium === "whatsapp";
    const bare = wish.replace("whatsapp:", "");
    const id = `${whatsapp ? "whatsapp:" : ""}${/^\d/.test(bare) ? "+" : ""}${bare}`;
    const person = account.people.get(id) ?? { id, name: "Ana Exemplo" };
    if (speech.name !== undefined) person.name = speech.name;
    account.people.set(id, person);
    return person;
  }

  /** One form per message, as Twilio has no batches. */
  function say(account, speeches) {
    const made = speeches.flatMap((speech) => speak(account, meet(account, speech), speech));
    return { ids: made.map((one) => one.id), deliveries: made.map((one) => one.deliver()) };
  }

  function speak(account, person, speech) {
    const whatsapp = person.id.startsWith("whatsapp:");
    const wanted = speech.to && `${whatsapp ? "whatsapp:" : ""}${String(speech.to).replace("whatsapp:", "")}`;
    const ours = wanted ? account.senders.get(wanted) : [...account.senders.values()].find((one) => one.address.startsWith("whatsapp:") === whatsapp);
    if (!ours) throw new Refusal(404, { error: `the account has no ${whatsapp ? "WhatsApp sender" : "number"} ${wanted ?? ""}` });
    const service = [...account.services.values()].find((one) => one.number === ours.address);
    person.lastIn = Date.now();
    const medias = speech.medias ?? (speech.media ? [speech.media] : []);
    const groups = whatsapp && medias.length > 1 ? medias.map((media) => [media]) : [medias];
    return groups.map((group, at) => {
      const id = `${group.length ? "MM" : "SM"}${world.hex(16)}`;
      const files = group.map((media) => {
        const file = fileOf(media);
        return world.keep(file.bytes, { id: `ME${world.hex(16)}`, kind: file.kind, mime: plain(file.mime), name: file.name, broken: file.broken, owner: account.key, message: id, hash: world.hex(16) });
      });
      const body = speech.button?.title ?? (speech.location ? "" : at === 0 ? String(speech.text ?? "") : "");
      const params = [["ToCountry", "US"], ["MessageSid", id], ["SmsSid", id], ["SmsMessageSid", id], ["SmsStatus", "received"], ["AccountSid", account.key], ["From", person.id], ["To", ours.address], ["Body", body], ["NumMedia", String(files.length)], ["NumSegments", "1"], ["ApiVersion", "2010-04-01"]];
      files.forEach((file, index) => params.push([`MediaUrl${index}`, world.at("twilio", `/2010-04-01/Accounts/${account.key}/Messages/${id}/Media/${file.id}`)], [`MediaContentType${index}`, file.mime]));
      if (service) params.push(["MessagingServiceSid", service.sid]);
      if (whatsapp) params.push(...whatsappParams(person, speech, files));
      else params.push(["FromCity", "WASHINGTON"], ["FromState", "DC"], ["FromZip", "20001"], ["FromCountry", "US"]);
      if (!whatsapp) params.push(...optOut(account, ours.address, person, body, service));
      const kind = speech.location ? "location" : (files[0]?.kind ?? (speech.unsupported ? "unsupported" : "text"));
      const line = world.accept(account, { direction: "in", what: speech.button ? "postback" : "message", id, from: person.id, name: person.name, kind, text: body, reply_to: speech.reply_to, location: speech.location, media: files.length ? files.map(glance) : undefined, sender: ours.address });
      account.messages.set(id, { line, person, from: person.id, to: ours.address, incoming: true, whatsapp });
      const url = () => (service && !service.UseInboundWebhookOnNumber && service.InboundRequestUrl) || ours.SmsUrl;
      return { id, deliver: () => post(account, url, params, "message", [id], (answer) => answered(account, person, ours, answer)).then((first) => fallback(account, ours, params, id, first)) };
    });
  }

  function whatsappParams(person, speech, files) {
    const params = [["ProfileName", person.name]];
    if (/^whatsapp:\+/.test(person.id)) params.push(["WaId", person.id.replace("whatsapp:+", "")]);
    else params.push(["ExternalUserId", person.id.replace("whatsapp:", "")]);
    const type = speech.location ? "location" : speech.button ? "button" : speech.unsupported ? "unsupported" : files.length ? (files[0].kind === "voice" ? "audio" : files[0].kind) : "text";
    params.push(["MessageType", type]);
    if (speech.location) params.push(["Latitude", String(speech.location.latitude)], ["Longitude", String(speech.location.longitude)], ...(speech.location.address ? [["Address", speech.location.address]] : []), ...(speech.location.name ? [["Label", speech.location.name]] : []));
    if (speech.button) params.push(["ButtonText", speech.button.title], ["ButtonPayload", speech.button.payload ?? speech.button.title]);
    if (speech.reply_to) params.push(["OriginalRepliedMessageSid", speech.reply_to], ["OriginalRepliedMessageSender", person.id]);
    if (speech.forwarded) params.push(["Forwarded", "true"]);
    return params;
  }

  function optOut(account, number, person, body, service) {
    const word = body.trim();
    const pair = `${number} ${person.id}`;
    if (STOP.test(word)) account.stopped.add(pair);
    else if (START.test(word)) account.stopped.delete(pair);
    else return [];
    return service ? [["OptOutType", STOP.test(word) ? "STOP" : "START"]] : [];
  }

  /** A webhook's answer is an instruction: plain text or TwiML reaches the customer as a message. */
  function answered(account, person, ours, answer) {
    const said = answer.type.startsWith("text/plain") ? [answer.text] : [...answer.text.matchAll(/<(?:Message|Body)>([^<]+)</g)].map((found) => found[1]);
    for (const text of said.filter(Boolean)) {
      const id = `SM${world.hex(16)}`;
      const line = world.accept(account, { what: "message", id, to: person.id, kind: "text", text, sender: ours.address, by: "webhook answer" });
      account.messages.set(id, { line, person, from: ours.address, to: person.id });
    }
  }

  /** After error 11200 the fallback address is tried once; `#rc=2` in the address asks for retries. */
  async function fallback(account, ours, params, id, first) {
    const again = /#.*\brc=(\d)/.exec(ours.SmsUrl)?.[1] ?? 0;
    let last = first;
    for (let turn = 0; turn < Number(again) && !last.ok && !last.nowhere && !last.held; turn += 1) last = await post(account, ours.SmsUrl, params, "message", [id]);
    if (!last.ok && !last.nowhere && !last.held && ours.SmsFallbackUrl) return post(account, ours.SmsFallbackUrl, [...params, ["ErrorCode", "11200"], ["ErrorUrl", ours.SmsUrl]], "fallback", [id]);
    return last;
  }

  return provider;
}
