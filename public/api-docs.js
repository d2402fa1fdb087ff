// The reference page's search and console: it finds operations, sends requests from this browser and shows what came. The token stays in its field.
"use strict";

const words = Object.fromEntries(JSON.parse(document.body.dataset.words));
const $ = (id) => document.getElementById(id);

/** An element with attributes and children. */
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") for (const [event, act] of Object.entries(value)) made.addEventListener(event, act);
    else if (value !== false) made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

// Search: all words stand in the operation's method, path, words or names of fields.
const entries = [...document.querySelectorAll(".op")].map((op) => ({ op, text: op.textContent.toLowerCase(), head: op.querySelector("summary").textContent.toLowerCase() }));
function find() {
  const asked = $("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const { op, text, head } of entries) {
    // One letter stands in every example; short words are looked for in the headline.
    const fits = asked.every((word) => (word.length < 4 ? head : text).includes(word));
    op.hidden = !fits;
    found += fits;
  }
  for (const part of document.querySelectorAll("main > section")) part.hidden = !part.querySelector(".op:not([hidden])");
  $("none").hidden = found > 0;
}
$("find").addEventListener("input", find);
document.querySelector(".bar").addEventListener("submit", (event) => event.preventDefault());

/** What a form asks for: method, address, headers and body. */
function request(op, form) {
  let path = op.dataset.path;
  const query = new URLSearchParams();
  for (const field of form.querySelectorAll("input[data-in]")) {
    const { in: place, name } = field.dataset;
    if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(field.value.trim()));
    else if (field.value.trim() && field.dataset.list) for (const one of field.value.split(",")) query.append(`${name}[]`, one.trim());
    else if (field.value.trim()) query.append(name, field.value.trim());
  }
  const headers = {};
  const token = $("token").value.trim();
  if ("token" in op.dataset && token) headers["api_access_token"] = token;
  let body = form.querySelector("textarea")?.value.trim() || undefined;
  const files = form.querySelector("input[type=file]");
  if (files?.files.length) {
    const parts = new FormData();
    const given = body ? JSON.parse(body) : {};
    for (const [key, value] of Object.entries(given)) if (value !== null) parts.append(key, typeof value === "object" ? JSON.stringify(value) : value);
    parts.delete(files.name.replace("[]", ""));
    for (const file of files.files) parts.append(files.name, file);
    body = parts;
  } else if (body) headers["content-type"] = "application/json";
  const text = query.toString();
  return { method: op.dataset.method, path: path + (text ? `?${text}` : ""), headers, body };
}

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The same request for a shell; the token is named, not shown. */
function curl({ method, path, headers, body }) {
  const parts = [`curl -X ${method} ${quoted(document.body.dataset.base + path)}`];
  for (const [name, value] of Object.entries(headers)) parts.push(name === "api_access_token" ? `-H "api_access_token: $TOKEN"` : `-H ${quoted(`${name}: ${value}`)}`);
  if (body instanceof FormData) for (const [name, value] of body) parts.push(`-F ${quoted(value instanceof File ? `${name}=@${value.name}` : `${name}=${value}`)}`);
  else if (body) parts.push(`-d ${quoted(body)}`);
  return parts.join(" \\\n  ");
}

function shown(text, type) {
  if (type.includes("json")) {
    try {
      text = JSON.stringify(JSON.parse(text), null, 2);
    } catch {
      // Shown as it came.
    }
  }
  return text.length > 100_000 ? `${text.slice(0, 100_000)}\n…` : text;
}

/** What has come of a stream so far; of everything else, all. */
async function read(answer, type) {
  if (!type.includes("event-stream")) return answer.text();
  const reader = answer.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  const end = setTimeout(() => reader.cancel(), 5000);
  for (let part; !(part = await reader.read()).done; ) text += decoder.decode(part.value, { stream: true });
  clearTimeout(end);
  return text;
}

async function send(op, form, reply, button) {
  let asked;
  button.disabled = true;
  button.textContent = words.sending;
  const since = performance.now();
  try {
    asked = request(op, form);
    const answer = await fetch(asked.path, { method: asked.method, headers: asked.headers, body: asked.method === "GET" ? undefined : asked.body, credentials: "omit" });
    const type = answer.headers.get("content-type") || "";
    const text = await read(answer, type);
    const time = Math.round(performance.now() - since);
    const heads = [...answer.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    reply.replaceChildren(
      el("p", {}, el("b", { class: answer.ok ? "good" : "bad" }, `${answer.status} ${answer.statusText}`), ` · ${time} ms · ${new Blob([text]).size} B`),
      ...(answer.status === 401 ? [el("p", {}, words.nobody)] : []),
      el("details", {}, el("summary", {}, words.headers), el("pre", { tabindex: "0" }, heads)),
      el("pre", { tabindex: "0", "aria-label": words.body }, shown(text, type)),
    );
  } catch (fault) {
    reply.replaceChildren(el("p", {}, el("b", { class: "bad" }, words.failed), ` ${fault.message}`));
  }
  button.disabled = false;
  button.textContent = words.send;
}

/** The console of an operation, made when it is first opened. */
function console_(op) {
  const fields = el("div", { class: "fields" });
  for (const row of op.querySelectorAll("div[data-in]")) {
    const { in: place, name, value } = row.dataset;
    if (!place) continue;
    const start = name === "account_id" ? $("account").value : place === "path" ? value : "";
    const list = row.querySelector("dt i").textContent.startsWith("[");
    fields.append(el("label", {}, el("span", {}, name), el("input", { "data-in": place, "data-name": name, "data-list": list && "1", value: start, placeholder: value, autocomplete: "off" })));
  }
  const reply = el("div", { class: "reply", role: "status" });
  const main = el("button", { type: "submit", class: "main" }, words.send);
  const copy = el("button", { type: "button" }, words.copy);
  const form = el("form", { class: "try", "aria-label": words.try }, fields);
  const example = op.querySelector("pre.body");
  if (example) {
    const text = el("textarea", { spellcheck: "false" });
    text.value = example.textContent;
    form.append(el("label", {}, el("span", {}, words.body), text));
    if (op.querySelector("[data-files]")) {
      const name = op.querySelector('[data-name="import_file"]') ? "import_file" : "attachments[]";
      form.append(el("label", {}, el("span", {}, name), el("input", { type: "file", name, multiple: name.endsWith("[]") })));
    }
  }
  form.append(el("div", { class: "keys" }, main, copy), reply);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(op, form, reply, main);
  });
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(curl(request(op, form)));
    copy.textContent = words.copied;
    setTimeout(() => (copy.textContent = words.copy), 2000);
  });
  op.append(form);
}

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (target.open && target.dataset?.method && !target.querySelector(".try")) console_(target);
  },
  true,
);

// An address that names an operation opens it.
function arrive() {
  const op = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (op instanceof HTMLDetailsElement) op.open = true;
}
addEventListener("hashchange", arrive);
arrive();
