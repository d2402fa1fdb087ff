// What is asked for by hand: redelivery, disorder, failures, hanging, lost and garbled answers, bursts, the log, the reset.
// These are the simulators' own promises, no provider's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { stage } from "./receiver.mjs";

const TOKEN = "700000001:SANDBOX_telegram_bot_token_00000001";

async function bot(t) {
  const world = await stage(t);
  await world.control("telegram/accounts", { token: TOKEN, webhook: world.hook.url });
  await world.control("telegram/default/say", { from: 77, text: "começo" });
  world.send = (text) => world.post("telegram", `/bot${TOKEN}/sendMessage`, { body: { chat_id: 77, text } });
  world.texts = () => world.hook.calls.map((call) => call.json().message.text);
  return world;
}

test("the same call five times", async (t) => {
  const world = await bot(t);
  await world.control("telegram/default/knobs", { redeliver: 4 });
  await world.control("telegram/default/say", { from: 77, text: "cinco" });
  await world.hook.until((calls) => calls.length === 6);
  assert.equal(new Set(world.hook.calls.slice(1).map((call) => call.json().update_id)).size, 1);
});

test("held calls leave in the wrong order", async (t) => {
  const world = await bot(t);
  await world.control("telegram/default/knobs", { hold: 3 });
  for (const text of ["1", "2", "3"]) await world.control("telegram/default/say", { from: 77, text });
  await world.hook.until((calls) => calls.length === 4);
  assert.deepEqual(world.texts().slice(1), ["3", "2", "1"]);
});

test("failures come as often as asked and accept nothing", async (t) => {
  const world = await bot(t);
  await world.control("telegram/default/fail", { times: 2, error: "too_many", retry_after: 7 });
  assert.equal((await world.post("telegram", `/bot${TOKEN}/sendChatAction`, { body: { chat_id: 77, action: "typing" } })).status, 200);
  assert.equal((await world.send("a")).json.parameters.retry_after, 7);
  assert.equal((await world.send("a")).status, 429);
  assert.equal((await world.send("a")).status, 200);
  assert.equal((await world.control("log?direction=out&what=message")).length, 1);
  assert.equal((await world.control("refused")).length, 2);
});

test("a lost send was never taken, a garbled one was", async (t) => {
  const world = await bot(t);
  await world.control("telegram/default/knobs", { lose: 1 });
  await assert.rejects(world.send("perdida"));
  assert.equal((await world.control("log?direction=out")).length, 0);
  await world.control("telegram/default/knobs", { garble: 1 });
  const garbled = await world.send("rasgada");
  assert.equal(garbled.status, 200);
  assert.equal(garbled.json, undefined);
  assert.deepEqual((await world.control("log?direction=out")).map((line) => [line.text, line.garbled]), [["rasgada", true]]);
});

test("a status may come before the answer of its send", async (t) => {
  const { hook, post, control } = await stage(t);
  await control("whatsapp/accounts", { phone_number_id: "100000000000001", webhook: hook.url });
  await control("whatsapp/default/say", { text: "oi" });
  await control("whatsapp/default/knobs", { statusFirst: true, statusSteps: ["sent"] });
  const sent = await post("graph", "/v26.0/100000000000001/messages", { body: { messaging_product: "whatsapp", to: "12025550143", text: { body: "a" } }, headers: { authorization: "Bearer EAASANDBOXwhatsapp00000000000000000001" } });
  assert.equal(hook.calls.length, 2);
  assert.equal(hook.calls[1].json().entry[0].changes[0].value.statuses[0].id, sent.json.messages[0].id);
});

test("several accounts of Meta's share one call", async (t) => {
  const { hook, control } = await stage(t);
  await control("whatsapp/accounts", { phone_number_id: "100000000000001", webhook: hook.url });
  await control("whatsapp/accounts", { phone_number_id: "100000000000002", waba_id: "200000000000002", display_phone_number: "12025550101", webhook: hook.url });
  await control("whatsapp/batch", [{ account: "100000000000001", from: "12025550143", text: "A" }, { account: "100000000000001", from: "447700900123", text: "B" }, { account: "100000000000002", from: "12025550177", text: "C" }]);
  const { entry } = hook.calls[0].json();
  assert.deepEqual(entry.map((one) => one.id), ["200000000000001", "200000000000002"]);
  assert.deepEqual(entry[0].changes[0].value.messages.map((one) => one.text.body), ["A", "B"]);
});

test("a burst arrives whole, and the log has each in order", async (t) => {
  const world = await bot(t);
  const { ids } = await world.control("telegram/default/burst", { people: 5, messages: 60, perSecond: 2000, redelivered: 0.3, prefix: "88" });
  await world.hook.until((calls) => calls.length === 1 + 60 + 18);
  assert.deepEqual((await world.control("log?direction=in")).slice(1).map((line) => line.id), ids);
  assert.equal(new Set(world.hook.calls.map((call) => call.json().update_id)).size, 61);
});

test("a reset forgets all but the sandbox", async (t) => {
  const world = await bot(t);
  await world.control("telegram/accounts", { token: `700000002:${"a".repeat(35)}` });
  await world.control("reset", {});
  assert.deepEqual(await world.control("log"), []);
  assert.deepEqual((await world.control("accounts")).map((one) => one.channel), ["telegram", "whatsapp", "messenger", "instagram", "line", "twilio", "bandwidth", "x"]);
});

test("setting an account up again keeps what is not named", async (t) => {
  const { control } = await stage(t);
  const named = async () => (await control("accounts")).map((one) => [one.channel, one.name, one.token ?? null]);
  const before = await named();
  await control("telegram/accounts", { token: TOKEN, webhook: "http://127.0.0.1:9/" });
  for (const [channel, key] of Object.entries({ whatsapp: "phone_number_id", messenger: "page_id", instagram: "ig_user_id", line: "channel_id", twilio: "account_sid", bandwidth: "account_id", x: "user_id" })) {
    await control(`${channel}/accounts`, { [key]: (await control("accounts")).find((one) => one.channel === channel).key, webhook: "http://127.0.0.1:9/" });
  }
  assert.deepEqual(await named(), before);
});

test("what a channel does not have cannot be said on it", async (t) => {
  const world = await bot(t);
  await assert.rejects(world.control("bandwidth/default/say", { reaction: { target: "1", emoji: "❤" } }), /nobody can say/);
  await assert.rejects(world.control("telegram/default/knobs", { redelivr: 1 }), /no knob redelivr/);
});
