// The Telegram Bot API (10.x) and the phones of those who write to a bot, in private chats.
// Groups, payments, games and inline queries are not played.
import { json, Refusal, bytes, text } from "../kernel/http.mjs";
import { Account, glance } from "../kernel/world.mjs";
import { fetchLink, fileOf, imageSize, loopback, plain, sniff } from "../kernel/files.mjs";
import { readMarkup, Unparsable } from "./telegram-markup.mjs";

const TOKEN = /^\d{6,12}:[A-Za-z0-9_-]{35}$/;
const MB = 1024 * 1024;
const QUIET = ["chat_member", "message_reaction", "message_reaction_count"];
const KINDS = {
  sendPhoto: ["photo", "image"], sendVideo: ["video", "video"], sendVoice: ["voice", "voice"], sendAudio: ["audio", "audio"],
  sendDocument: ["document", "document"], sendAnimation: ["animation", "video"], sendVideoNote: ["video_note", "video"], sendSticker: ["sticker", "sticker"],
};
const FOLDERS = { photo: ["photos", "AgACAgQ"], video: ["videos", "BAACAgQ"], voice: ["voice", "AwACAgQ"], audio: ["music", "CQACAgQ"], document: ["documents", "BQACAgQ"], animation: ["animations", "CgACAgQ"], video_note: ["video_notes", "DQACAgQ"], sticker: ["stickers", "CAACAgI"] };
const ACTIONS = ["typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document", "choose_sticker", "find_location", "record_video_note", "upload_video_note"];
/** The reactions a bot may set without being premium; the ones people use. */
const REACTIONS = [..."👍👎🔥🥰👏😁🤔🤯😱🤬😢🎉🤩🤮💩🙏👌🤡🥱🥴😍🐳🌚🌭💯🤣💔🤨😐🍓🍾💋🖕😈😴😭🤓👻👀🎃🙈😇😨🤝🤗🫡🎅🎄💅🤪🗿🆒💘🙉🦄😘💊🙊😎👾😡", "❤", "❤️", "❤‍🔥", "⚡", "🕊", "☃", "✍", "🏆", "👨‍💻"];

const no = (code, description, parameters) => new Refusal(code, { ok: false, error_code: code, description, ...(parameters && { parameters }) });
const bad = (what) => no(400, `Bad Request: ${what}`);
const tooMany = (seconds) => no(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds });
const now = () => Math.floor(Date.now() / 1000);

/** Failures that can be asked for by name, beside any `{ status, text }`. */
const FAILURES = {
  unauthorized: () => no(401, "Unauthorized"),
  blocked: () => no(403, "Forbidden: bot was blocked by the user"),
  deactivated: () => no(403, "Forbidden: user is deactivated"),
  cannot_initiate: () => no(403, "Forbidden: bot can't initiate conversation with a user"),
  chat_not_found: () => bad("chat not found"),
  too_many: (ask) => tooMany(ask.retry_after ?? 14),
  internal: () => no(500, "Internal Server Error"),
  bad_gateway: () => new Refusal(502, "<html><body>502 Bad Gateway</body></html>", { "content-type": "text/html" }),
  migrate: () => no(400, "Bad Request: group chat was upgraded to a supergroup chat", { migrate_to_chat_id: -1001234567890 }),
};

export function telegram(world) {
  const provider = { channel: "telegram", hosts: { telegram: handle }, open, say, sandbox, can: ["location", "contact", "unsupported", "start", "entities", "language", "quote", "forwarded", "reply_to", "reaction", "edit", "button", "block"], failures: Object.keys(FAILURES) };

  function sandbox() {
    open({ token: "700000001:SANDBOX_telegram_bot_token_00000001", username: "recado_sandbox_bot", first_name: "Loja de teste" });
  }

  function open({ token, username, first_name, webhook, secret_token, ...rest }) {
    if (!TOKEN.test(token ?? "")) throw new Refusal(400, { error: "token must look like 123456789:<35 characters>" });
    const key = token.split(":")[0];
    const account =
      world.account("telegram", key) ??
      world.add(new Account(world, "telegram", key, { token, username: username ?? `bot_${key}`, name: "Bot", updates: [], lastUpdate: 700_000_000, chats: new Map() }));
    account.patienceMs = 60_000;
    Object.assign(account, { token, ...(first_name && { name: first_name }), ...(username && { username }) }, rest);
    if (webhook !== undefined) account.webhook = webhook && { url: webhook, secret_token, allowed_updates: [], max_connections: 40 };
    return account;
  }

  // ---- the bot's side -------------------------------------------------------------------------

  async function handle(call) {
    // Some clients escape the colon of the token.
    const path = call.path.includes("%") ? decodeURIComponent(call.path) : call.path;
    const file = /^\/file\/bot([^/]+)\/(.+)$/.exec(path);
    if (file) return download(owner(file[1]), file[2]);
    const found = /^\/bot([^/]+)\/([A-Za-z]+)\/?$/.exec(path);
    if (!found) throw no(404, "Not Found");
    const account = owner(found[1]);
    const params = unfold(call.params());
    const method = Object.keys(METHODS).find((name) => name.toLowerCase() === found[2].toLowerCase());
    if (!method) throw no(404, "Not Found: method not found");
    const asked = account.failure(method, method.startsWith("send") && method !== "sendChatAction");
    if (asked) throw failure(asked);
    const result = await METHODS[method](account, params, call);
    const description = { setWebhook: "Webhook was set", deleteWebhook: "Webhook was deleted" }[method];
    return json(200, { ok: true, result, ...(description && { description }) });
  }

  function failure(asked) {
    if (FAILURES[asked.error]) return FAILURES[asked.error](asked);
    return no(asked.status ?? 400, asked.text ?? `Bad Request: ${asked.error ?? "asked for"}`, asked.retry_after && { retry_after: asked.retry_after });
  }

  function owner(token) {
    if (!TOKEN.test(token)) throw no(404, "Not Found");
    const account = world.account("telegram", token.split(":")[0]);
    if (!account || account.token !== token || account.knobs.revoked) throw no(401, "Unauthorized");
    return account;
  }

  /** Nested objects are JSON strings when they came in a form or a query. */
  function unfold(params) {
    for (const name of ["reply_parameters", "reply_markup", "entities", "caption_entities", "media", "reaction", "allowed_updates", "link_preview_options", "message_ids"]) {
      if (typeof params[name] !== "string") continue;
      try {
        params[name] = JSON.parse(params[name]);
      } catch {
        throw bad(`can't parse ${name} JSON object`);
      }
    }
    return params;
  }

  /** The chat a call is about, if the bot may write to it. */
  function chatOf(account, params, writes = true) {
    const id = String(params.chat_id ?? "");
    if (!id) throw bad("chat_id is empty");
    const person = account.people.get(id);
    if (!person) throw bad("chat not found");
    if (!person.started) throw no(403, "Forbidden: bot can't initiate conversation with a user");
    if (person.blocked) throw no(403, "Forbidden: bot was blocked by the user");
    if (person.gone) throw no(403, "Forbidden: user is deactivated");
    if (writes && !account.room(`chat ${id}`, 20, 1)) throw tooMany(3);
    if (writes && !account.room("all", 30, 30)) throw tooMany(1);
    return person;
  }

  const bot = (account) => ({ id: Number(account.key), is_bot: true, first_name: account.name, username: account.username });

  function reply(account, person, params) {
    const wish = params.reply_parameters ?? (params.reply_to_message_id && { message_id: params.reply_to_message_id, allow_sending_without_reply: params.allow_sending_without_reply });
    if (!wish) return {};
    const target = person.messages.get(Number(wish.message_id));
    if (target) return { reply_to_message: { ...target, reply_to_message: undefined } };
    if (wish.allow_sending_without_reply === true || wish.allow_sending_without_reply === "true") return {};
    throw bad("message to be replied not found");
  }

  function words(params, field, limit) {
    const source = String(params[field] ?? "");
    let read;
    try {
      read = params[field === "text" ? "entities" : "caption_entities"] && !params.parse_mode
        ? { text: source, entities: params[field === "text" ? "entities" : "caption_entities"] }
        : readMarkup(source, params.parse_mode);
    } catch (error) {
      if (error instanceof Unparsable) throw bad(error.message === "unsupported parse_mode" ? error.message : `can't parse entities: ${error.message}`);
      throw error;
    }
    if (field === "text" && read.text.trim() === "") throw bad("message text is empty");
    if ([...read.text].length > limit) throw bad(field === "text" ? "message is too long" : "message caption is too long");
    return { [field]: read.text, ...(read.entities.length && { [field === "text" ? "entities" : "caption_entities"]: read.entities }) };
  }

  function buttons(params) {
    for (const row of params.reply_markup?.inline_keyboard ?? []) {
      for (const one of row) {
        if (!one.text) throw bad("inline keyboard button text is empty");
        if (one.callback_data !== undefined && Buffer.byteLength(one.callback_data) > 64) throw bad("BUTTON_DATA_INVALID");
      }
    }
    return params.reply_markup?.inline_keyboard ? { reply_markup: { inline_keyboard: params.reply_markup.inline_keyboard } } : {};
  }

  /** Puts a finished message into the chat and the log. */
  function post(account, person, content, entry, call) {
    const message = { message_id: ++person.lastMessage, from: bot(account), chat: chat(person), date: now(), ...content };
    person.messages.set(message.message_id, message);
    world.accept(account, {
      what: "message", id: `${person.id}:${message.message_id}`, to: String(person.id), reply_to: message.reply_to_message && `${person.id}:${message.reply_to_message.message_id}`,
      entities: message.entities ?? message.caption_entities, buttons: message.reply_markup?.inline_keyboard, ...entry,
    }, call);
    return message;
  }

  /** The file of a send: uploaded, named by `attach://`, an earlier file_id, or a link Telegram fetches. */
  async function fileFor(account, field, kind, value, params) {
    const missing = () => bad(`there is no ${field.replace("_", " ")} in the request`);
    if (value === undefined || value === "") throw missing();
    if (typeof value === "string" && value.startsWith("attach://")) value = params[value.slice(9)];
    if (value?.bytes) return check(account, field, kind, value.bytes, value.type, value.filename, "upload");
    if (typeof value !== "string") throw missing();
    if (/^https?:\/\//.test(value)) {
      const got = await fetchLink(value, field === "photo" ? 5 * MB : 20 * MB);
      if (!got.bytes) throw bad("failed to get HTTP URL content");
      if (field === "photo" && !plain(got.mime).startsWith("image/")) throw bad("wrong type of the web page content");
      return check(account, field, kind, got.bytes, got.mime, got.name, "link");
    }
    const known = world.files.get(value);
    if (!known || known.owner !== account.key) throw bad("wrong remote file identifier specified: Wrong padding in the string");
    return known;
  }

  function check(account, field, kind, body, type, name, how) {
    if (body.length === 0) throw bad("file must be non-empty");
    if (field === "photo") {
      if (body.length > 10 * MB) throw how === "upload" ? no(413, "Request Entity Too Large") : bad("file is too big");
      const size = imageSize(body);
      if (!size) throw bad("IMAGE_PROCESS_FAILED");
      if (size.width + size.height > 10_000 || Math.max(size.width / size.height, size.height / size.width) > 20) throw bad("PHOTO_INVALID_DIMENSIONS");
    } else if (body.length > 50 * MB) {
      throw no(413, "Request Entity Too Large");
    }
    const mime = plain(type && plain(type) !== "application/octet-stream" ? type : sniff(body));
    return shelve(account, field, { kind, bytes: body, mime, name: name ?? "file" });
  }

  function shelve(account, field, { kind, bytes: body, mime, name, broken }) {
    const [folder, prefix] = FOLDERS[field];
    const number = world.next();
    const id = `${prefix}AAxkBAAI${Buffer.from(`${account.key}-${number}`).toString("base64url")}`;
    const end = /\.[A-Za-z0-9]{1,5}$/.exec(name ?? "")?.[0] ?? "";
    return world.keep(body, { id, kind, mime, name, broken, owner: account.key, unique: `AQAD${Buffer.from(String(number)).toString("base64url")}`, path: `${folder}/file_${number}${end}` });
  }

  const shape = (field, file) => {
    const base = { file_id: file.id, file_unique_id: file.unique, file_size: file.size };
    const size = imageSize(file.bytes) ?? { width: 640, height: 480 };
    if (field === "photo") return [{ ...base, width: Math.ceil(size.width / 8), height: Math.ceil(size.height / 8), file_size: Math.ceil(file.size / 10), file_id: `${file.id}s` }, { ...base, ...size }];
    const named = { file_name: file.name, mime_type: plain(file.mime) };
    if (field === "voice") return { ...base, duration: 2, mime_type: plain(file.mime) };
    if (field === "audio") return { ...base, duration: 2, ...named };
    if (field === "video" || field === "animation") return { ...base, duration: 2, width: 320, height: 240, ...named };
    if (field === "video_note") return { ...base, duration: 2, length: 240 };
    if (field === "sticker") return { ...base, type: "regular", width: 512, height: 512, is_animated: false, is_video: false, emoji: "🙂", set_name: "Exemplo" };
    return { ...base, ...named };
  };

  async function sendFile(method, account, params, call) {
    const [field, kind] = KINDS[method];
    const person = chatOf(account, params);
    const caption = field === "sticker" || field === "video_note" ? {} : params.caption ? words(params, "caption", 1024) : {};
    const answer = reply(account, person, params);
    const file = await fileFor(account, field, kind, params[field], params);
    const heard = field === "voice" && !["audio/ogg", "audio/mpeg", "audio/mp4", "audio/x-m4a"].includes(plain(file.mime));
    // Telegram shows what is no voice recording as a file of its own.
    const shown = heard ? "document" : field;
    const content = { [shown]: shape(shown, file), ...(field === "animation" && { document: shape("document", file) }), ...caption, ...answer, ...buttons(params) };
    return post(account, person, content, { kind: heard ? "document" : kind, text: caption.caption, media: [glance(file)] }, call);
  }

  async function sendAlbum(account, params, call) {
    const person = chatOf(account, params);
    const list = params.media;
    if (!Array.isArray(list) || list.length < 2 || list.length > 10) throw bad("media group must contain 2-10 items");
    const types = new Set(list.map((one) => one.type));
    if (types.size > 1 && (types.has("document") || types.has("audio"))) throw bad("documents and audio files can't be mixed with other media types");
    const answer = reply(account, person, params);
    const ready = [];
    for (const one of list) {
      if (!["photo", "video", "document", "audio"].includes(one.type)) throw bad("can't use the media type in the album");
      ready.push({ one, caption: one.caption ? words({ ...one }, "caption", 1024) : {}, file: await fileFor(account, one.type, one.type === "photo" ? "image" : one.type, one.media, params) });
    }
    const media_group_id = String(13_000_000_000 + world.next());
    return ready.map(({ one, caption, file }) =>
      post(account, person, { media_group_id, [one.type]: shape(one.type, file), ...caption, ...answer }, { kind: file.kind, text: caption.caption, media: [glance(file)], group: media_group_id }, call),
    );
  }

  function setWebhook(account, params) {
    const url = String(params.url ?? "");
    if (!url) {
      account.webhook = undefined;
      return true;
    }
    let address;
    try {
      address = new URL(url);
    } catch {
      throw bad("bad webhook: invalid webhook URL specified");
    }
    const local = loopback(address.hostname);
    if (address.protocol !== "https:" && !local) throw bad("bad webhook: An HTTPS URL must be provided for webhook");
    if (!local && !["", "443", "80", "88", "8443"].includes(address.port)) throw bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443");
    if (params.secret_token !== undefined && !/^[A-Za-z0-9_-]{1,256}$/.test(params.secret_token)) throw bad("secret token contains unallowed characters");
    const most = Number(params.max_connections ?? 40);
    if (!(most >= 1 && most <= 100)) throw bad("max_connections must be between 1 and 100");
    account.connections = most;
    account.webhook = { url, secret_token: params.secret_token, allowed_updates: params.allowed_updates ?? account.webhook?.allowed_updates ?? [], max_connections: most };
    if (params.drop_pending_updates === true || params.drop_pending_updates === "true") account.updates.length = 0;
    world.accept(account, { what: "webhook", url });
    for (const waiting of account.updates.filter((one) => !one.sent)) deliver(account, waiting);
    return true;
  }

  const METHODS = {
    getMe: (account) => ({ ...bot(account), can_join_groups: true, can_read_all_group_messages: false, supports_inline_queries: false, can_connect_to_business: false, has_main_web_app: false }),
    setWebhook,
    deleteWebhook(account, params) {
      account.webhook = undefined;
      if (params.drop_pending_updates === true || params.drop_pending_updates === "true") account.updates.length = 0;
      world.accept(account, { what: "webhook", url: null });
      return true;
    },
    getWebhookInfo: (account) => ({
      url: account.webhook?.url ?? "", has_custom_certificate: false, pending_update_count: account.updates.length, ip_address: account.webhook && "127.0.0.1",
      max_connections: account.webhook?.max_connections, allowed_updates: account.webhook?.allowed_updates, ...account.lastError,
    }),
    getUpdates(account, params) {
      if (account.webhook) throw no(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first");
      if (params.offset > 0) account.updates = account.updates.filter((one) => one.update_id >= Number(params.offset));
      return account.updates.slice(0, Number(params.limit ?? 100)).map((one) => one.update);
    },
    sendMessage(account, params, call) {
      const person = chatOf(account, params);
      const said = words(params, "text", 4096);
      return post(account, person, { ...said, ...reply(account, person, params), ...buttons(params) }, { kind: "text", text: said.text }, call);
    },
    ...Object.fromEntries(Object.keys(KINDS).map((method) => [method, (account, params, call) => sendFile(method, account, params, call)])),
    sendMediaGroup: sendAlbum,
    sendLocation(account, params, call) {
      const person = chatOf(account, params);
      return post(account, person, { location: place(params), ...reply(account, person, params) }, { kind: "location", location: place(params) }, call);
    },
    sendVenue(account, params, call) {
      const person = chatOf(account, params);
      if (!params.title || !params.address) throw bad("venue title and address must be non-empty");
      const venue = { location: place(params), title: params.title, address: params.address };
      return post(account, person, { venue, location: venue.location, ...reply(account, person, params) }, { kind: "location", text: params.title, location: venue.location }, call);
    },
    sendContact(account, params, call) {
      const person = chatOf(account, params);
      if (!params.phone_number || !params.first_name) throw bad("phone number and first name are required");
      const contact = { phone_number: params.phone_number, first_name: params.first_name, last_name: params.last_name };
      return post(account, person, { contact, ...reply(account, person, params) }, { kind: "contacts", contacts: [contact] }, call);
    },
    sendChatAction(account, params) {
      const person = chatOf(account, params, false);
      if (!ACTIONS.includes(params.action)) throw bad("wrong parameter action in request");
      world.accept(account, { what: "typing", to: String(person.id), action: params.action });
      return true;
    },
    setMessageReaction(account, params) {
      const person = chatOf(account, params, false);
      if (!person.messages.has(Number(params.message_id))) throw bad("message to react not found");
      const list = params.reaction ?? [];
      if (list.length > 1) throw bad("REACTIONS_TOO_MANY");
      if (list.some((one) => one.type === "emoji" && !REACTIONS.includes(one.emoji))) throw bad("REACTION_INVALID");
      world.accept(account, { what: "reaction", to: String(person.id), target: `${person.id}:${params.message_id}`, emoji: list[0]?.emoji ?? null });
      return true;
    },
    editMessageText(account, params) {
      const { person, message } = own(account, params, "edit");
      const said = words(params, "text", 4096);
      const markup = buttons(params);
      if (message.text === said.text && JSON.stringify(message.reply_markup) === JSON.stringify(markup.reply_markup)) {
        throw bad("message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message");
      }
      Object.assign(message, said, markup, { edit_date: now() });
      world.accept(account, { what: "edit", to: String(person.id), target: `${person.id}:${message.message_id}`, text: said.text });
      return message;
    },
    editMessageCaption(account, params) {
      const { person, message } = own(account, params, "edit");
      const said = words(params, "caption", 1024);
      Object.assign(message, said, { edit_date: now() });
      world.accept(account, { what: "edit", to: String(person.id), target: `${person.id}:${message.message_id}`, text: said.caption });
      return message;
    },
    editMessageReplyMarkup(account, params) {
      const { message } = own(account, params, "edit");
      return Object.assign(message, { reply_markup: undefined }, buttons(params));
    },
    deleteMessage(account, params) {
      const { person, message } = own(account, params, "delete");
      if (now() - message.date > 48 * 3600) throw bad("message can't be deleted for everyone");
      person.messages.delete(message.message_id);
      world.accept(account, { what: "delete", to: String(person.id), target: `${person.id}:${message.message_id}` });
      return true;
    },
    deleteMessages(account, params) {
      for (const message_id of params.message_ids ?? []) METHODS.deleteMessage(account, { ...params, message_id });
      return true;
    },
    answerCallbackQuery(account, params) {
      const asked = account.callbacks?.get(String(params.callback_query_id));
      if (!asked || Date.now() - asked > 15_000) throw bad("query is too old and response timeout expired or query ID is invalid");
      world.accept(account, { what: "callback", id: String(params.callback_query_id), text: params.text });
      return true;
    },
    getFile(account, params) {
      const asked = String(params.file_id ?? "");
      // A photo's smaller size has the larger one's id and an `s`.
      const file = world.files.get(asked) ?? world.files.get(asked.replace(/s$/, ""));
      if (!file || file.owner !== account.key) throw bad("wrong file_id or the file is temporarily unavailable");
      if (file.size > 20 * MB) throw bad("file is too big");
      return { file_id: file.id, file_unique_id: file.unique, file_size: file.size, file_path: file.path };
    },
    getUserProfilePhotos(account, params) {
      const person = account.people.get(String(params.user_id ?? ""));
      if (!person) throw bad("user not found");
      person.photo ??= shelve(account, "photo", fileOf({ kind: "image" }));
      return { total_count: 1, photos: [shape("photo", person.photo)] };
    },
    getChat(account, params) {
      const person = account.people.get(String(params.chat_id ?? ""));
      if (!person) throw bad("chat not found");
      return { ...chat(person), accent_color_id: 0, max_reaction_count: 11, bio: person.bio };
    },
    setMyCommands: () => true,
    logOut: () => true,
  };

  function own(account, params, verb) {
    const person = chatOf(account, params, false);
    const message = person.messages.get(Number(params.message_id));
    if (!message) throw bad(`message to ${verb} not found`);
    if (verb === "edit" && !message.from.is_bot) throw bad("message can't be edited");
    return { person, message };
  }

  function place(params) {
    const latitude = Number(params.latitude);
    const longitude = Number(params.longitude);
    if (params.latitude === undefined || params.longitude === undefined || !(Math.abs(latitude) <= 90) || !(Math.abs(longitude) <= 180)) throw bad("location must be specified");
    return { latitude, longitude };
  }

  function download(account, path) {
    const file = [...world.files.values()].find((one) => one.path === path && one.owner === account.key);
    if (!file || file.broken) return text(404, JSON.stringify({ ok: false, error_code: 404, description: "Not Found" }), { "content-type": "application/json" });
    return bytes(200, file.bytes, "application/octet-stream", { "content-length": String(file.size) });
  }

  // ---- the phone's side -----------------------------------------------------------------------

  function meet(account, speech) {
    const id = String(speech.from ?? "5000000143");
    const [first, ...last] = String(speech.name ?? account.people.get(id)?.first_name ?? "Ana Exemplo").split(" ");
    const person = account.people.get(id) ?? { id: Number(id), messages: new Map(), lastMessage: 10, started: false };
    if (speech.name !== undefined || !person.first_name) Object.assign(person, { first_name: first, last_name: last.join(" ") || undefined });
    person.username = speech.username ?? person.username;
    person.language_code = speech.language ?? person.language_code ?? "pt-br";
    account.people.set(id, person);
    return person;
  }

  const chat = (person) => ({ id: person.id, first_name: person.first_name, last_name: person.last_name, username: person.username, type: "private" });
  const user = (person) => ({ id: person.id, is_bot: false, first_name: person.first_name, last_name: person.last_name, username: person.username, language_code: person.language_code });

  /** Turns what people do on their phones into updates, one POST each, as Telegram sends them. */
  function say(account, speeches) {
    const made = speeches.flatMap((speech) => {
      const person = meet(account, speech);
      const updates = speak(account, person, speech);
      return updates.map((update) => issue(account, person, update, speech));
    });
    return { ids: made.map((one) => one.id), deliveries: made.map((one) => deliver(account, one)) };
  }

  function issue(account, person, { kind, body, entry }) {
    account.lastUpdate += 1;
    const update = { update_id: account.lastUpdate, [kind]: body };
    const id = entry?.id ?? String(account.lastUpdate);
    world.accept(account, { direction: "in", what: entry?.what ?? kind, id, from: String(person.id), name: [person.first_name, person.last_name].filter(Boolean).join(" "), update_id: account.lastUpdate, ...entry });
    const waiting = { id, update_id: account.lastUpdate, kind, update };
    account.updates.push(waiting);
    return waiting;
  }

  function deliver(account, waiting) {
    const hook = account.webhook;
    const wanted = hook?.allowed_updates?.length ? hook.allowed_updates.includes(waiting.kind) : !QUIET.includes(waiting.kind);
    if (hook && !wanted) {
      account.updates = account.updates.filter((one) => one !== waiting);
      return Promise.resolve({ ok: false, nowhere: true, error: `${waiting.kind} is not in allowed_updates` });
    }
    if (hook) waiting.sent = true;
    return world.courier.send(account, {
      what: waiting.kind,
      ids: [waiting.id],
      make: () =>
        account.webhook && {
          url: account.webhook.url,
          headers: { "content-type": "application/json", ...(account.webhook.secret_token && { "x-telegram-bot-api-secret-token": account.webhook.secret_token }) },
          body: JSON.stringify(waiting.update),
        },
      after: (answer) => {
        account.updates = account.updates.filter((one) => one !== waiting);
        callBack(account, answer).catch((error) => world.trouble(error));
      },
    });
  }

  /** A webhook may answer with a method to call; its result is lost, as with Telegram. */
  async function callBack(account, answer) {
    if (!answer.type.startsWith("application/json")) return;
    let body;
    try {
      body = JSON.parse(answer.text);
    } catch {
      return;
    }
    if (typeof body?.method === "string" && METHODS[body.method]) await METHODS[body.method](account, body);
  }

  function speak(account, person, speech) {
    const messageId = (target) => Number(String(target).split(":").pop());
    const list = [];
    const simple = (kind, body, entry) => list.push({ kind, body, entry });
    if (speech.block !== undefined) {
      person.blocked = Boolean(speech.block);
      const [was, is] = speech.block ? ["member", "kicked"] : ["kicked", "member"];
      const member = { user: bot(account) };
      simple("my_chat_member", { chat: chat(person), from: user(person), date: now(), old_chat_member: { ...member, status: was }, new_chat_member: { ...member, status: is, ...(is === "kicked" && { until_date: 0 }) } }, { what: speech.block ? "blocked" : "unblocked" });
      return list;
    }
    if (speech.reaction) {
      const before = person.reactions?.get(messageId(speech.reaction.target));
      const wrap = (emoji) => (emoji ? [{ type: "emoji", emoji }] : []);
      (person.reactions ??= new Map()).set(messageId(speech.reaction.target), speech.reaction.emoji);
      simple("message_reaction", { chat: chat(person), message_id: messageId(speech.reaction.target), user: user(person), date: now(), old_reaction: wrap(before), new_reaction: wrap(speech.reaction.emoji) }, { what: "reaction", target: speech.reaction.target, emoji: speech.reaction.emoji ?? null });
      return list;
    }
    if (speech.edit) {
      const message = person.messages.get(messageId(speech.edit.target));
      if (!message) throw new Refusal(404, { error: "there is no such message to edit" });
      Object.assign(message, message.text === undefined ? { caption: speech.edit.text } : { text: speech.edit.text }, { edit_date: now() });
      simple("edited_message", { ...message }, { what: "edit", target: speech.edit.target, text: speech.edit.text });
      return list;
    }
    if (speech.button) {
      const id = String(43_825_000_000 + world.next());
      (account.callbacks ??= new Map()).set(id, Date.now());
      const message = person.messages.get(messageId(speech.button.target ?? person.lastMessage));
      simple("callback_query", { id, from: user(person), message, chat_instance: "-123456789", data: speech.button.payload ?? speech.button.title }, { what: "postback", id: `cb:${id}`, text: speech.button.title, payload: speech.button.payload });
      return list;
    }
    person.started = true;
    person.blocked = false;
    person.lastIn = Date.now();
    const medias = speech.medias ?? (speech.media ? [speech.media] : []);
    const media_group_id = medias.length > 1 ? String(13_000_000_000 + world.next()) : undefined;
    const contents = medias.length ? medias.map((media, at) => withFile(account, media, media_group_id, at === 0 ? speech.text : undefined)) : [plainContent(speech)];
    for (const { content, entry } of contents) {
      const message = { message_id: ++person.lastMessage, from: user(person), chat: chat(person), date: now(), ...content };
      if (speech.reply_to) {
        const target = person.messages.get(messageId(speech.reply_to)) ?? { message_id: messageId(speech.reply_to), date: 0, chat: chat(person) };
        message.reply_to_message = { ...target, reply_to_message: undefined };
        if (speech.quote) message.quote = { text: speech.quote, position: 0 };
      }
      if (speech.forwarded) message.forward_origin = { type: "hidden_user", sender_user_name: "Alguém", date: now() };
      person.messages.set(message.message_id, message);
      simple("message", message, { what: "message", id: `${person.id}:${message.message_id}`, reply_to: speech.reply_to, ...entry });
    }
    return list;
  }

  function withFile(account, media, media_group_id, caption) {
    const field = { image: "photo", video: "video", audio: "audio", voice: "voice", document: "document", sticker: "sticker", animation: "animation", video_note: "video_note" }[media.kind ?? "image"] ?? "document";
    const file = shelve(account, field, fileOf({ ...media, kind: { animation: "video", video_note: "video" }[media.kind] ?? media.kind }));
    const content = { ...(media_group_id && { media_group_id }), [field]: shape(field, file), ...(field === "animation" && { document: shape("document", file) }) };
    if (caption && field !== "sticker") content.caption = caption;
    return { content, entry: { kind: file.kind, text: content.caption, media: [glance(file)] } };
  }

  function plainContent(speech) {
    if (speech.location) {
      const { latitude, longitude, name, address } = speech.location;
      const location = { latitude, longitude };
      return { content: name ? { venue: { location, title: name, address: address ?? "" }, location } : { location }, entry: { kind: "location", location: speech.location } };
    }
    if (speech.contact) {
      const [first_name, ...rest] = speech.contact.name.split(" ");
      return { content: { contact: { phone_number: speech.contact.phone, first_name, last_name: rest.join(" ") || undefined } }, entry: { kind: "contacts", contacts: [speech.contact] } };
    }
    if (speech.unsupported) return { content: { dice: { emoji: "🎲", value: 4 } }, entry: { kind: "unsupported" } };
    if (speech.start !== undefined) {
      const said = `/start${speech.start ? ` ${speech.start}` : ""}`;
      return { content: { text: said, entities: [{ type: "bot_command", offset: 0, length: 6 }] }, entry: { kind: "text", text: said } };
    }
    const said = String(speech.text ?? "");
    const entities = speech.entities ?? [...said.matchAll(/https?:\/\/\S+/g)].map((found) => ({ type: "url", offset: found.index, length: found[0].length }));
    return { content: { text: said, ...(entities.length && { entities }) }, entry: { kind: "text", text: said } };
  }

  return provider;
}

