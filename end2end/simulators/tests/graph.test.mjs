// WhatsApp, Messenger and Instagram over Graph: tokens, limits, windows, templates, handshakes, receipts.
// The envelope's signature is checked with code of this test's own.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { stage } from "./receiver.mjs";

const NUMBER = "100000000000001";
const WHATSAPP = { authorization: "Bearer EAASANDBOXwhatsapp00000000000000000001" };
const PAGE = { authorization: "Bearer EAASANDBOXpage0000000000000000000000001" };
const INSTAGRAM = { authorization: "Bearer IGSANDBOXtoken000000000000000000000001" };
const text = (body, to = "12025550143") => ({ messaging_product: "whatsapp", to, type: "text", text: { body } });

const signed = (call) => call.headers["x-hub-signature-256"] === `sha256=${createHmac("sha256", "sandbox-meta-app-secret-0123456789ab").update(call.raw).digest("hex")}`;

test("Graph wants a token that is known, and a proof that fits it", async (t) => {
  const { get } = await stage(t);
  assert.equal((await get("graph", `/v26.0/${NUMBER}`)).status, 401);
  const wrong = await get("graph", `/v26.0/${NUMBER}`, { headers: { authorization: "Bearer x" } });
  assert.equal(wrong.json.error.code, 190);
  assert.equal((await get("graph", `/v26.0/${NUMBER}?fields=id,display_phone_number`, { headers: WHATSAPP })).json.display_phone_number, "+12025550100");
  assert.equal((await get("graph", `/v26.0/${NUMBER}?appsecret_proof=00`, { headers: WHATSAPP })).json.error.code, 100);
  assert.equal((await get("graph", `/v26.0/${NUMBER}`, { headers: PAGE })).json.error.code, 200);
  assert.equal((await get("graph", "/v26.0/999999999999999?fields=display_phone_number", { headers: WHATSAPP })).json.error.code, 803);
});

test("a message climbs from sent to read, and says whose it is", async (t) => {
  const { hook, post, control } = await stage(t);
  await control("whatsapp/accounts", { phone_number_id: NUMBER, webhook: `${hook.url}/hooks/meta` });
  await control("whatsapp/default/say", { from: "12025550143", name: "Ana", text: "olá / ☕" });
  assert.ok(signed(hook.calls[0]));
  assert.match(hook.calls[0].raw.toString(), /ol\\u00e1 \\\/ \\u2615/);
  const sent = await post("graph", `/v26.0/${NUMBER}/messages`, { body: { ...text("oi"), biz_opaque_callback_data: "k1" }, headers: WHATSAPP });
  await hook.until((calls) => calls.length === 4);
  const statuses = hook.calls.slice(1).map((call) => call.json().entry[0].changes[0].value.statuses[0]);
  assert.deepEqual(statuses.map((one) => one.status), ["sent", "delivered", "read"]);
  assert.ok(statuses.every((one) => one.id === sent.json.messages[0].id && one.biz_opaque_callback_data === "k1"));
});

test("outside the window free text fails later, or at once, and a template does not", async (t) => {
  const { hook, post, control } = await stage(t);
  await control("whatsapp/accounts", { phone_number_id: NUMBER, webhook: hook.url });
  await control("whatsapp/default/say", { from: "12025550143", text: "oi" });
  await control("whatsapp/default/person", { from: "12025550143", hoursAgo: 25 });
  assert.equal((await post("graph", `/v26.0/${NUMBER}/messages`, { body: text("a"), headers: WHATSAPP })).status, 200);
  await hook.until((calls) => calls.length === 2);
  assert.equal(hook.calls[1].json().entry[0].changes[0].value.statuses[0].errors[0].code, 131047);
  await control("whatsapp/default/knobs", { windowSync: true });
  assert.equal((await post("graph", `/v26.0/${NUMBER}/messages`, { body: text("a"), headers: WHATSAPP })).json.error.code, 131047);
  const template = (components, name = "retomar_conversa") => ({ messaging_product: "whatsapp", to: "12025550143", type: "template", template: { name, language: { code: "pt_BR" }, components } });
  const send = async (body) => (await post("graph", `/v26.0/${NUMBER}/messages`, { body, headers: WHATSAPP })).json;
  assert.equal((await send(template([{ type: "body", parameters: [{ type: "text", text: "Ana" }] }]))).messages[0].message_status, "accepted");
  assert.equal((await send(template([]))).error.code, 132000);
  assert.equal((await send(template([], "nenhum"))).error.code, 132001);
  assert.equal((await send(template([], "pausado"))).error.code, 132015);
  assert.equal((await send(template([{ type: "body", parameters: [{ type: "text", text: "a\nb" }] }]))).error.code, 132018);
  assert.equal((await send(template([{ type: "body", parameters: [{ type: "text", text: "a" }, { type: "text", text: "b" }] }], "pedido_enviado"))).error.code, 132012);
});

test("what WhatsApp does not take is refused by code", async (t) => {
  const { post } = await stage(t);
  const code = async (body) => (await post("graph", `/v26.0/${NUMBER}/messages`, { body, headers: WHATSAPP })).json.error?.code;
  assert.equal(await code({ to: "1", text: { body: "x" } }), 100);
  assert.equal(await code(text("á".repeat(4097))), 100);
  assert.equal(await code({ ...text("x"), extra: 1 }), 100);
  assert.equal(await code(text("x", "ana")), 131009);
  assert.equal(await code(text("x", "12025550100")), 131021);
  assert.equal(await code({ messaging_product: "whatsapp", to: "12025550143", type: "image", image: { id: "1" } }), 100);
  assert.equal(await code({ messaging_product: "whatsapp", to: "12025550143", type: "hologram" }), 100);
  assert.equal(await code({ messaging_product: "whatsapp", status: "read", message_id: "wamid.none" }), 131009);
});

test("a Brazilian number is one person with and without the ninth digit", async (t) => {
  const { post, control } = await stage(t);
  await control("whatsapp/default/say", { from: "551187654321", text: "oi" });
  const sent = await post("graph", `/v26.0/${NUMBER}/messages`, { body: text("oi", "+5511987654321"), headers: WHATSAPP });
  assert.deepEqual(sent.json.contacts, [{ input: "+5511987654321", wa_id: "551187654321" }]);
});

test("media take two steps both ways, and the address wants the token", async (t) => {
  const { sim, get, control } = await stage(t);
  const form = new FormData();
  form.set("messaging_product", "whatsapp");
  form.set("type", "image/png");
  form.set("file", new Blob([Buffer.from("89504e470d0a1a0a", "hex")], { type: "image/png" }), "a.png");
  const up = await (await fetch(`${sim.bases.graph}/v26.0/${NUMBER}/media`, { method: "POST", body: form, headers: WHATSAPP })).json();
  const about = await get("graph", `/v26.0/${up.id}`, { headers: WHATSAPP });
  assert.equal(about.json.mime_type, "image/png");
  assert.equal((await fetch(about.json.url)).status, 401);
  assert.equal(Buffer.from(await (await fetch(about.json.url, { headers: WHATSAPP })).arrayBuffer()).toString("hex"), "89504e470d0a1a0a");
  await control("whatsapp/default/say", { from: "12025550143", medias: [{ kind: "image" }, { kind: "image", broken: true }, { kind: "voice" }] });
  const ids = (await control("log?what=message&direction=in")).map((line) => line.media[0].id);
  const fetched = await Promise.all(ids.map(async (id) => (await fetch((await get("graph", `/v26.0/${id}`, { headers: WHATSAPP })).json.url, { headers: WHATSAPP })).status));
  assert.deepEqual(fetched, [200, 404, 200]);
});

test("an address must prove itself before Meta takes it", async (t) => {
  const { hook, post } = await stage(t, (call) => {
    const asked = new URL(call.url, "http://h").searchParams;
    return asked.get("hub.verify_token") === "certo" ? { body: asked.get("hub.challenge"), type: "text/plain" } : { status: 403 };
  });
  const wish = (verify_token) => post("graph", "/v26.0/200000000000001/subscribed_apps", { body: { override_callback_uri: hook.url, verify_token }, headers: WHATSAPP });
  assert.equal((await wish("errado")).json.error.code, 2200);
  assert.deepEqual((await wish("certo")).json, { success: true });
});

test("a page answers within a day freely, within a week as a person, and then not", async (t) => {
  const { hook, post, control } = await stage(t);
  await control("messenger/accounts", { page_id: "610000000000001", webhook: hook.url });
  await control("messenger/default/say", { from: "7100000000000001", text: "oi" });
  assert.ok(signed(hook.calls[0]));
  const send = async (more, id = "7100000000000001") => (await post("graph", "/v26.0/me/messages", { body: { recipient: { id }, messaging_type: "RESPONSE", message: { text: "olá", metadata: "m1" }, ...more }, headers: PAGE })).json;
  assert.match((await send({})).message_id, /^m_/);
  assert.equal((await send({ message: { text: "a".repeat(2001) } })).error.code, 100);
  const human = { messaging_type: "MESSAGE_TAG", tag: "HUMAN_AGENT" };
  await control("messenger/default/person", { from: "7100000000000001", hoursAgo: 30 });
  assert.equal((await send({})).error.error_subcode, 2018278);
  assert.match((await send(human)).message_id, /^m_/);
  await control("messenger/default/person", { from: "7100000000000001", hoursAgo: 24 * 8 });
  assert.equal((await send(human)).error.error_subcode, 2018278);
  assert.equal((await send({ messaging_type: "MESSAGE_TAG", tag: "ACCOUNT_UPDATE" })).error.error_subcode, 1893061);
  assert.equal((await send({}, "404")).error.error_subcode, 2018001);
  await hook.until((calls) => calls.some((call) => call.json().entry[0].messaging[0].read));
  const echo = hook.calls.map((call) => call.json().entry[0].messaging[0]).find((event) => event.message?.is_echo);
  assert.equal(echo.message.metadata, "m1");
  assert.equal(echo.recipient.id, "7100000000000001");
});

test("Instagram counts bytes and takes no documents but PDF", async (t) => {
  const { hook, post, get, control } = await stage(t, (call) => (call.url.endsWith(".txt") ? { type: "text/plain", body: "x" } : call.url.endsWith(".pdf") ? { type: "application/pdf", body: "%PDF-1.4" } : {}));
  await control("instagram/default/say", { from: "1380000000000001", text: "oi" });
  const send = async (message) => (await post("instagram", "/v26.0/17841400000000001/messages", { body: { recipient: { id: "1380000000000001" }, message }, headers: INSTAGRAM })).json;
  assert.ok((await send({ text: "á".repeat(500) })).message_id);
  assert.equal((await send({ text: "á".repeat(501) })).error.code, 100);
  const file = (end) => send({ attachment: { type: "file", payload: { url: `${hook.url}/a.${end}` } } });
  assert.equal((await file("txt")).error.error_subcode, 2018047);
  assert.ok((await file("pdf")).message_id);
  const me = (await get("instagram", "/v26.0/me?fields=id,user_id,username", { headers: INSTAGRAM })).json;
  assert.equal(me.user_id, "17841400000000001");
  assert.notEqual(me.id, me.user_id);
});

test("logged in with Facebook, the page's token speaks for its Instagram account too", async (t) => {
  const { hook, post, get, control } = await stage(t);
  await control("meta/app", { callbacks: {} });
  await control("instagram/accounts", { ig_user_id: "17841400000000009", page_id: "610000000000001", login: "facebook", username: "loja", webhook: hook.url });
  assert.equal((await get("graph", "/v26.0/610000000000001?fields=instagram_business_account", { headers: PAGE })).json.instagram_business_account.id, "17841400000000009");
  await control("instagram/17841400000000009/say", { from: "1380000000000009", text: "oi" });
  assert.equal(hook.calls[0].json().object, "instagram");
  assert.equal((await get("graph", "/v26.0/1380000000000009?fields=name,username", { headers: PAGE })).json.username, "ana.exemplo");
  const sent = await post("graph", "/v26.0/610000000000001/messages", { body: { recipient: { id: "1380000000000009" }, message: { text: "á".repeat(501) } }, headers: PAGE });
  assert.equal(sent.json.error.code, 100);
  assert.equal((await post("graph", "/v26.0/me/messages", { body: { recipient: { id: "1380000000000009" }, message: { text: "olá" } }, headers: PAGE })).json.recipient_id, "1380000000000009");
  assert.equal((await control("log?direction=out&channel=instagram&what=message")).length, 1);
});

test("a person logs in once per code, and chooses a page", async (t) => {
  const { get } = await stage(t);
  const redirect = "http://127.0.0.1:9/volta";
  const query = new URLSearchParams({ client_id: "900000000000001", redirect_uri: redirect, state: "s1", scope: "pages_show_list,pages_messaging", decision: "allow" });
  const back = new URL((await get("facebook", `/v26.0/dialog/oauth?${query}`)).headers.get("location"));
  assert.equal(back.searchParams.get("state"), "s1");
  const exchange = (more = {}) => get("graph", `/v26.0/oauth/access_token?${new URLSearchParams({ client_id: "900000000000001", client_secret: "sandbox-meta-app-secret-0123456789ab", redirect_uri: redirect, code: back.searchParams.get("code"), ...more })}`);
  assert.equal((await exchange({ client_secret: "x" })).status, 400);
  assert.equal((await exchange({ redirect_uri: "http://other" })).json.error.error_subcode, 36008);
  const { access_token } = (await exchange()).json;
  assert.equal((await exchange()).json.error.error_subcode, 36009);
  const pages = (await get("graph", "/v26.0/me/accounts?fields=id,name,access_token", { headers: { authorization: `Bearer ${access_token}` } })).json.data;
  assert.deepEqual(pages.map((one) => one.access_token), [PAGE.authorization.slice(7)]);
});
