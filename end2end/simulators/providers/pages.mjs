// Messenger and Instagram messaging: pages and professional accounts, their Send API, windows, echoes, receipts, and the phones.
// Comments, feeds and hand-over between apps are not played.
import { json, Refusal } from "../kernel/http.mjs";
import { Account, glance } from "../kernel/world.mjs";
import { fetchLink, fileOf, kindOf, plain } from "../kernel/files.mjs";
import { graphError, pick } from "./meta.mjs";

const MB = 1024 * 1024;
const RETIRED = ["ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE"];
const REACTIONS = { love: "❤️", like: "👍", laugh: "😂", wow: "😮", sad: "😢", angry: "😠", smile: "😆" };
const FIELD_OF = { message: "messages", echo: "message_echoes", delivery: "message_deliveries", read: "message_reads", reaction: "message_reactions", message_edit: "message_edits", postback: "messaging_postbacks", referral: "messaging_referrals" };
const INSTAGRAM_FIELD_OF = { message: "messages", echo: "messages", read: "messaging_seen", reaction: "message_reactions", message_edit: "message_edit", postback: "messaging_postbacks", referral: "messaging_referral" };
const FIELDS = [...Object.values(FIELD_OF), "messaging_optins", "standby", "messaging_handovers", "feed", "message_reads", "messaging_seen", "message_edit", "messaging_referral", "comments", "live_comments", "story_insights", "mentions"];

/** What differs between the two products. */
const KINDS = {
  messenger: {
    object: "page", files: { image: 25, video: 25, audio: 25, file: 25 }, imageByLink: 8, types: null,
    tooLong: (text) => ([...text].length > 2000 ? "(#100) Length of param message[text] must be less than or equal to 2000" : undefined), closed: 2018278, nobody: 2018001,
  },
  instagram: {
    object: "instagram", files: { image: 8, video: 25, audio: 25, file: 25 }, imageByLink: 8,
    types: { image: ["image/png", "image/jpeg", "image/gif"], video: ["video/mp4", "video/ogg", "video/avi", "video/quicktime", "video/webm"], audio: ["audio/aac", "audio/mp4", "audio/x-m4a", "audio/wav", "audio/mpeg"], file: ["application/pdf"] },
    tooLong: (text) => (Buffer.byteLength(text) > 1000 ? "(#100) Length of param message[text] must be less than or equal to 1000" : undefined), closed: 2534022, nobody: 2534014,
  },
};

const plainError = (code, more = {}) => graphError(code, { whatsapp: false, ...more });

export function pages(world, graphHost) {
  const messenger = provider("messenger");
  const instagram = provider("instagram");
  graphHost.register({ graph, byToken: (token) => [...world.of("messenger"), ...world.of("instagram")].find((one) => one.token === token) });

  function provider(channel) {
    return {
      channel, hosts: {}, say, status: byHand,
      can: ["unsupported", "referral", "reply_to", "reaction", "edit", "button", "echo", "read", ...(channel === "instagram" ? ["delete", "share", "story_mention", "story_reply"] : [])],
      failures: ["any Graph code with an optional subcode, e.g. 10/2018278, 190, 551/1545041, 100/2018047"],
      open: (about) => open(channel, about),
      sandbox: () =>
        channel === "messenger"
          ? open("messenger", { page_id: "610000000000001", name: "Loja de teste", token: "EAASANDBOXpage0000000000000000000000001" })
          : open("instagram", { ig_user_id: "17841400000000001", name: "Loja de teste", username: "loja_de_teste", token: "IGSANDBOXtoken000000000000000000000001", login: "instagram" }),
    };
  }

  function open(channel, { page_id, ig_user_id, name, username, token, webhook, login, ...rest }) {
    const key = String((channel === "messenger" ? page_id : ig_user_id) ?? 600_000_000_000_000 + world.next());
    const account =
      world.account(channel, key) ??
      world.add(new Account(world, channel, key, { name: "Loja", username: "loja", fields: [], token: `${channel === "messenger" ? "EAA" : "IG"}${world.hex(20)}`, app_scoped_id: String(24_000_000_000_000 + world.next()), login: "instagram", human_agent: true, uploads: new Map() }));
    account.patienceMs = 20_000;
    Object.assign(account, { ...(name && { name }), ...(username && { username }), ...(token && { token }), ...(login && { login }) }, rest);
    if (channel === "instagram" && page_id) account.page_id = String(page_id);
    if (webhook !== undefined) {
      account.override = webhook || undefined;
      account.fields = webhook ? [...new Set(Object.values(channel === "messenger" ? FIELD_OF : INSTAGRAM_FIELD_OF))] : [];
    }
    return account;
  }

  const address = (account) => account.override ?? graphHost.address(KINDS[account.channel].object);

  /** Instagram's own log-in may be signed with the Instagram app's secret; `sign: "instagram"` on the account does it. */
  const secretOf = (account) => (account.sign === "instagram" ? world.meta.instagram_app_secret : world.meta.app_secret);

  /** The Instagram account behind a page, for those that logged in with Facebook: the page's token speaks for both. */
  const linked = (account) => (account?.channel === "messenger" ? world.of("instagram").find((one) => one.page_id === account.key) : undefined);

  // ---- Graph ----------------------------------------------------------------------------------

  async function graph({ call, segments: [id, edge, more], params, owner, host }) {
    if (id === "me" && edge === "accounts" && host === "graph") return listPages(owner, params);
    if (id === "me" && !edge && owner.login && host === "graph") return json(200, pick({ id: owner.login.id, name: owner.login.name }, params.fields));
    const account = subject(id, owner, host);
    if (account) return onAccount(call, account, edge, params, owner, host, more);
    if (owner.account && !edge && call.method === "GET") return profile(owner.account, id, params) ?? (linked(owner.account) && profile(linked(owner.account), id, params));
    return undefined;
  }

  /** The account a path names, if the token speaks for it. */
  function subject(id, owner, host) {
    const mine = owner.account;
    const names = (one) => id === one.key || id === "me" || (one.channel === "instagram" && (id === one.page_id || id === one.app_scoped_id));
    if (mine && ["messenger", "instagram"].includes(mine.channel) && names(mine)) {
      if (host === "instagram" && !(mine.channel === "instagram" && mine.login === "instagram")) throw plainError(190);
      return mine;
    }
    const other = world.account("messenger", id) ?? world.account("instagram", id);
    if (other && other === linked(mine)) return other;
    if (other && !owner.app) throw plainError(200, { message: "(#200) Requires a token of the page or account itself" });
    return other;
  }

  function listPages(owner, params) {
    if (!owner.login) throw plainError(102);
    const data = world.of("messenger").map((page) => {
      const instagram = linked(page);
      return pick({ id: page.key, name: page.name, access_token: page.token, category: "Loja", tasks: ["MESSAGING", "MODERATE", "MANAGE"], instagram_business_account: instagram && { id: instagram.key } }, params.fields ?? "id,name,access_token,category,tasks");
    });
    return json(200, { data, paging: { cursors: { before: "QVFI", after: "QVFI" } } });
  }

  async function onAccount(call, account, edge, params, owner, host, more) {
    // One address sends for both products: who is written to decides.
    const theirs = linked(account)?.people.has(String(params.recipient?.id)) || params.platform === "instagram" ? linked(account) : undefined;
    if (edge === "messages" && call.method === "POST") return send(call, theirs ?? account, params);
    if (edge === "message_attachments" && call.method === "POST") return attach(theirs ?? account, params);
    if (edge === "subscribed_apps") return subscribe(call, account, params, host);
    if (edge === "conversations") return json(200, { data: [...account.people.values()].map((person) => ({ id: `t_${person.id}`, updated_time: new Date(person.lastIn ?? 0).toISOString(), participants: { data: [{ id: person.id, name: person.name }, { id: account.key, name: account.name }] } })) });
    if (edge === "messenger_profile") return json(200, call.method === "GET" ? { data: [] } : { result: "success" });
    if (edge || more) return undefined;
    if (account.channel === "messenger") {
      const instagram = linked(account);
      return json(200, pick({ id: account.key, name: account.name, picture: { data: { url: "https://scontent.example/p.jpg" } }, ...(instagram && { instagram_business_account: { id: instagram.key } }) }, params.fields ?? "name"));
    }
    if (host === "instagram") return json(200, pick({ id: account.app_scoped_id, user_id: account.key, username: account.username, name: account.name, account_type: "BUSINESS", profile_picture_url: "https://scontent.example/p.jpg" }, params.fields ?? "id,username"));
    return json(200, pick({ id: account.key, username: account.username, name: account.name, instagram_business_account: { id: account.key } }, params.fields ?? "username"));
  }

  function subscribe(call, account, params, host) {
    if (call.method === "GET") return json(200, { data: account.fields.length ? [{ id: world.meta.app_id, name: "Recado Sandbox", subscribed_fields: account.fields }] : [] });
    if (call.method === "DELETE") {
      account.fields = [];
      return json(200, { success: true });
    }
    const wanted = (Array.isArray(params.subscribed_fields) ? params.subscribed_fields : String(params.subscribed_fields ?? "").split(",")).map((field) => field.trim()).filter(Boolean);
    if (wanted.length === 0) throw plainError(100, { message: "(#100) The parameter subscribed_fields is required." });
    for (const field of wanted) if (!FIELDS.includes(field)) throw plainError(100, { message: `(#100) Param subscribed_fields[0] must be one of {${[...new Set(FIELDS)].join(", ")}} - got "${field}".` });
    // Through a page any field switches Instagram's delivery on; which events come is the app's subscription.
    account.fields = account.channel === "instagram" && host === "graph" ? [...new Set(Object.values(INSTAGRAM_FIELD_OF))] : wanted;
    const instagram = linked(account);
    if (instagram) instagram.fields = [...new Set(Object.values(INSTAGRAM_FIELD_OF))];
    world.accept(account, { what: "webhook", url: address(account) ?? null, fields: account.fields });
    return json(200, { success: true });
  }

  function profile(account, id, params) {
    const person = account.people.get(id);
    if (!person) return undefined;
    const asked = account.failure("profile");
    if (asked) throw graphHost.refuseByHand({ whatsapp: false, ...asked });
    const [first_name, ...last] = person.name.split(" ");
    person.picture ??= shelve(account, fileOf({ kind: "image" }));
    const profile_pic = cdn(account, person.picture);
    return json(200, account.channel === "messenger"
      ? pick({ id, name: person.name, first_name, last_name: last.join(" "), profile_pic, locale: "pt_BR", timezone: -3 }, params.fields ?? "name,first_name,last_name,profile_pic")
      : pick({ id, name: person.name, username: person.username, profile_pic, follower_count: 120, is_user_follow_business: true, is_business_follow_user: false, is_verified_user: false }, params.fields ?? "name,username,profile_pic"));
  }

  // ---- files ----------------------------------------------------------------------------------

  function shelve(account, file) {
    return world.keep(file.bytes, { id: String(20_000_000_000 + world.next()), kind: file.kind, mime: plain(file.mime), name: file.name, broken: file.broken, hash: world.hex(12), owner: account.key });
  }

  const cdn = (account, file) => `${world.at("lookaside", account.channel === "instagram" ? "/ig_messaging_cdn/" : `/v/t59/${encodeURIComponent(file.name)}`)}?asset_id=${file.id}&ext=${Math.floor(Date.now() / 1000) + 5 * 86_400}&hash=${file.hash}`;

  async function fileFrom(account, attachment, upload) {
    const rules = KINDS[account.channel];
    const type = attachment.type;
    const most = rules.files[type] * MB;
    let file;
    if (upload) {
      file = shelve(account, { kind: kindOf(upload.type), bytes: upload.bytes, mime: upload.type, name: upload.filename });
    } else if (attachment.payload?.attachment_id) {
      file = account.uploads.get(String(attachment.payload.attachment_id));
      if (!file) throw plainError(100, { message: "(#100) Invalid attachment_id", subcode: 2018074 });
      return file;
    } else {
      const got = await fetchLink(attachment.payload?.url, type === "image" ? rules.imageByLink * MB : most, 15_000);
      if (!got.bytes) throw plainError(100, { message: "(#100) Upload attachment failure.", subcode: 2018047, details: undefined });
      file = shelve(account, { kind: kindOf(got.mime), bytes: got.bytes, mime: got.mime, name: got.name });
    }
    if (file.size > most || file.size === 0) throw plainError(100, { message: "(#100) Upload attachment failure: file size", subcode: 2018047 });
    if (rules.types && !rules.types[type].includes(plain(file.mime))) throw plainError(100, { message: `(#100) Upload attachment failure: ${plain(file.mime)} is not a supported ${type} type`, subcode: 2018047 });
    if (!rules.types && type !== "file" && kindOf(file.mime) !== type) throw plainError(100, { message: "(#100) Upload attachment failure: type mismatch", subcode: 2018047 });
    return file;
  }

  async function attach(account, params) {
    const attachment = params.message?.attachment;
    if (!attachment || !KINDS[account.channel].files[attachment.type]) throw plainError(100, { message: "(#100) param message[attachment] must be valid" });
    const file = await fileFrom(account, attachment, params.filedata?.bytes && params.filedata);
    const id = String(1_857_000_000_000_000 + world.next());
    account.uploads.set(id, file);
    return json(200, { attachment_id: id });
  }

  // ---- sending --------------------------------------------------------------------------------

  async function send(call, account, params) {
    const asked = account.failure(params.sender_action === undefined ? "messages" : "actions");
    if (asked) throw graphHost.refuseByHand({ whatsapp: false, ...asked });
    const person = account.people.get(String(params.recipient?.id ?? ""));
    if (!params.recipient) throw plainError(100, { message: "(#100) The parameter recipient is required" });
    if (!person) throw plainError(100, { message: "(#100) No matching user found", subcode: KINDS[account.channel].nobody });
    if (person.unreachable) throw plainError(551, { message: "(#551) This person isn't available right now.", subcode: 1545041 });
    if (params.sender_action !== undefined) return action(account, person, params);
    if (!account.room("all", 300, 300)) throw plainError(613);
    const sent = params.message;
    if (!sent || typeof sent !== "object") throw plainError(100, { message: "(#100) The parameter message is required" });
    if (params.messaging_type !== undefined && !["RESPONSE", "UPDATE", "MESSAGE_TAG"].includes(params.messaging_type)) throw plainError(100, { message: "(#100) Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG}" });
    windowRule(account, person, params);
    const entry = await content(account, sent, params);
    if (params.reply_to !== undefined && !account.messages.has(params.reply_to?.mid)) throw plainError(100, { message: "(#100) Param reply_to[mid] is not a message of this thread" });
    const mid = mint(account);
    const at = Date.now();
    const line = world.accept(account, { what: "message", id: mid, to: person.id, reply_to: params.reply_to?.mid, key: sent.metadata, tag: params.tag, ...entry }, call);
    account.messages.set(mid, { line, person, at });
    if (account.knobs.statusFirst) await echo(account, person, mid, sent, entry, at);
    else echo(account, person, mid, sent, entry, at);
    receipts(account, person, line, at);
    return json(200, { recipient_id: person.id, message_id: mid });
  }

  function windowRule(account, person, params) {
    const hours = account.hoursSince(person);
    const human = params.tag === "HUMAN_AGENT";
    if (params.tag !== undefined && params.messaging_type !== "MESSAGE_TAG") throw plainError(100, { message: "(#100) Param messaging_type must be MESSAGE_TAG when a tag is given" });
    if (params.messaging_type === "MESSAGE_TAG" && params.tag === undefined) throw plainError(100, { message: "(#100) The parameter tag is required" });
    if (RETIRED.includes(params.tag)) throw plainError(100, { message: "(#100) This message tag has been deprecated.", subcode: 1893061 });
    if (params.tag !== undefined && !human) throw plainError(100, { message: "(#100) Param tag must be one of {HUMAN_AGENT}" });
    if (human && !account.human_agent) throw plainError(10, { status: 400, message: "(#10) Application does not have permission for the Human Agent feature" });
    if (hours <= 24 || (human && hours <= 24 * 7)) return;
    throw plainError(10, { status: 400, message: "(#10) This message is sent outside of allowed window.", subcode: KINDS[account.channel].closed });
  }

  async function content(account, sent, params) {
    const { text, attachment, quick_replies } = sent;
    const rules = KINDS[account.channel];
    const allowed = ["text", "attachment", "attachments", "quick_replies", "metadata", "sticker_id"];
    for (const name of Object.keys(sent)) if (!allowed.includes(name)) throw plainError(100, { message: `(#100) Invalid keys "${name}" were found in param "message".` });
    if (text === undefined && !attachment && !sent.attachments && !sent.sticker_id) throw plainError(100, { message: "(#100) Empty message", subcode: 2018057 });
    if (text !== undefined && attachment) throw plainError(100, { message: "(#100) Only one of text, attachment can be specified in the message" });
    if (quick_replies?.length > 13) throw plainError(100, { message: "(#100) param message[quick_replies] has too many elements" });
    if (quick_replies?.some((one) => one.content_type === "text" && (!one.title || [...one.title].length > 20))) throw plainError(100, { message: "(#100) quick reply title must be 1 to 20 characters" });
    if (text !== undefined) {
      const tooLong = rules.tooLong(text);
      if (text === "") throw plainError(100, { message: "(#100) Empty text", subcode: 2018057 });
      if (tooLong) throw plainError(100, { message: tooLong });
      return { kind: "text", text, buttons: quick_replies };
    }
    if (sent.sticker_id) return { kind: "sticker", text: String(sent.sticker_id) };
    if (attachment.type === "template") return template(attachment.payload ?? {});
    if (account.channel === "instagram" && attachment.type === "like_heart") return { kind: "sticker", text: "❤️" };
    if (account.channel === "instagram" && attachment.type === "MEDIA_SHARE") return { kind: "share", text: attachment.payload?.id };
    if (!rules.files[attachment.type]) throw plainError(100, { message: "(#100) param message[attachment][type] must be one of {audio, file, image, template, video}" });
    if (["audio", "video"].includes(attachment.type) && !account.room("heavy", 10, 10)) throw plainError(613);
    const file = await fileFrom(account, attachment, params.filedata?.bytes && params.filedata);
    return { kind: attachment.type === "file" ? "document" : attachment.type, media: [glance(file)], file };
  }

  function template({ template_type: type, text, buttons, elements }) {
    if (type === "button") {
      if (!text || [...text].length > 640 || !buttons?.length || buttons.length > 3) throw plainError(100, { message: "(#100) Invalid button template", subcode: 2534015 });
      return { kind: "template", text, buttons };
    }
    if (type === "generic") {
      if (!elements?.length || elements.length > 10 || elements.some((one) => !one.title || (one.buttons?.length ?? 0) > 3)) throw plainError(100, { message: "(#100) Invalid generic template", subcode: 2534015 });
      return { kind: "template", text: elements.map((one) => one.title).join("\n"), buttons: elements.flatMap((one) => one.buttons ?? []) };
    }
    if (type === "media" || type === "receipt") return { kind: "template", text: type };
    throw plainError(100, { message: "(#100) Invalid template_type", subcode: 2534015 });
  }

  function action(account, person, params) {
    const what = params.sender_action;
    if (params.message) throw plainError(100, { message: "(#100) sender_action cannot be sent with a message" });
    if (what === "react" || what === "unreact") {
      const target = params.payload?.message_id;
      if (!account.messages.has(target)) throw plainError(100, { message: "(#100) Param payload[message_id] is not a message of this thread" });
      if (what === "react" && !params.payload.reaction) throw plainError(100, { message: "(#100) The parameter payload[reaction] is required" });
      world.accept(account, { what: "reaction", to: person.id, target, emoji: what === "react" ? (REACTIONS[params.payload.reaction] ?? params.payload.reaction) : null });
    } else if (["typing_on", "typing_off", "mark_seen"].includes(what)) {
      world.accept(account, { what: what === "mark_seen" ? "seen" : "typing", to: person.id, action: what });
    } else {
      throw plainError(100, { message: "(#100) Param sender_action must be one of {mark_seen, typing_on, typing_off, react, unreact}" });
    }
    return json(200, { recipient_id: person.id });
  }

  function mint(account) {
    const tail = Buffer.from(`${account.key}:${world.next()}:${world.hex(account.channel === "instagram" ? 48 : 24)}`).toString("base64url");
    return account.channel === "instagram" ? `aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE${tail}ZD` : `m_${tail}`;
  }

  // ---- webhooks -------------------------------------------------------------------------------

  /** Events of the page's threads; only those it subscribed to leave. */
  function deliver(account, events, ids) {
    const fields = account.channel === "messenger" ? FIELD_OF : INSTAGRAM_FIELD_OF;
    const groups = new Map();
    for (const { owner = account, kind, event } of events) {
      if (!owner.fields.includes(fields[kind])) continue;
      groups.set(owner.key, [...(groups.get(owner.key) ?? []), event]);
    }
    if (groups.size === 0) return Promise.resolve({ ok: false, nowhere: true, error: "the page is not subscribed to this" });
    const entry = [...groups].map(([id, messaging]) => ({ time: Date.now(), id, messaging }));
    return graphHost.post(account, { url: () => address(account), what: events[0].kind, ids, envelope: { object: KINDS[account.channel].object, entry }, secret: secretOf(account) });
  }

  const from = (account, person, at, rest) => ({ sender: { id: person.id }, recipient: { id: account.key }, timestamp: at, ...rest });
  const by = (account, person, at, rest) => ({ sender: { id: account.key }, recipient: { id: person.id }, timestamp: at, ...rest });

  function echo(account, person, mid, sent, entry, at, app = true) {
    const message = {
      mid, is_echo: true, ...(account.channel === "messenger" && app && { app_id: Number(world.meta.app_id) }), ...(sent.metadata && { metadata: sent.metadata }), ...(entry.text !== undefined && { text: entry.text }),
      ...(entry.file && { attachments: [{ type: entry.kind === "document" ? "file" : entry.kind, payload: { url: cdn(account, entry.file) } }] }),
    };
    delete entry.file;
    return deliver(account, [{ kind: "echo", event: by(account, person, at, { message }) }], [mid]);
  }

  function receipts(account, person, line, at) {
    if (account.knobs.status !== "auto") return;
    account.knobs.statusSteps.forEach((step, index) => world.courier.later((index + 1) * account.knobs.statusMs, () => receipt(account, person, line, step, at)));
  }

  function receipt(account, person, line, step, at) {
    world.amend(line, { status: step });
    const messenger = account.channel === "messenger";
    if (step === "delivered" && messenger) return deliver(account, [{ kind: "delivery", event: from(account, person, Date.now(), { delivery: { mids: [line.id], watermark: at } }) }], [line.id]);
    if (step === "read") return deliver(account, [{ kind: "read", event: from(account, person, Date.now(), { read: messenger ? { watermark: at } : { mid: line.id } }) }], [line.id]);
    return undefined;
  }

  function byHand(account, id, state) {
    const found = account.messages.get(id);
    if (!found?.line) throw new Refusal(404, { error: "no such message" });
    return receipt(account, found.person, found.line, state, found.at);
  }

  // ---- the phone's side -----------------------------------------------------------------------

  function meet(account, speech) {
    const id = String(speech.from ?? (account.channel === "messenger" ? "7100000000000001" : "1380000000000001"));
    const person = account.people.get(id) ?? { id, name: "Ana Exemplo", username: "ana.exemplo" };
    if (speech.name !== undefined) person.name = speech.name;
    if (speech.username !== undefined) person.username = speech.username;
    account.people.set(id, person);
    return person;
  }

  function say(account, speeches) {
    const events = [];
    const ids = [];
    for (const speech of speeches) {
      const owner = speech.account ? world.account(account.channel, speech.account) : account;
      const person = meet(owner, speech);
      const at = Date.now();
      const { kind, body, entry, mid } = speak(owner, person, speech);
      ids.push(mid);
      const out = kind === "echo";
      world.accept(owner, { direction: out ? "out" : "in", id: mid, name: person.name, ...(out ? { to: person.id } : { from: person.id }), ...entry });
      events.push({ owner, kind, event: (out ? by : from)(owner, person, at, body) });
    }
    return { ids, deliveries: [deliver(account, events, ids)] };
  }

  function speak(account, person, speech) {
    const mid = mint(account);
    if (speech.read) return { kind: "read", mid: speech.read, body: { read: account.channel === "messenger" ? { watermark: Date.now() } : { mid: speech.read } }, entry: { what: "read" } };
    if (speech.edit) return { kind: "message_edit", mid, body: { message_edit: { mid: speech.edit.target, text: speech.edit.text, num_edit: 1 } }, entry: { what: "edit", target: speech.edit.target, text: speech.edit.text } };
    if (speech.reaction) {
      const { target, emoji } = speech.reaction;
      const name = Object.keys(REACTIONS).find((key) => REACTIONS[key].startsWith(emoji)) ?? "other";
      return { kind: "reaction", mid, body: { reaction: { mid: target, action: emoji ? "react" : "unreact", ...(emoji && { reaction: name, emoji }) } }, entry: { what: "reaction", target, emoji: emoji ?? null } };
    }
    if (speech.delete) return { kind: "message", mid: speech.delete.target, body: { message: { mid: speech.delete.target, is_deleted: true } }, entry: { what: "delete", target: speech.delete.target } };
    if (speech.echo !== undefined) {
      account.messages.set(mid, { person, at: Date.now() });
      return { kind: "echo", mid, body: { message: { mid, text: speech.echo, is_echo: true } }, entry: { what: "echo", kind: "text", text: speech.echo } };
    }
    if (speech.button && !speech.button.quick) {
      person.lastIn = Date.now();
      return { kind: "postback", mid, body: { postback: { mid, title: speech.button.title, payload: speech.button.payload ?? speech.button.title } }, entry: { what: "postback", text: speech.button.title, payload: speech.button.payload } };
    }
    person.lastIn = Date.now();
    account.messages.set(mid, { person, at: person.lastIn });
    const { parts, entry } = contents(account, speech);
    const replied = { ...(speech.reply_to && { reply_to: { mid: speech.reply_to } }), ...(speech.story_reply && { reply_to: { story: { id: "18000000000000004", url: cdn(account, shelve(account, fileOf({ kind: "image" }))) } } }) };
    return { kind: "message", mid, body: { message: { mid, ...parts, ...replied, ...(speech.referral && { referral: speech.referral }) } }, entry: { what: "message", reply_to: speech.reply_to, ...entry } };
  }

  function contents(account, speech) {
    if (speech.unsupported) return { parts: account.channel === "instagram" ? { is_unsupported: true } : { attachments: [{ type: "hologram", payload: {} }] }, entry: { kind: "unsupported" } };
    const lone = (type, payload, kind) => ({ parts: { attachments: [{ type, payload }] }, entry: { kind } });
    const picture = () => cdn(account, shelve(account, fileOf({ kind: "image" })));
    if (speech.story_mention) return lone("story_mention", { url: picture() }, "story_mention");
    if (speech.share) return lone("ig_post", { ig_post_media_id: "18100000000000007", title: speech.share === true ? undefined : speech.share, url: picture() }, "share");
    const medias = speech.medias ?? (speech.media ? [speech.media] : []);
    const files = medias.map((wish) => shelve(account, fileOf(wish)));
    const type = { voice: "audio", document: "file" };
    const attachments = files.map((file) => ({ type: type[file.kind] ?? file.kind, payload: { url: cdn(account, file), ...(file.kind === "sticker" && { sticker_id: 767226160478561 }) } }));
    const quick = speech.button?.quick ? { quick_reply: { payload: speech.button.payload ?? speech.button.title } } : {};
    const text = speech.text ?? speech.button?.title;
    return { parts: { ...(text !== undefined && { text }), ...quick, ...(attachments.length && { attachments }) }, entry: { kind: files[0]?.kind ?? (speech.story_reply ? "story_reply" : "text"), text, media: files.length ? files.map(glance) : undefined } };
  }

  return [messenger, instagram];
}
