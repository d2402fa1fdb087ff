// LINE: retry keys, reply tokens, quotas, limits, contents, the webhook's test and its redelivery.
// Two seconds of patience are tested by saying how long was waited, not by waiting.
import assert from "node:assert/strict";
import { createHmac, randomUUID } from "node:crypto";
import { test } from "node:test";
import { stage } from "./receiver.mjs";

const AUTH = { authorization: "Bearer SANDBOXlineToken/0000000000000000000000000001=" };
const ANA = "Uaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1";

const acts = ({ post }) => ({
  push: (messages, { key, to = ANA } = {}) => post("line", "/v2/bot/message/push", { body: { to, messages }, headers: { ...AUTH, ...(key && { "x-line-retry-key": key }) } }),
  text: (text, more) => [{ type: "text", text, ...more }],
});

test("one retry key sends once, and the second is told what the first did", async (t) => {
  const world = await stage(t);
  const { push, text } = acts(world);
  await world.control("line/default/say", { text: "oi" });
  const key = randomUUID();
  const first = await push(text("a"), { key });
  const again = await push(text("a"), { key });
  assert.equal(again.status, 409);
  assert.deepEqual(again.json.sentMessages, first.json.sentMessages);
  assert.equal(again.headers.get("x-line-accepted-request-id"), first.headers.get("x-line-request-id"));
  assert.equal((await push(text("a"), { key: "not-a-uuid" })).status, 400);
  assert.equal((await push(text("a"))).status, 200);
  assert.equal((await push(text("a"))).status, 200);
  assert.equal((await world.control("log?what=message&direction=out")).length, 3);
});

test("a refused push leaves its key free", async (t) => {
  const world = await stage(t);
  const { push, text } = acts(world);
  await world.control("line/default/say", { text: "oi" });
  await world.control("line/default/fail", { error: "internal" });
  const key = randomUUID();
  assert.equal((await push(text("a"), { key })).status, 500);
  assert.equal((await push(text("a"), { key })).status, 200);
});

test("a push whose answer never came is known by its key", async (t) => {
  const world = await stage(t);
  const { push, text } = acts(world);
  await world.control("line/default/say", { text: "oi" });
  await world.control("line/default/knobs", { hang: 1 });
  const key = randomUUID();
  const gone = new AbortController();
  const lost = fetch(`${world.sim.bases.line}/v2/bot/message/push`, { method: "POST", signal: gone.signal, headers: { ...AUTH, "content-type": "application/json", "x-line-retry-key": key }, body: JSON.stringify({ to: ANA, messages: text("a") }) });
  while (!(await world.control("log?what=message&direction=out")).some((line) => line.hung)) await new Promise(setImmediate);
  gone.abort();
  await assert.rejects(lost);
  assert.equal((await push(text("a"), { key })).status, 409);
  assert.equal((await world.control("log?what=message&direction=out")).length, 1);
});

test("a reply token answers once", async (t) => {
  const world = await stage(t);
  await world.control("line/accounts", { channel_id: "2000000001", webhook: world.hook.url });
  await world.control("line/default/say", { text: "oi" });
  const event = world.hook.calls[0].json().events[0];
  const reply = () => world.post("line", "/v2/bot/message/reply", { body: { replyToken: event.replyToken, messages: [{ type: "text", text: "olá", quoteToken: event.message.quoteToken }] }, headers: AUTH });
  assert.equal((await reply()).status, 200);
  assert.equal((await reply()).json.message, "Invalid reply token");
  assert.equal((await world.control("log?what=message&direction=out"))[0].reply_to, event.message.id);
});

test("limits, strangers and the month's quota", async (t) => {
  const world = await stage(t);
  const { push, text } = acts(world);
  await world.control("line/default/say", { text: "oi" });
  assert.equal((await push(text("😀".repeat(2500)))).status, 200);
  assert.equal((await push(text("😀".repeat(2501)))).json.details[0].property, "messages[0].text");
  assert.equal((await push([])).status, 400);
  assert.equal((await push(Array(6).fill({ type: "text", text: "a" }))).status, 400);
  assert.equal((await push([{ type: "video", originalContentUrl: "https://e.example/a.mp4" }])).json.details[0].property, "messages[0].previewImageUrl");
  assert.equal((await push([{ type: "image", originalContentUrl: "http://e.example/a.jpg", previewImageUrl: "https://e.example/a.jpg" }])).status, 400);
  assert.equal((await push(text("a", { quoteToken: "unknown" }))).status, 400);
  assert.equal((await push(text("a"), { to: "someone" })).status, 400);
  assert.equal((await push(text("a"), { to: `U${"b".repeat(32)}` })).json.message, "Failed to send messages");
  await world.control("line/accounts", { channel_id: "2000000001", quota: 1 });
  assert.equal((await push(text("a"))).json.message, "You have reached your monthly limit.");
  assert.equal((await world.get("line", "/v2/bot/message/quota/consumption", { headers: AUTH })).json.totalUsage, 1);
});

test("contents live on the other host, and go when unsent", async (t) => {
  const world = await stage(t);
  const { id } = await world.control("line/default/say", { media: { kind: "video", preparing: 1 } });
  const path = `/v2/bot/message/${id}/content`;
  assert.equal((await world.get("line-data", path)).status, 401);
  assert.equal((await world.get("line", path, { headers: AUTH })).status, 404);
  assert.equal((await world.get("line-data", path, { headers: AUTH })).status, 202);
  assert.equal((await world.get("line-data", `${path}/transcoding`, { headers: AUTH })).json.status, "succeeded");
  assert.equal((await world.get("line-data", path, { headers: AUTH })).headers.get("content-type"), "video/mp4");
  await world.control("line/default/say", { delete: { target: id } });
  assert.equal((await world.get("line-data", path, { headers: AUTH })).status, 410);
});

test("the webhook is signed, tested, and only redelivered where that is on", async (t) => {
  const world = await stage(t);
  const put = (endpoint) => world.call("PUT", "line", "/v2/bot/channel/webhook/endpoint", { body: { endpoint }, headers: AUTH });
  assert.equal((await put("http://example.com/a")).status, 400);
  assert.equal((await put(world.hook.url)).status, 200);
  assert.equal((await world.post("line", "/v2/bot/channel/webhook/test", { body: {}, headers: AUTH })).json.success, true);
  assert.deepEqual(world.hook.calls[0].json().events, []);
  const genuine = (call) => call.headers["x-line-signature"] === createHmac("sha256", "sandbox-line-channel-secret-0001").update(call.raw).digest("base64");
  assert.ok(genuine(world.hook.calls[0]));
  world.hook.answer = () => ({ status: 500 });
  await world.control("line/default/say", { text: "perdida" });
  await world.control("line/accounts", { channel_id: "2000000001", redelivery: true });
  await world.control("line/default/knobs", { retryPace: 0.01 });
  await world.control("line/default/say", { text: "de novo" });
  await world.hook.until((calls) => calls.filter((call) => call.raw.includes("de novo")).length === 3);
  const events = world.hook.calls.filter((call) => call.raw.includes("de novo")).map((call) => call.json().events[0]);
  assert.deepEqual(events.map((one) => one.deliveryContext.isRedelivery), [false, true, true]);
  assert.equal(new Set(events.map((one) => one.webhookEventId)).size, 1);
  assert.ok(world.hook.calls.every(genuine));
  assert.equal(world.hook.calls.filter((call) => call.raw.includes("perdida")).length, 1);
});
