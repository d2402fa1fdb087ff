// The Telegram bot API as a bot meets it: tokens, limits, markup, files, webhooks.
// How the product uses it is tested elsewhere.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stage } from "./receiver.mjs";

const TOKEN = "700000001:SANDBOX_telegram_bot_token_00000001";
const at = (method) => `/bot${TOKEN}/${method}`;

test("a token that is unknown, malformed or revoked opens nothing", async (t) => {
  const { get, control } = await stage(t);
  assert.equal((await get("telegram", `/bot${TOKEN.replace("S", "X")}/getMe`)).status, 401);
  assert.equal((await get("telegram", "/botnonsense/getMe")).status, 404);
  await control("telegram/default/knobs", { revoked: true });
  assert.equal((await get("telegram", at("getMe"))).json.description, "Unauthorized");
});

test("nobody can be written to before they wrote", async (t) => {
  const { post, control } = await stage(t);
  const send = (chat_id) => post("telegram", at("sendMessage"), { body: { chat_id, text: "oi" } });
  assert.equal((await send(77)).json.description, "Bad Request: chat not found");
  await control("telegram/default/say", { from: 77, text: "/start" });
  assert.equal((await send(77)).json.result.chat.id, 77);
  await control("telegram/default/say", { from: 77, block: true });
  const blocked = await send(77);
  assert.equal(blocked.status, 403);
  assert.match(blocked.json.description, /blocked by the user/);
});

test("lengths count after markup, and markup is read strictly", async (t) => {
  const { post, control } = await stage(t);
  await control("telegram/default/say", { from: 77, text: "oi" });
  const send = async (text, parse_mode) => (await post("telegram", at("sendMessage"), { body: { chat_id: 77, text, parse_mode } })).json;
  assert.equal((await send(`<b>${"á".repeat(4096)}</b>`, "HTML")).ok, true);
  assert.equal((await send("á".repeat(4097))).description, "Bad Request: message is too long");
  assert.equal((await send(" \n ")).description, "Bad Request: message text is empty");
  assert.deepEqual((await send("a &lt; <b>b</b> <a href=\"https://e.example/?a=1&amp;b\">c</a>", "HTML")).result.entities, [{ type: "bold", offset: 4, length: 1 }, { type: "text_link", offset: 6, length: 1, url: "https://e.example/?a=1&b" }]);
  assert.match((await send("um<br>dois", "HTML")).description, /^Bad Request: can't parse entities: Unsupported start tag "br"/);
  assert.match((await send("<b>um", "HTML")).description, /Can't find end tag corresponding to start tag "b"/);
  assert.match((await send("fim.", "MarkdownV2")).description, /Character '\.' is reserved/);
  assert.equal((await send("*a* _b_ fim\\.", "MarkdownV2")).result.text, "a b fim.");
});

test("a quote needs its message, unless it may go without", async (t) => {
  const { post, control } = await stage(t);
  const { id } = await control("telegram/default/say", { from: 77, text: "oi" });
  const send = async (message_id, more) => (await post("telegram", at("sendMessage"), { body: { chat_id: 77, text: "x", reply_parameters: { message_id, ...more } } })).json;
  assert.equal((await send(Number(id.split(":")[1]))).result.reply_to_message.text, "oi");
  assert.equal((await send(9999)).description, "Bad Request: message to be replied not found");
  assert.equal((await send(9999, { allow_sending_without_reply: true })).ok, true);
});

test("a file goes up, comes down by its path, and 21 MB do not", async (t) => {
  const { sim, get, control } = await stage(t);
  await control("telegram/default/say", { from: 77, text: "oi" });
  const form = new FormData();
  form.set("chat_id", "77");
  form.set("caption", "nota");
  form.set("document", new Blob([Buffer.from("conteúdo")], { type: "text/plain" }), "nota “1”.txt");
  const sent = await (await fetch(`${sim.bases.telegram}${at("sendDocument")}`, { method: "POST", body: form })).json();
  assert.equal(sent.result.document.file_name, "nota “1”.txt");
  const { json } = await get("telegram", at(`getFile?file_id=${sent.result.document.file_id}`));
  assert.equal((await get("telegram", `/file/bot${TOKEN}/${json.result.file_path}`)).text, "conteúdo");
  await control("telegram/default/say", { from: 77, media: { kind: "document", size: 21 * 1024 * 1024 } });
  const big = (await control("log?what=message")).at(-1).media[0].id;
  assert.equal((await get("telegram", at(`getFile?file_id=${big}`))).json.description, "Bad Request: file is too big");
});

test("the webhook carries its secret, only what is wanted, and tries again", async (t) => {
  let failures = 1;
  const { hook, post, get, control } = await stage(t, () => (failures-- > 0 ? { status: 500 } : {}));
  await control("telegram/default/knobs", { retryPace: 0.01 });
  assert.equal((await post("telegram", at("setWebhook"), { body: { url: "http://example.com/a" } })).status, 400);
  assert.equal((await post("telegram", at("setWebhook"), { body: { url: "https://example.com:9000/a" } })).json.description, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443");
  assert.equal((await post("telegram", at("setWebhook"), { body: { url: hook.url, secret_token: "a b" } })).status, 400);
  await post("telegram", at("setWebhook"), { body: { url: `${hook.url}/h`, secret_token: "S3gredo_-", allowed_updates: ["message"] } });
  assert.equal((await get("telegram", at("getUpdates"))).status, 409);
  await control("telegram/default/say", { from: 77, text: "oi" });
  await hook.until((calls) => calls.length === 2);
  assert.deepEqual(hook.calls[0].raw, hook.calls[1].raw);
  assert.equal(hook.calls[0].headers["x-telegram-bot-api-secret-token"], "S3gredo_-");
  assert.equal(hook.calls[0].json().message.text, "oi");
  await control("telegram/default/say", { from: 77, reaction: { target: "77:11", emoji: "❤" } });
  assert.equal(hook.calls.length, 2);
});

test("one chat takes a burst and then one message a second", async (t) => {
  const { post, control } = await stage(t);
  await control("telegram/default/say", { from: 77, text: "oi" });
  const statuses = [];
  for (let at = 0; at < 22; at += 1) statuses.push(await post("telegram", `/bot${TOKEN}/sendMessage`, { body: { chat_id: 77, text: String(at) } }));
  const refused = statuses.find((one) => one.status === 429);
  assert.ok(refused.json.parameters.retry_after >= 1);
});
