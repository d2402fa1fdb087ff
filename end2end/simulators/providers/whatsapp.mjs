// WhatsApp Cloud API on Graph v17.0 and later: numbers, templates, media, statuses, and the customers' phones.
// Groups, calls, flows and catalogues are not played.
import { json, Refusal } from "../kernel/http.mjs";
import { Account, glance } from "../kernel/world.mjs";
import { fetchLink, fileOf, plain, sniff } from "../kernel/files.mjs";
import { graphError, pick, statusError } from "./meta.mjs";
import { checkTemplate, TEMPLATES } from "./whatsapp-templates.mjs";

const MB = 1024 * 1024;
const MEDIA = {
  image: [["image/jpeg", "image/png"], 5 * MB],
  video: [["video/mp4", "video/3gpp"], 16 * MB],
  audio: [["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"], 16 * MB],
  sticker: [["image/webp"], 500 * 1024],
  document: [null, 100 * MB],
};
const FIELDS = {
  text: ["body", "preview_url"], image: ["id", "link", "caption"], video: ["id", "link", "caption"], audio: ["id", "link", "voice"], document: ["id", "link", "caption", "filename"], sticker: ["id", "link"],
  location: ["latitude", "longitude", "name", "address"], reaction: ["message_id", "emoji"], contacts: null, interactive: null, template: null,
};
const TOP = ["messaging_product", "recipient_type", "to", "recipient", "type", "context", "biz_opaque_callback_data", "access_token", "appsecret_proof", "status", "message_id", "typing_indicator", ...Object.keys(FIELDS)];

const digits = (value) => String(value ?? "").replace(/\D/g, "");

/** Brazilian numbers with and without the ninth digit are one person's. */
const bare = (number) => (/^55\d{2}9\d{8}$/.test(number) ? number.slice(0, 4) + number.slice(5) : number);

export function whatsapp(world, graphHost) {
  const provider = { channel: "whatsapp", hosts: {}, open, say, sandbox, status: byHand, can: ["location", "contact", "unsupported", "referral", "forwarded", "reply_to", "hidden", "reaction", "edit", "delete", "button", "echo"], failures: ["any Graph code, e.g. 131047, 131026, 130429, 190, 100"] };
  graphHost.register({ graph, byToken: (token) => world.of("whatsapp").find((one) => one.token === token) });
  world.wabas = new Map();

  function sandbox() {
    world.wabas.clear();
    open({ phone_number_id: "100000000000001", waba_id: "200000000000001", display_phone_number: "12025550100", verified_name: "Loja de teste", token: "EAASANDBOXwhatsapp00000000000000000001" });
  }

  function open({ phone_number_id, waba_id, display_phone_number, verified_name, token, webhook, templates, ...rest }) {
    const key = String(phone_number_id ?? 100_000_000_000_000 + world.next());
    const account =
      world.account("whatsapp", key) ??
      world.add(new Account(world, "whatsapp", key, { waba_id: String(waba_id ?? 200_000_000_000_000 + world.next()), display: digits(display_phone_number ?? `1202555${String(world.next()).padStart(4, "0")}`), name: "Loja", token: token ?? `EAA${world.hex(20)}` }));
    account.patienceMs = 20_000;
    Object.assign(account, { ...(verified_name && { name: verified_name }), ...(token && { token }) }, rest);
    const waba = world.wabas.get(account.waba_id) ?? { id: account.waba_id, subscribed: false, templates: structuredClone(TEMPLATES) };
    world.wabas.set(waba.id, waba);
    if (templates) waba.templates = templates;
    if (webhook !== undefined) {
      account.override = webhook || undefined;
      waba.subscribed = Boolean(webhook);
    }
    return account;
  }

  /** The most particular address wins: the number's, the business account's, the app's. */
  function hook(account) {
    const waba = world.wabas.get(account.waba_id);
    if (!waba.subscribed) return undefined;
    return account.override ?? waba.override ?? graphHost.address("whatsapp_business_account");
  }

  // ---- Graph ----------------------------------------------------------------------------------

  async function graph({ call, segments: [id, edge], params, owner, host }) {
    if (host !== "graph") return undefined;
    const number = world.account("whatsapp", id);
    if (number) return onNumber(call, number, edge, params, owner);
    const waba = world.wabas.get(id);
    if (waba) return onWaba(call, waba, edge, params, owner);
    const file = world.files.get(id);
    if (file?.whatsapp && !edge) return onMedia(call, file, params, owner);
    if (/^\d+$/.test(id) && owner.account?.channel === "whatsapp" && (edge === "messages" || edge === "media" || edge === "message_templates" || params.fields?.includes("display_phone_number"))) {
      throw graphError(803, { message: `(#803) Some of the aliases you requested do not exist: ${id}`, whatsapp: false });
    }
    return undefined;
  }

  function permit(owner, account) {
    if (owner.account?.channel !== "whatsapp") throw graphError(200, { message: "(#200) You do not have the necessary permissions required to send messages on behalf of this WhatsApp Business Account", whatsapp: false });
    if (owner.account.waba_id !== account.waba_id) throw graphError(200, { message: "(#200) Permissions error", whatsapp: false });
  }

  async function onNumber(call, account, edge, params, owner) {
    permit(owner, account);
    if (edge === "messages" && call.method === "POST") return message(call, account);
    if (edge === "media" && call.method === "POST") return upload(call, account);
    if (edge === "register" || edge === "deregister") return json(200, { success: true });
    if (edge === "whatsapp_business_profile") return json(200, { data: [{ about: "Simulador", messaging_product: "whatsapp" }] });
    if (edge) return undefined;
    if (call.method === "GET") {
      return json(200, pick({ id: account.key, display_phone_number: `+${account.display}`, verified_name: account.name, quality_rating: "GREEN", code_verification_status: "VERIFIED", platform_type: "CLOUD_API", throughput: { level: "STANDARD" }, name_status: "APPROVED", webhook_configuration: { phone_number: account.override } }, params.fields ?? "id,display_phone_number,verified_name,quality_rating,code_verification_status"));
    }
    const wish = params.webhook_configuration;
    if (call.method === "POST" && wish) {
      account.override = await overridden(wish, "webhook_configuration");
      world.accept(account, { what: "webhook", url: account.override ?? null });
    }
    return json(200, { success: true });
  }

  async function overridden(wish) {
    if (!wish.override_callback_uri) return undefined;
    const shake = await graphHost.handshake(wish.override_callback_uri, wish.verify_token);
    if (!shake.ok) throw graphError(2200, { status: 400, message: `(#2200) Callback verification failed with the following errors: ${shake.why}`, whatsapp: false });
    return wish.override_callback_uri;
  }

  async function onWaba(call, waba, edge, params, owner) {
    permit(owner, { waba_id: waba.id });
    if (edge === "subscribed_apps") {
      if (call.method === "POST") {
        const uri = await overridden(params);
        waba.subscribed = true;
        waba.override = uri ?? waba.override;
        for (const account of world.of("whatsapp").filter((one) => one.waba_id === waba.id)) world.accept(account, { what: "webhook", url: hook(account) ?? null });
      } else if (call.method === "DELETE") {
        waba.subscribed = false;
      } else {
        return json(200, { data: waba.subscribed ? [{ whatsapp_business_api_data: { id: world.meta.app_id, name: "Recado Sandbox", link: "https://www.facebook.com/games/?app_id=1" }, override_callback_uri: waba.override }] : [] });
      }
      return json(200, { success: true });
    }
    if (edge === "message_templates" && call.method === "GET") return templates(call, waba, params);
    if (edge === "phone_numbers") {
      return json(200, { data: world.of("whatsapp").filter((one) => one.waba_id === waba.id).map((one) => ({ id: one.key, display_phone_number: `+${one.display}`, verified_name: one.name, quality_rating: "GREEN" })) });
    }
    if (!edge && call.method === "GET") return json(200, pick({ id: waba.id, name: "Conta de teste", timezone_id: "25", message_template_namespace: "sandbox" }, params.fields));
    return undefined;
  }

  function templates(call, waba, params) {
    const limit = Math.min(Number(params.limit ?? 25), 250);
    const from = params.after ? Number(Buffer.from(params.after, "base64").toString()) : 0;
    const among = (value, wanted) => !wanted || String(wanted).split(",").includes(value);
    const all = waba.templates.filter((one) => one.name.includes(params.name ?? "") && among(one.status, params.status) && among(one.language, params.language) && among(one.category, params.category));
    const data = all.slice(from, from + limit).map((one) => pick(one, params.fields));
    const cursor = (at) => Buffer.from(String(at)).toString("base64");
    const paging = { cursors: { before: cursor(from), after: cursor(from + data.length) } };
    if (from + data.length < all.length) {
      const query = new URLSearchParams({ ...(params.fields && { fields: params.fields }), ...(params.name && { name: params.name }), ...(params.status && { status: params.status }), limit: String(limit), after: paging.cursors.after });
      paging.next = `${world.at("graph", `/v26.0/${waba.id}/message_templates`)}?${query}`;
    }
    const summary = params.summary && { total_count: all.length, message_template_count: waba.templates.length, message_template_limit: 6000, are_translations_complete: false };
    return json(200, { data, ...(data.length && { paging }), ...(summary && { summary }) });
  }

  // ---- media ----------------------------------------------------------------------------------

  function upload(call, account) {
    const params = call.params();
    const asked = account.failure("media");
    if (asked) throw graphHost.refuseByHand(asked);
    if (params.messaging_product !== "whatsapp") throw graphError(100, { message: "(#100) The parameter messaging_product is required.", whatsapp: false });
    if (!params.file?.bytes) throw graphError(100, { message: "(#100) The parameter file is required.", whatsapp: false });
    const mime = params.type && params.type.includes("/") ? params.type : params.file.type;
    const kind = Object.keys(MEDIA).find((name) => MEDIA[name][0]?.includes(plain(mime))) ?? "document";
    if (params.file.bytes.length === 0 || params.file.bytes.length > MEDIA[kind][1]) throw graphError(131053, { details: `The file is ${params.file.bytes.length} bytes; ${plain(mime)} may have at most ${MEDIA[kind][1]}` });
    const file = shelve({ kind, bytes: params.file.bytes, mime, name: params.file.filename }, account);
    return json(200, { id: file.id });
  }

  function shelve(file, account) {
    return world.keep(file.bytes, { id: String(300_000_000_000_000 + world.next()), kind: file.kind, mime: file.mime, name: file.name, broken: file.broken, whatsapp: true, owner: account.waba_id, hash: world.hex(12) });
  }

  const cdn = (file) => `${world.at("lookaside", "/whatsapp_business/attachments/")}?mid=${file.id}&ext=${Math.floor(Date.now() / 1000) + 300}&hash=${file.hash}`;

  function onMedia(call, file, params, owner) {
    if (owner.account?.waba_id !== file.owner) throw graphError(100, { message: `Unsupported get request. Object with ID '${file.id}' does not exist`, subcode: 33, type: "GraphMethodException", whatsapp: false });
    if (params.phone_number_id && world.account("whatsapp", params.phone_number_id)?.waba_id !== file.owner) throw graphError(100, { message: "(#100) Param phone_number_id is not the owner of the media", whatsapp: false });
    if (call.method === "DELETE") {
      world.files.delete(file.id);
      return json(200, { success: true });
    }
    const asked = owner.account.failure("media_url");
    if (asked) throw graphHost.refuseByHand(asked);
    return json(200, { messaging_product: "whatsapp", url: cdn(file), mime_type: plain(file.mime), sha256: file.sha256, file_size: file.size, id: file.id });
  }

  // ---- sending --------------------------------------------------------------------------------

  async function message(call, account) {
    const body = call.json();
    if (!body || typeof body !== "object") throw graphError(100, { message: "(#100) The request body must be JSON", whatsapp: false });
    if (body.messaging_product !== "whatsapp") throw graphError(100, { message: "(#100) The parameter messaging_product is required.", whatsapp: false });
    for (const name of Object.keys(body)) if (!TOP.includes(name)) throw graphError(100, { details: `Unexpected key "${name}" on param "".` });
    if (body.status !== undefined) return seen(account, body);
    const asked = account.failures.some((one) => one.as === "status") ? undefined : account.failure("messages");
    if (asked) throw graphHost.refuseByHand(asked);
    if (!account.room("all", 80, 80)) throw graphError(130429, { details: "Cloud API message throughput has been reached." });
    const { person, input } = recipient(account, body);
    if (!account.room(`pair ${input}`, 45, 1 / 6)) throw graphError(131056, { details: "Message failed to send because there were too many messages sent from this phone number to the same phone number." });
    const type = body.type ?? "text";
    const content = body[type];
    if (!(type in FIELDS)) throw graphError(100, { details: `Param type must be one of {${Object.keys(FIELDS).join(", ").toUpperCase()}}` });
    if (!content) throw graphError(131008, { details: `The parameter ${type} is required for type ${type}.` });
    for (const name of Object.keys(FIELDS[type] ? content : {})) if (!FIELDS[type].includes(name)) throw graphError(100, { details: `Unexpected key "${name}" on param "${type}".` });
    if (body.context !== undefined && !/^wamid\./.test(body.context?.message_id ?? "")) throw graphError(131009, { details: "Param context.message_id is not a valid message id" });
    if (body.biz_opaque_callback_data !== undefined && body.biz_opaque_callback_data.length > 512) throw graphError(100, { details: "biz_opaque_callback_data must be at most 512 characters" });
    const part = CHECKS[type] ? await CHECKS[type](account, content, body) : {};
    if (type === "template" && body.recipient && part.template?.category === "AUTHENTICATION") throw graphError(131062);
    const closed = type !== "template" && account.hoursSince(person) > 24;
    if (closed && account.knobs.windowSync) throw graphError(131047, { details: "Message failed to send because more than 24 hours have passed since the customer last replied to this number." });
    const id = wamid(person.key);
    const line = world.accept(account, { what: "message", id, to: person.key, kind: type, reply_to: body.context?.message_id, key: body.biz_opaque_callback_data, ...part.entry, template: part.template && { name: part.template.name, language: part.template.language } }, call);
    account.messages.set(id, { line, person, opaque: body.biz_opaque_callback_data });
    const late = account.failure("messages");
    const trouble = late ? statusError(Number(late.error), late.details) : closed ? statusError(131047, "Message failed to send because more than 24 hours have passed since the customer last replied to this number.") : person.unreachable ? statusError(131026, "Message Undeliverable.") : part.trouble;
    if (account.knobs.statusFirst) await flow(account, line, trouble, true);
    else flow(account, line, trouble).catch((error) => world.trouble(error));
    return json(200, {
      messaging_product: "whatsapp",
      contacts: [{ input, ...(person.hidden ? { user_id: person.user_id } : { wa_id: person.wa_id }) }],
      messages: [{ id, ...(type === "template" && { message_status: "accepted" }) }],
    });
  }

  function recipient(account, body) {
    if (body.recipient_type !== undefined && !["individual", "group"].includes(body.recipient_type)) throw graphError(100, { details: "Param recipient_type must be one of {INDIVIDUAL, GROUP}" });
    if (body.recipient) {
      const person = [...account.people.values()].find((one) => one.user_id === body.recipient);
      if (!person) throw graphError(131026, { details: "There is no user with this business-scoped id." });
      return { person, input: body.recipient };
    }
    if (body.to === undefined || body.to === "") throw graphError(131008, { details: "The parameter to is required." });
    const number = digits(body.to);
    if (number.length < 8 || number.length > 15 || /[a-z]/i.test(String(body.to))) throw graphError(131009, { details: "Param to is not a valid phone number" });
    if (number === account.display) throw graphError(131021);
    return { person: find(account, number) ?? meet(account, { from: number }), input: String(body.to) };
  }

  const wamid = (who) => `wamid.${Buffer.from(`HB-${who}-${world.next()}-${world.hex(6)}`).toString("base64")}`;

  function limit(value, most, name) {
    if (typeof value !== "string" || value === "") throw graphError(131008, { details: `The parameter ${name} is required.` });
    if ([...value].length > most) throw graphError(100, { details: `Param ${name} must be at most ${most} characters long.` });
  }

  const media = (kind) => async (account, content) => {
    if (!content.id === !content.link) throw graphError(131009, { details: `Exactly one of ${kind}['id'] and ${kind}['link'] is required.` });
    if (content.caption !== undefined && [...content.caption].length > 1024) throw graphError(100, { details: `Param ${kind}['caption'] must be at most 1024 characters long.` });
    const [types, most] = MEDIA[kind];
    let file;
    let trouble;
    if (content.id) {
      file = world.files.get(String(content.id));
      if (!file || file.owner !== account.waba_id) throw graphError(100, { message: `(#100) Param ${kind}['id'] is not a valid whatsapp business account media attachment ID`, whatsapp: false });
    } else {
      const got = await fetchLink(content.link, most);
      if (got.bytes) file = { ...world.keep(got.bytes, { kind, mime: got.mime, name: content.filename ?? got.name }) };
      else trouble = statusError(got.tooLarge ? 131053 : 131052, `Failed to download the media from ${content.link}: ${got.error}`);
    }
    if (file && types && !types.includes(plain(file.mime))) trouble = statusError(131053, `Unsupported ${kind} mime type ${plain(file.mime)}. Please use one of ${types.join(", ")}.`);
    if (file && file.size > most) trouble = statusError(131053, `The file is larger than ${most} bytes.`);
    if (file && content.voice && (plain(file.mime) !== "audio/ogg" || sniff(file.bytes) !== "audio/ogg")) trouble = statusError(131053, "A voice message must be an ogg file with the opus codec.");
    return { trouble, entry: { kind: content.voice ? "voice" : kind, text: content.caption, media: [file ? { ...glance(file), kind: content.voice ? "voice" : kind, name: content.filename ?? file.name } : { kind, link: content.link }] } };
  };

  const CHECKS = {
    text(_, content) {
      limit(content.body, 4096, "text['body']");
      return { entry: { text: content.body } };
    },
    image: media("image"),
    video: media("video"),
    audio: media("audio"),
    document: media("document"),
    sticker: media("sticker"),
    location(_, content) {
      if (!(Math.abs(Number(content.latitude)) <= 90) || !(Math.abs(Number(content.longitude)) <= 180)) throw graphError(131009, { details: "Param location must have latitude and longitude" });
      return { entry: { location: content } };
    },
    reaction(_, content) {
      if (!/^wamid\./.test(content.message_id ?? "")) throw graphError(131009, { details: "Param reaction['message_id'] is not a valid message id" });
      if (typeof content.emoji !== "string") throw graphError(131008, { details: "The parameter reaction['emoji'] is required." });
      return { entry: { what: "reaction", target: content.message_id, emoji: content.emoji || null } };
    },
    contacts(_, content) {
      if (!Array.isArray(content) || content.length === 0 || content.length > 257) throw graphError(131009, { details: "Param contacts must be a list of 1 to 257" });
      if (content.some((one) => !one.name?.formatted_name)) throw graphError(131008, { details: "The parameter contacts[0]['name']['formatted_name'] is required." });
      return { entry: { contacts: content } };
    },
    interactive(_, content) {
      const action = content.action ?? {};
      limit(content.body?.text, 1024, "interactive['body']['text']");
      if (content.footer) limit(content.footer.text, 60, "interactive['footer']['text']");
      if (content.type === "button") {
        if (!Array.isArray(action.buttons) || action.buttons.length < 1 || action.buttons.length > 3) throw graphError(131009, { details: "Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: 3" });
        for (const one of action.buttons) {
          limit(one.reply?.title, 20, "button title");
          limit(one.reply?.id, 256, "button id");
        }
        if (new Set(action.buttons.map((one) => one.reply.title)).size < action.buttons.length) throw graphError(131009, { details: "Duplicated title" });
        return { entry: { text: content.body.text, buttons: action.buttons.map((one) => one.reply) } };
      }
      if (content.type === "list") {
        const rows = (action.sections ?? []).flatMap((one) => one.rows ?? []);
        limit(action.button, 20, "interactive['action']['button']");
        if (rows.length < 1 || rows.length > 10) throw graphError(131009, { details: "Total row count exceed max allowed count: 10" });
        for (const row of rows) {
          limit(row.title, 24, "row title");
          limit(row.id, 200, "row id");
          if (row.description) limit(row.description, 72, "row description");
        }
        return { entry: { text: content.body.text, buttons: rows } };
      }
      if (!["cta_url", "request_contact_info", "location_request_message", "flow"].includes(content.type)) throw graphError(131009, { details: `interactive type ${content.type} is not valid` });
      return { entry: { text: content.body.text } };
    },
    async template(account, content) {
      const found = checkTemplate(world.wabas.get(account.waba_id).templates, content);
      const files = [];
      let trouble;
      for (const [kind, source] of found.media) {
        const checked = await media(kind)(account, source);
        trouble ??= checked.trouble;
        files.push(...checked.entry.media);
      }
      return { trouble, template: found.template, entry: { text: found.text, media: files.length ? files : undefined } };
    },
  };

  function seen(account, body) {
    if (body.status !== "read") throw graphError(100, { details: "Param status must be one of {READ}" });
    const found = account.messages.get(body.message_id);
    if (!found?.incoming) throw graphError(131009, { details: "The message_id is not one of an incoming message." });
    if (body.typing_indicator !== undefined && body.typing_indicator.type !== "text") throw graphError(131009, { details: "typing_indicator type must be text" });
    world.accept(account, { what: "seen", to: found.person.key, id: body.message_id });
    if (body.typing_indicator) world.accept(account, { what: "typing", to: found.person.key });
    return json(200, { success: true });
  }

  // ---- statuses -------------------------------------------------------------------------------

  async function flow(account, line, trouble, soon = false) {
    if (line.what === "reaction" && !trouble) return;
    if (trouble) return pace(account, soon, () => status(account, line, "failed", trouble));
    if (account.knobs.status !== "auto") return;
    const [first, ...rest] = account.knobs.statusSteps;
    if (soon && first) await status(account, line, first);
    (soon ? rest : account.knobs.statusSteps).forEach((step, at) => world.courier.later((at + 1) * account.knobs.statusMs, () => status(account, line, step)));
  }

  const pace = (account, soon, act) => (soon ? act() : world.courier.later(account.knobs.statusMs, act));

  async function status(account, line, state, error) {
    const { person, opaque } = account.messages.get(line.id);
    const value = {
      id: line.id, status: state, timestamp: String(Math.floor(Date.now() / 1000)), ...(!person.hidden && { recipient_id: person.wa_id }), recipient_user_id: person.user_id, ...(opaque && { biz_opaque_callback_data: opaque }),
      ...(state === "failed" ? { errors: [error] } : { pricing: { billable: false, pricing_model: "PMP", category: "service", type: "free_customer_service" } }),
    };
    world.amend(line, { status: state, ...(error && { error: { code: error.code, message: error.title } }) });
    return deliver(account, [{ account, value: { ...(state !== "failed" && { contacts: [card(person)] }), statuses: [value] }, field: "messages" }], "status", [line.id]);
  }

  /** A status sent by hand. */
  function byHand(account, id, state, error) {
    const found = account.messages.get(id);
    if (!found?.line) throw new Refusal(404, { error: "no such message" });
    return status(account, found.line, state, error && statusError(Number(error)));
  }

  // ---- the phone's side -----------------------------------------------------------------------

  const find = (account, number) => [...account.people.values()].find((one) => one.wa_id && bare(one.wa_id) === bare(number));

  function meet(account, speech) {
    const from = String(speech.from ?? "12025550143");
    const number = digits(from);
    const scoped = /^[A-Z]{2}\./.test(from);
    const known = account.people.get(from) ?? (scoped ? [...account.people.values()].find((one) => one.user_id === from) : find(account, number));
    const person = known ?? { key: scoped ? from : number, wa_id: scoped ? undefined : number, user_id: scoped ? from : `US.9${number.padStart(19, "0")}`, hidden: scoped };
    // A null name is a profile without one, which WhatsApp may send.
    if (speech.name !== undefined) person.name = speech.name ?? undefined;
    else if (!known) person.name = "Ana Exemplo";
    if (speech.username !== undefined) person.username = speech.username;
    if (speech.hidden !== undefined) person.hidden = Boolean(speech.hidden);
    account.people.set(person.key, person);
    return person;
  }

  const card = (person) => ({ profile: { ...(person.name && { name: person.name }), ...(person.username && { username: person.username }) }, ...(!person.hidden && { wa_id: person.wa_id }), user_id: person.user_id });

  /** One call to the webhook; entries of several numbers travel together as Meta batches them. */
  function deliver(account, changes, what, ids) {
    const entries = new Map();
    for (const change of changes) {
      const owner = change.account;
      const value = { messaging_product: "whatsapp", metadata: { display_phone_number: owner.display, phone_number_id: owner.key }, ...change.value };
      const entry = entries.get(owner.waba_id) ?? { id: owner.waba_id, changes: [] };
      entry.changes.push({ value, field: change.field });
      entries.set(owner.waba_id, entry);
    }
    return graphHost.post(account, { url: () => hook(account), what, ids, envelope: { object: "whatsapp_business_account", entry: [...entries.values()] } });
  }

  /** What several people do travels as one call; one person alone is a batch of one. */
  function say(account, speeches) {
    const changes = [];
    const ids = [];
    for (const speech of speeches) {
      const owner = speech.account ? world.account("whatsapp", speech.account) : account;
      const person = meet(owner, speech);
      const made = speak(owner, person, speech);
      for (const one of made) {
        const id = one.message.id;
        ids.push(id);
        owner.messages.set(id, { incoming: true, person });
        world.accept(owner, { direction: "in", what: one.entry.what ?? "message", id, from: person.key, name: person.name, ...one.entry });
        const field = one.field ?? "messages";
        const last = changes.at(-1);
        if (field === "messages" && last?.account === owner && last.field === "messages") {
          if (!last.value.contacts.some((other) => other.user_id === person.user_id)) last.value.contacts.unshift(card(person));
          last.value.messages.push(one.message);
        } else {
          changes.push({ account: owner, field, value: field === "messages" ? { contacts: [card(person)], messages: [one.message] } : { message_echoes: [one.message] } });
        }
      }
    }
    return { ids, deliveries: [deliver(account, changes, "messages", ids)] };
  }

  function speak(account, person, speech) {
    const base = () => ({ ...(!person.hidden && { from: person.wa_id }), from_user_id: person.user_id, id: wamid(person.key), timestamp: String(Math.floor(Date.now() / 1000)) });
    const context = {
      ...(speech.reply_to && { from: account.display, id: speech.reply_to }),
      ...(speech.forwarded && { forwarded: true }),
    };
    const make = (type, content, entry) => ({
      message: { ...base(), type, [type]: content, ...(Object.keys(context).length && { context }), ...(speech.referral && { referral: speech.referral }) },
      entry: { kind: type, reply_to: speech.reply_to, ...entry },
    });
    if (speech.echo !== undefined) {
      const { from, from_user_id, ...rest } = base();
      return [{ field: "smb_message_echoes", message: { from: account.display, to: person.wa_id, ...rest, type: "text", text: { body: speech.echo } }, entry: { what: "echo", kind: "text", text: speech.echo, direction: "out", to: person.key } }];
    }
    if (speech.edit) return [make("edit", { original_message_id: speech.edit.target, message: { type: "text", text: { body: speech.edit.text } } }, { what: "edit", target: speech.edit.target, text: speech.edit.text })];
    if (speech.delete) return [make("revoke", { original_message_id: speech.delete.target }, { what: "delete", target: speech.delete.target })];
    person.lastIn = Date.now();
    if (speech.reaction) return [make("reaction", { message_id: speech.reaction.target, ...(speech.reaction.emoji && { emoji: speech.reaction.emoji }) }, { what: "reaction", target: speech.reaction.target, emoji: speech.reaction.emoji ?? null })];
    if (speech.button) {
      const { title, payload = title, target } = speech.button;
      if (target) Object.assign(context, { from: account.display, id: target });
      if (account.messages.get(target)?.line?.template) return [make("button", { payload, text: title }, { text: title, payload })];
      const type = speech.button.list ? "list_reply" : "button_reply";
      return [make("interactive", { type, [type]: { id: payload, title } }, { text: title, payload })];
    }
    if (speech.unsupported) return [{ message: { ...base(), type: "unsupported", unsupported: { type: "poll_creation" }, errors: [{ code: 131051, title: "Message type unknown", message: "Message type unknown", error_data: { details: "Message type is currently not supported." } }] }, entry: { kind: "unsupported" } }];
    if (speech.location) return [make("location", { ...speech.location }, { location: speech.location })];
    if (speech.contact) {
      const { name, phone } = speech.contact;
      return [make("contacts", [{ name: { formatted_name: name, first_name: name.split(" ")[0] }, phones: [{ phone, wa_id: digits(phone), type: "CELL" }] }], { contacts: [speech.contact] })];
    }
    const medias = speech.medias ?? (speech.media ? [speech.media] : []);
    if (medias.length === 0) return [make("text", { body: String(speech.text ?? "") }, { text: speech.text })];
    return medias.map((wish, at) => {
      const file = shelve(fileOf(wish), account);
      const kind = file.kind === "voice" ? "audio" : file.kind;
      const caption = at === 0 && speech.text && kind !== "audio" && kind !== "sticker" ? speech.text : undefined;
      const about = { ...(caption && { caption }), mime_type: file.mime, sha256: Buffer.from(file.sha256, "hex").toString("base64"), id: file.id, url: cdn(file), ...(kind === "document" && { filename: file.name }), ...(kind === "audio" && { voice: file.kind === "voice" }), ...(kind === "sticker" && { animated: false }) };
      return make(kind, about, { kind: file.kind, text: caption, media: [glance(file)] });
    });
  }

  return provider;
}

