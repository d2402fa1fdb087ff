// A system of the account's own that hears what happens: its endpoint made, tested, looked after and switched on again, with a real receiver behind it.
import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { clean } from "../support/axe";
import { expect, hydrated, test as base } from "../support/world";

type Call = { headers: IncomingHttpHeaders; body: string };
type Receiver = { url: string; calls: Call[]; status: number };

const test = base.extend<{ receiver: Receiver }>({
  receiver: async ({}, use) => {
    const receiver: Receiver = { url: "", calls: [], status: 200 };
    const server = createServer(async (request, response) => {
      const pieces: Buffer[] = [];
      for await (const piece of request) pieces.push(piece as Buffer);
      receiver.calls.push({ headers: request.headers, body: Buffer.concat(pieces).toString("utf8") });
      response.writeHead(receiver.status).end(receiver.status === 200 ? "recebido" : "não");
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/crm`;
    await use(receiver);
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  },
});

/** What Standard Webhooks asks of a receiver. */
const signed = (secret: string, { headers, body }: Call) => {
  const key = Buffer.from(secret.replace("whsec_", ""), "base64");
  const mac = createHmac("sha256", key).update(`${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`).digest("base64");
  return String(headers["webhook-signature"]).split(" ").includes(`v1,${mac}`);
};

test.use({ settings: { RECADO_EGRESS__ALLOW: '["127.0.0.1"]' } });

test("an endpoint is made, tested, read in its log, sent to again, and switched on after it went away", async ({ desk, visitor, receiver, words, page }) => {
  const say = (key: string, values?: Record<string, string>) => words.text(`webhooks.${key}`, values);
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  await desk.go("/settings/webhooks");
  await expect(page.getByText(say("empty"), { exact: true })).toBeVisible();
  await clean(page);
  await button(say("add")).click();
  const dialog = page.getByRole("dialog");
  const save = dialog.getByRole("button", { name: words.text("common.save"), exact: true });
  await dialog.getByRole("textbox", { name: say("name"), exact: true }).fill("CRM");
  await dialog.getByRole("textbox", { name: say("url"), exact: true }).fill("crm");
  await save.click();
  await expect(dialog.getByRole("textbox", { name: say("url"), exact: true })).toHaveAttribute("aria-invalid", "true");
  await dialog.getByRole("textbox", { name: say("url"), exact: true }).fill(receiver.url);
  await dialog.getByRole("checkbox", { name: say("webwidget_triggered"), exact: true }).check();
  await clean(page);
  await save.click();
  await expect(dialog).toHaveCount(0);
  const card = page.getByRole("region", { name: "CRM", exact: true });

  await button(say("test_of", { name: "CRM" })).click();
  await expect(card.getByText(say("test_good", { status: "200" }), { exact: true })).toBeVisible();
  const { secret } = (await desk.call("webhooks", { account: desk.account }))[0];
  expect(receiver.calls.map((call) => signed(secret.value, call))).toEqual([true]);

  // What a visitor does is heard, the opening of the chat first.
  await visitor.open();
  await visitor.says("Tem caneca azul?");
  const events = () => receiver.calls.map((call) => JSON.parse(call.body).event);
  await expect.poll(events).toEqual(["webhook_test", "webwidget_triggered", "message_created"]);

  await button(say("log_of", { name: "CRM" })).click();
  const log = card.getByRole("group", { name: say("log"), exact: true });
  await expect(log.getByRole("listitem")).toHaveCount(3);
  const line = log.getByRole("button", { name: new RegExp(say("message_created")) });
  await expect(line).toContainText(`${say("done")} · 200`);
  await line.press("Enter");
  await expect(log.getByRole("code").filter({ hasText: "Tem caneca azul?" })).toBeVisible();
  await expect(log.getByRole("code").filter({ hasText: "recebido" })).toBeVisible();
  const id = String(receiver.calls[2].headers["webhook-id"]);
  await expect(log.getByRole("code").filter({ hasText: `webhook-id: ${id}` })).toBeVisible();
  await clean(page);
  await log.getByRole("button", { name: say("send_again"), exact: true }).click();
  await expect.poll(() => receiver.calls.length).toBe(4);
  expect([receiver.calls[3].headers["webhook-id"], receiver.calls[3].body]).toEqual([id, receiver.calls[2].body]);

  // Another secret: for a day both sign.
  await button(words.text("shelf.edit", { name: "CRM" })).click();
  await dialog.getByRole("button", { name: say("rotate"), exact: true }).click();
  await dialog.getByRole("button", { name: say("rotate_now"), exact: true }).click();
  await expect(dialog.getByRole("button", { name: say("rotate"), exact: true })).toBeVisible();
  await clean(page);
  const fresh = (await desk.call("webhooks", { account: desk.account }))[0].secret.value;
  expect(fresh).not.toBe(secret.value);
  await dialog.getByRole("button", { name: words.text("common.cancel"), exact: true }).click();
  await visitor.says("E verde?");
  await expect.poll(() => receiver.calls.length).toBe(5);
  expect([signed(secret.value, receiver.calls[4]), signed(fresh, receiver.calls[4])]).toEqual([true, true]);

  // It says that it is gone: off, said plainly, and on again.
  receiver.status = 410;
  await visitor.says("Alguém?");
  await expect.poll(() => receiver.calls.length).toBe(6);
  await expect
    .poll(async () => (await desk.call("webhooks", { account: desk.account }))[0].off)
    .toBe("gone");
  await page.reload();
  await hydrated(page);
  await expect(card.getByRole("alert")).toContainText(say("off_gone"));
  await clean(page);
  receiver.status = 200;
  await card.getByRole("button", { name: say("on_again"), exact: true }).click();
  await expect(card.getByRole("alert")).toHaveCount(0);
  await visitor.says("Olá de novo");
  await expect.poll(() => receiver.calls.length).toBe(7);

  // The administrator was told, and the notice leads here.
  await desk.go("/conversations");
  await page.getByRole("button", { name: new RegExp(words.text("notices.title")) }).first().click();
  await dialog.getByRole("button", { name: new RegExp(words.text("notices.webhook")) }).click();
  await expect(page).toHaveURL(/\/settings\/webhooks$/);

  await button(words.text("shelf.delete_of", { name: "CRM" })).click();
  await dialog.getByRole("button", { name: words.text("shelf.delete"), exact: true }).click();
  await expect(page.getByText(say("empty"), { exact: true })).toBeVisible();
});
