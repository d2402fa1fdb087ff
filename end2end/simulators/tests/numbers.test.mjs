// Twilio, Bandwidth and X: authentication, limits, opt-out, callbacks, challenges, media with two steps.
// Each is small enough to share a file.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { oauth1Signature } from "../kernel/signing.mjs";
import { stage } from "./receiver.mjs";

const AC = "AC00000000000000000000000000000001";
const SECRET = "5a4db0c0sandboxtwilioauthtoken01";
const basic = (user, password) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` });
const TWILIO = basic(AC, SECRET);
const BANDWIDTH = basic("sandbox-user", "sandbox pass:word");
const X = { authorization: "Bearer SANDBOXxUserToken000000000001" };
const APP = { authorization: "Bearer SANDBOXxAppBearer0000000001" };

const sms = ({ post }) => (fields, headers = TWILIO) => post("twilio", `/2010-04-01/Accounts/${AC}/Messages.json`, { form: new URLSearchParams({ To: "+12025550143", From: "+12025550100", ...fields }), headers });

test("Twilio refuses by number", async (t) => {
  const send = sms(await stage(t));
  const code = async (fields, headers) => (await send(fields, headers)).json.code;
  assert.equal(await code({ Body: "a" }, basic(AC, "x")), 20003);
  assert.equal(await code({}), 21602);
  assert.equal(await code({ Body: "a".repeat(1601) }), 21617);
  assert.equal(await code({ Body: "a", To: "+1" }), 21211);
  assert.equal(await code({ Body: "a", From: "+19995550100" }), 21606);
  assert.equal(await code({ Body: "a", To: "whatsapp:+12025550143", From: "whatsapp:+12025550100" }), 63007);
  assert.equal(await code({ To: "whatsapp:+12025550143", From: "whatsapp:+12025550101", ContentSid: "HXnone" }), 21655);
  assert.equal((await send({ Body: "oi" })).json.status, "queued");
});

test("STOP closes a number until START", async (t) => {
  const world = await stage(t);
  const send = sms(world);
  await world.control("twilio/accounts", { account_sid: AC, webhook: `${world.hook.url}/in` });
  await world.control("twilio/default/say", { from: "+12025550143", text: "Stop" });
  assert.equal(world.hook.calls[0].form().get("OptOutType"), "STOP");
  assert.equal((await send({ Body: "oi" })).json.code, 21610);
  await world.control("twilio/default/say", { from: "+12025550143", text: "START" });
  assert.equal((await send({ Body: "oi" })).status, 201);
});

test("statuses are signed for their own address, and WhatsApp minds its window", async (t) => {
  const world = await stage(t);
  const send = sms(world);
  await send({ Body: "oi", StatusCallback: `${world.hook.url}/status?i=1` });
  await world.hook.until((calls) => calls.length === 2);
  for (const call of world.hook.calls) {
    const text = [...call.form()].sort(([a], [b]) => (a < b ? -1 : 1)).reduce((all, [name, value]) => all + name + value, `${world.hook.url}/status?i=1`);
    assert.equal(call.headers["x-twilio-signature"], createHmac("sha1", SECRET).update(text).digest("base64"));
  }
  assert.deepEqual(world.hook.calls.map((call) => call.form().get("MessageStatus")), ["sent", "delivered"]);
  await send({ Body: "oi", To: "whatsapp:+12025550143", From: "whatsapp:+12025550101", StatusCallback: `${world.hook.url}/wa` });
  await world.hook.until((calls) => calls.length === 3);
  assert.equal(world.hook.calls[2].form().get("ErrorCode"), "63016");
});

test("a webhook's plain-text answer reaches the customer, TwiML without words does not", async (t) => {
  const world = await stage(t, (call) => (call.form().get("Body") === "texto" ? { type: "text/plain", body: "ops" } : { body: "<Response/>" }));
  await world.control("twilio/accounts", { account_sid: AC, webhook: world.hook.url });
  await world.control("twilio/default/say", { from: "+12025550143", text: "xml" });
  await world.control("twilio/default/say", { from: "+12025550143", text: "texto" });
  assert.deepEqual((await world.control("log?direction=out")).map((line) => line.text), ["ops"]);
});

test("Twilio's media redirect to where credentials are refused", async (t) => {
  const world = await stage(t);
  await world.control("twilio/accounts", { account_sid: AC, webhook: world.hook.url });
  await world.control("twilio/default/say", { from: "+12025550143", media: { kind: "image" } });
  const url = world.hook.calls[0].form().get("MediaUrl0");
  assert.equal((await fetch(url, { redirect: "manual" })).status, 401);
  const step = await fetch(url, { redirect: "manual", headers: TWILIO });
  assert.equal(step.status, 307);
  assert.equal((await fetch(step.headers.get("location"), { headers: TWILIO })).status, 400);
  assert.equal((await fetch(step.headers.get("location"))).headers.get("content-type"), "image/jpeg");
});

test("Bandwidth names the fields it refuses and proves itself by Basic", async (t) => {
  const world = await stage(t);
  await world.control("bandwidth/accounts", { account_id: "5000000", webhook: world.hook.url, callback_user: "u", callback_password: "p:q" });
  const send = (more, headers = BANDWIDTH) => world.post("bandwidth", "/api/v2/users/5000000/messages", { body: { applicationId: "00000000-0000-4000-8000-000000000001", to: ["+12025550143"], from: "+12025550102", text: "oi", tag: "t1", ...more }, headers });
  assert.equal((await send({}, basic("sandbox-user", "x"))).status, 401);
  assert.deepEqual((await send({ to: ["143"], text: "a".repeat(2049) })).json.fieldErrors.map((one) => one.fieldName), ["to", "text"]);
  assert.equal((await send({})).status, 202);
  await world.hook.until((calls) => calls.length === 2);
  assert.deepEqual(world.hook.calls.map((call) => call.json()[0].type), ["message-sent", "message-delivered"]);
  assert.equal(world.hook.calls[0].json()[0].message.tag, "t1");
  assert.equal(world.hook.calls[0].headers.authorization, basic("u", "p:q").authorization);
  const batch = await world.control("bandwidth/default/say", { batch: [{ text: "um" }, { from: "+12025550144", media: { kind: "image" } }] });
  assert.equal(batch.ids.length, 2);
  const media = world.hook.calls[2].json()[1].message.media;
  assert.match(media[0], /\.smil$/);
  assert.equal((await fetch(media[1])).status, 401);
  assert.equal((await fetch(media[1], { headers: BANDWIDTH })).status, 200);
});

test("X asks its challenge, subscribes, and sends what is signed", async (t) => {
  const key = "sandbox-x-consumer-secret";
  const world = await stage(t, (call) => {
    const token = new URL(call.url, "http://h").searchParams.get("crc_token");
    return token ? { type: "application/json", body: JSON.stringify({ response_token: `sha256=${createHmac("sha256", world.key).update(token).digest("base64")}` }) } : {};
  });
  world.key = "wrong";
  const add = () => world.post("x", "/2/webhooks", { body: { url: `${world.hook.url}/x` }, headers: APP });
  assert.equal((await add()).json.detail, "CrcValidationFailed");
  world.key = key;
  const { id } = (await add()).json.data;
  assert.equal((await add()).json.detail, "DuplicateUrlFailed");
  assert.equal((await world.post("x", "/2/activity/subscriptions", { body: { event_type: "dm.received", filter: { user_id: "1111111111111111111" }, webhook_id: id }, headers: X })).status, 200);
  await world.control("x/default/say", { text: "a & b https://example.com/x" });
  const call = world.hook.calls.at(-1);
  assert.equal(call.headers["x-twitter-webhooks-signature"], `sha256=${createHmac("sha256", key).update(call.raw).digest("base64")}`);
  const { message_data } = call.json().data.payload.direct_message_events[0].message_create;
  assert.match(message_data.text, /^a &amp; b https:\/\/t\.co\//);
  assert.equal(message_data.entities.urls[0].expanded_url, "https://example.com/x");
});

test("X counts fifteen sends, knows strangers, and checks OAuth 1.0a", async (t) => {
  const world = await stage(t);
  await world.control("x/default/say", { text: "oi" });
  const path = "/2/dm_conversations/with/2222222222222222222/messages";
  const send = (body = { text: "oi" }, to = path) => world.post("x", to, { body, headers: X });
  assert.equal((await send({ text: "" })).status, 400);
  assert.equal((await send({ text: "a", quote: 1 })).status, 400);
  assert.equal((await send({ text: "a" }, path.replace(/2{19}/, "3333"))).status, 403);
  const params = { oauth_consumer_key: "sandboxConsumerKey", oauth_token: "1111111111111111111-sandboxToken", oauth_nonce: "n1", oauth_timestamp: String(Math.floor(Date.now() / 1000)), oauth_signature_method: "HMAC-SHA1", oauth_version: "1.0" };
  const sign = (secret) => `OAuth ${Object.entries({ ...params, oauth_signature: oauth1Signature("sandbox-x-consumer-secret", secret, "POST", `${world.sim.bases.x}${path}`, Object.entries(params)) }).map(([name, value]) => `${name}="${encodeURIComponent(value)}"`).join(", ")}`;
  const signed = (secret) => world.post("x", path, { body: { text: "oi" }, headers: { authorization: sign(secret) } });
  assert.equal((await signed("other")).status, 401);
  assert.equal((await signed("sandboxTokenSecret")).status, 201);
  assert.equal((await signed("sandboxTokenSecret")).status, 401);
  let last;
  for (let at = 0; at < 15; at += 1) last = await send();
  assert.equal(last.status, 429);
  assert.ok(Number(last.headers.get("x-rate-limit-reset")) > Date.now() / 1000);
});
