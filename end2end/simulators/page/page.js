// Draws a phone for each account and speaks for whoever holds it, live by server-sent events.
// It only uses the control API, as any test may.
const NAMES = { telegram: "Telegram", whatsapp: "WhatsApp", messenger: "Messenger", instagram: "Instagram", line: "LINE", twilio: "Twilio", bandwidth: "Bandwidth", x: "X" };
const FIRST = { telegram: "5000000143", whatsapp: "12025550143", messenger: "7100000000000001", instagram: "1380000000000001", line: "Uaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1", twilio: "+12025550143", bandwidth: "+12025550143", x: "2222222222222222222" };
const STATES = { sent: "enviada", delivered: "entregue", read: "lida", failed: "falhou", undelivered: "não entregue", sending: "enviando" };
const NOTES = { typing: "está digitando", seen: "viu as mensagens", webhook: "registrou o endereço", edit: "editou uma mensagem", delete: "apagou uma mensagem", blocked: "bloqueou", unblocked: "desbloqueou", followed: "passou a seguir", reaction: "reagiu" };
const WORDS = { text: "texto", image: "foto", video: "vídeo", audio: "áudio", voice: "voz", document: "documento", sticker: "figurinha", location: "localização", contacts: "contato", unsupported: "tipo desconhecido", template: "modelo" };
const CREDENTIALS = ["token", "secret", "user", "password", "application_id", "waba_id", "display", "username", "user_id", "app_scoped_id", "page_id", "numbers", "tokens", "login"];

const phones = new Map();
const time = new Intl.DateTimeFormat("pt-BR", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const ask = async (path, body) => (await fetch(`/_sim/${path}`, body && { method: "POST", body: JSON.stringify(body) })).json();
const element = (name, text, more = {}) => Object.assign(document.createElement(name), text === undefined ? {} : { textContent: text }, more);

async function draw() {
  const { accounts, failures, can, meta } = await ask("");
  const kept = new Set();
  for (const account of accounts) {
    const key = `${account.channel}/${account.key}`;
    kept.add(key);
    const phone = phones.get(key) ?? open(account, key, failures[account.channel], can);
    describe(phone, account, meta);
  }
  for (const [key, phone] of phones) if (!kept.has(key)) phone.root.remove(), phones.delete(key);
  for (const phone of phones.values()) phone.thread.replaceChildren(), phone.lines.clear();
  for (const line of await ask("log")) show(line);
}

function open(account, key, failures, can) {
  const root = document.getElementById("phone").content.cloneNode(true).firstElementChild;
  const phone = { key, channel: account.channel, root, thread: root.querySelector(".thread"), who: root.querySelector(".who"), say: root.querySelector(".say"), lines: new Map(), quote: undefined };
  phone.who.from.value = FIRST[account.channel];
  phone.who.name.value = "Ana Exemplo";
  phone.who.addEventListener("submit", (event) => event.preventDefault());
  phone.who.addEventListener("change", () => redraw(phone));
  phone.say.text.id = `text-${key.replace("/", "-")}`;
  phone.say.querySelector("label").htmlFor = phone.say.text.id;
  phone.say.addEventListener("submit", (event) => {
    event.preventDefault();
    speak(phone, spoken(phone));
  });
  root.querySelector(".drop").addEventListener("click", () => quote(phone));
  for (const option of [...phone.say.kind.options]) if (["location", "contact", "unsupported"].includes(option.value) && !can[account.channel].includes(option.value)) option.remove();
  const errors = root.querySelector(".errors");
  errors.textContent = failures?.length ? `Erros: ${failures.slice(0, 14).join(", ")}` : "";
  root.querySelector(".knobs form").addEventListener("submit", (event) => {
    event.preventDefault();
    turn(phone, event.target);
  });
  phones.set(key, phone);
  document.getElementById("phones").append(root);
  return phone;
}

function describe(phone, account, meta) {
  phone.root.querySelector("h2").textContent = `${NAMES[account.channel]} · ${account.name}`;
  const hook = phone.root.querySelector(".hook");
  hook.textContent = account.hook ?? "Ainda não conectada: crie a caixa no Recado com os dados da conta";
  hook.dataset.state = account.hook ? "ready" : "missing";
  const rows = [["id", account.key], ...CREDENTIALS.filter((name) => account[name] !== undefined).map((name) => [name, [account[name]].flat().join(", ")])];
  if (["whatsapp", "messenger", "instagram"].includes(account.channel)) rows.push(["app_secret", meta.app_secret], ["verify_token", meta.verify_token]);
  for (const sender of account.senders ?? []) rows.push(["remetente", sender.address]);
  phone.root.querySelector("dl").replaceChildren(...rows.flatMap(([name, value]) => [element("dt", name), element("dd", value)]));
  const form = phone.root.querySelector(".knobs form");
  for (const name of ["redeliver", "hold", "delayMs", "hang"]) form[name].value = account.knobs[name];
  form.manual.checked = account.knobs.status === "manual";
  form.revoked.checked = account.knobs.revoked;
}

function spoken(phone) {
  const text = phone.say.text.value;
  const kind = phone.say.kind.value;
  if (kind === "location") return { location: { latitude: -23.5505, longitude: -46.6333, name: text || "Café Exemplo", address: "Rua Exemplo, 1" } };
  if (kind === "contact") return { contact: { name: text || "Léo Amostra", phone: "+12025550188" } };
  if (kind === "unsupported") return { unsupported: true };
  return { ...(text && { text }), ...(kind && { media: { kind } }) };
}

async function speak(phone, speech) {
  if (Object.keys(speech).length === 0) return;
  const body = { from: phone.who.from.value, name: phone.who.name.value || undefined, ...(phone.quote && !speech.reaction && !speech.delete && !speech.button && { reply_to: phone.quote }), ...speech };
  const answer = await ask(`${phone.key}/say`, body);
  if (answer.error) road({ at: new Date().toISOString(), ...split(phone.key), what: "say", error: answer.error });
  phone.say.reset();
  quote(phone);
}

async function turn(phone, form) {
  const number = (name) => Number(form[name].value || 0);
  await ask(`${phone.key}/knobs`, { redeliver: number("redeliver"), hold: number("hold"), delayMs: number("delayMs"), hang: number("hang"), status: form.manual.checked ? "manual" : "auto", revoked: form.revoked.checked });
  if (number("times") > 0) await ask(`${phone.key}/fail`, { times: number("times"), error: form.error.value.split("/")[0], subcode: Number(form.error.value.split("/")[1]) || undefined });
  form.times.value = "";
}

const split = (key) => ({ channel: key.split("/")[0], account: key.split("/")[1] });
const bare = (value) => String(value ?? "").replace(/^(whatsapp:)?\+?/, "");

/** A line belongs to a phone when it is about who holds it; lines about nobody are shown to all. */
function mine(phone, line) {
  const other = line.direction === "in" ? line.from : line.to;
  return other === undefined || bare(other) === bare(phone.who.from.value);
}

function redraw(phone) {
  const lines = [...phone.lines.values()].map((one) => one.line);
  phone.thread.replaceChildren();
  phone.lines.clear();
  for (const line of lines) show(line);
}

function show(line) {
  const phone = phones.get(`${line.channel}/${line.account}`);
  if (!phone) return;
  const old = phone.lines.get(line.seq);
  const node = bubble(phone, line);
  phone.lines.set(line.seq, { line, node });
  node.hidden = !mine(phone, line);
  if (old) return void old.node.replaceWith(node);
  phone.thread.append(node);
  const end = () => (phone.thread.scrollTop = phone.thread.scrollHeight);
  node.querySelector("img")?.addEventListener("load", end);
  end();
}

function bubble(phone, line) {
  const node = element("li", undefined, { className: "bubble" });
  node.dataset.direction = line.direction;
  if (!["message", "echo", "postback"].includes(line.what)) {
    node.dataset.what = "note";
    const detail = line.emoji ?? line.text ?? line.url ?? "";
    node.textContent = `${line.direction === "in" ? "Você" : "A empresa"} ${NOTES[line.what] ?? line.what} ${detail}`.trim();
    return node;
  }
  const quoted = line.reply_to && [...phone.lines.values()].find((one) => one.line.id === line.reply_to);
  if (line.reply_to) node.append(element("blockquote", quoted ? (quoted.line.text ?? WORDS[quoted.line.kind]) : line.reply_to));
  for (const media of line.media ?? []) node.append(picture(media));
  if (line.location) node.append(element("span", `📍 ${line.location.name ?? ""} ${line.location.latitude}, ${line.location.longitude}`));
  if (line.contacts) node.append(element("span", `👤 ${line.contacts.map((one) => one.name?.formatted_name ?? one.name ?? one.first_name).join(", ")}`));
  if (line.text) node.append(element("span", line.text));
  else if (!line.media && !line.location && !line.contacts) node.append(element("span", WORDS[line.kind] ?? line.kind ?? ""));
  const state = line.error ? `falhou: ${line.error.code} ${line.error.message ?? ""}` : line.hung ? "aceita, sem resposta" : (STATES[line.status] ?? "");
  const small = element("small", [time.format(new Date(line.at)), line.what === "echo" ? "pelo aparelho da empresa" : "", line.template?.name ?? "", state].filter(Boolean).join(" · "));
  if (line.error) small.dataset.state = "failed";
  node.append(small, acts(phone, line));
  return node;
}

function picture(media) {
  const source = media.id && `/page/file/${encodeURIComponent(media.id)}`;
  if (source && (media.kind === "image" || media.kind === "sticker")) return element("img", undefined, { src: source, alt: media.name ?? "imagem" });
  if (source && media.kind === "video") return element("video", undefined, { src: source, controls: true });
  if (source && (media.kind === "audio" || media.kind === "voice")) return element("audio", undefined, { src: source, controls: true });
  if (source) return element("a", `📎 ${media.name ?? "arquivo"}`, { href: source, target: "_blank", rel: "noopener" });
  return element("span", media.error ? `mídia não buscada: ${media.error}` : `📎 ${media.link ?? ""}`);
}

function acts(phone, line) {
  const row = element("div", undefined, { className: "acts" });
  const act = (words, speech) => {
    const button = element("button", words, { type: "button" });
    button.addEventListener("click", () => (typeof speech === "function" ? speech() : speak(phone, speech)));
    row.append(button);
  };
  if (!["bandwidth", "x"].includes(phone.channel)) act("Citar", () => quote(phone, line));
  if (line.direction === "out") {
    for (const one of (line.buttons ?? []).flat()) act(one.title ?? one.text, { button: { title: one.title ?? one.text, payload: one.payload ?? one.id ?? one.callback_data, target: line.id } });
    if (["telegram", "whatsapp", "messenger", "instagram"].includes(phone.channel)) act("❤", { reaction: { target: line.id, emoji: "❤" } });
  } else if (["whatsapp", "instagram", "line"].includes(phone.channel)) {
    act("Apagar", { delete: { target: line.id } });
  }
  return row;
}

function quote(phone, line) {
  const row = phone.root.querySelector(".quoting");
  phone.quote = line?.id;
  row.hidden = !line;
  row.querySelector("span").textContent = line ? `Citando: ${(line.text ?? WORDS[line.kind] ?? "").slice(0, 60)}` : "";
  if (line) phone.say.text.focus();
}

function road(one) {
  const row = element("tr");
  const result = one.status ?? one.error ?? "";
  row.dataset.state = one.ok ? "good" : "bad";
  row.append(element("td", time.format(new Date(one.at))), element("td", one.channel ? `${NAMES[one.channel]} ${one.account}` : one.host), element("td", [one.what ?? `${one.method} ${one.path}`, one.attempt ? `tentativa ${one.attempt + 1}` : ""].filter(Boolean).join(" · ")), element("td", `${result}${one.ms === undefined ? "" : ` · ${one.ms} ms`}${one.host ? ` · ${one.answer.slice(0, 160)}` : ""}`));
  const body = document.getElementById("road");
  body.prepend(row);
  while (body.rows.length > 40) body.deleteRow(-1);
}

document.getElementById("reset").addEventListener("click", () => ask("reset", {}));
const news = new EventSource("/_sim/events");
news.addEventListener("open", draw);
news.addEventListener("reset", draw);
let soon;
news.addEventListener("accounts", () => {
  clearTimeout(soon);
  soon = setTimeout(draw, 50);
});
news.addEventListener("entry", (event) => {
  const line = JSON.parse(event.data);
  show(line);
  if (line.what === "webhook") draw();
});
news.addEventListener("hook", (event) => road(JSON.parse(event.data)));
news.addEventListener("refused", (event) => road(JSON.parse(event.data)));
