// What is taken back returns to where it was written: its words and its files, to its own conversation and its own tab.
import type { Browser } from "@playwright/test";
import { expect, test, Visitor, type Desk, type Site } from "../support/world";
import type { Words } from "../support/words";

const FILE = { name: "tabela.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4 precos") };

async function another(browser: Browser, locale: string | undefined, words: Words, site: Site, text: string) {
  const visitor = await Visitor.arrive(await browser.newContext({ locale }), words, site.server.localhost);
  await visitor.open();
  await visitor.says(text);
}

/** Replies can be taken back for as long as the test takes. */
async function holds(desk: Desk) {
  await desk.call("update_account", { account: desk.account, draft: { settings: { undo_seconds: 30 } } });
}

test.describe("taken back", () => {
  test("a reply returns to its own conversation's draft, although another is open by then", async ({ desk, visitor, site, words, page, browser, locale }) => {
    await holds(desk);
    await visitor.open();
    await visitor.says("Primeira");
    await another(browser, locale, words, site, "Segunda");
    await desk.go();
    await desk.openRow("Primeira");
    await page.getByLabel(words.text("attach.label"), { exact: true }).setInputFiles(FILE);
    await expect(page.getByText(FILE.name, { exact: true })).toBeVisible();
    await desk.composer().fill("Segue a tabela");
    await desk.reply("Segue a tabela");
    // The answer to taking it back comes when the agent is elsewhere already.
    let answer = () => {};
    const elsewhere = new Promise<void>((done) => (answer = done));
    await page.route("**/rpc/undo_send", async (route) => {
      await elsewhere;
      await route.continue();
    });
    // When it leaves is said where it waits.
    await expect(desk.thread().locator(".bubble__held")).toContainText(/\d{1,2}:\d\d/);
    await desk.thread().getByRole("button", { name: words.text("bubble.undo"), exact: true }).click();
    await desk.openRow("Segunda");
    await desk.composer().fill("Outra coisa");
    const undone = page.waitForResponse("**/rpc/undo_send");
    answer();
    expect((await undone).ok()).toBe(true);
    const first = desk.row("Segue a tabela");
    await expect(first.getByText(words.text("list.draft"), { exact: true })).toBeVisible();
    await expect(desk.composer()).toHaveValue("Outra coisa");
    await expect(page.getByText(FILE.name, { exact: true })).toHaveCount(0);

    await first.click();
    await expect(desk.thread().getByText("Primeira", { exact: true })).toBeVisible();
    await expect(desk.composer()).toHaveValue("Segue a tabela");
    await expect(page.getByText(FILE.name, { exact: true })).toBeVisible();
    await expect(desk.thread().getByText("Segue a tabela", { exact: true })).toHaveCount(0);
    await page.unroute("**/rpc/undo_send");
    // It can be sent again, whole, and arrives once.
    await desk.composer().press("Enter");
    await expect(desk.thread().getByText("Segue a tabela", { exact: true })).toHaveCount(1);
    await expect(desk.thread().getByText(FILE.name)).toBeVisible();
  });

  test("by default a reply leaves at once where the customer reads along, and waits ten seconds elsewhere", async ({ desk, visitor, words, page, request }) => {
    await desk.call("update_account", { account: desk.account, draft: { settings: {} } });
    await visitor.open();
    await visitor.says("No chat");
    const made = await desk.call("create_inbox", { account: desk.account, draft: { kind: "api", settings: { name: "Aplicativo" } } });
    const base = `${desk.recado.origin}/public/api/v1/inboxes/${made.program.identifier}/contacts`;
    const post = async (path: string, data: object) => (await request.post(`${base}${path}`, { data })).json();
    const contact = await post("", { name: "Bia" });
    const conversation = await post(`/${contact.source_id}/conversations`, {});
    await post(`/${contact.source_id}/conversations/${conversation.id}/messages`, { content: "No aplicativo" });
    await desk.go();
    const undo = desk.thread().getByRole("button", { name: words.text("bubble.undo"), exact: true });
    await desk.openRow("No chat");
    await desk.reply("Na hora");
    await expect(visitor.sees("Na hora")).toBeVisible({ timeout: 5_000 });
    await expect(undo).toHaveCount(0);
    await desk.openRow("No aplicativo");
    await desk.reply("Daqui a pouco");
    await undo.click();
    await expect(desk.composer()).toHaveValue("Daqui a pouco");
    await expect(desk.thread().getByText("Daqui a pouco", { exact: true })).toHaveCount(0);
    await desk.go("/settings/preferences");
    await expect(page.getByLabel(words.text("prefs.undo_label"), { exact: true }).locator("option").first()).toContainText("10");
  });

  test("a note that did not leave returns to the note tab with its files", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Olá");
    await desk.go();
    await desk.openRow("Olá");
    await page.getByRole("tab", { name: words.text("note.tab"), exact: true }).click();
    const note = page.getByRole("textbox", { name: words.text("note.tab"), exact: true });
    await page.getByLabel(words.text("attach.label"), { exact: true }).setInputFiles(FILE);
    await expect(page.getByText(FILE.name, { exact: true })).toBeVisible();
    await page.route("**/rpc/add_note", (route) => route.fulfill({ status: 422, json: { code: "invalid", fields: [] } }));
    await note.fill("Cliente antigo");
    await note.press("Enter");
    const failed = desk.thread().getByText("Cliente antigo", { exact: true });
    await expect(failed).toBeVisible();
    await page.getByRole("tab", { name: words.text("composer.label"), exact: true }).click();
    await desk.thread().getByRole("button", { name: words.text("common.edit"), exact: true }).click();
    await expect(page.getByRole("tab", { name: words.text("note.tab"), exact: true })).toHaveAttribute("aria-selected", "true");
    await expect(note).toHaveValue("Cliente antigo");
    await expect(page.getByText(FILE.name, { exact: true })).toBeVisible();
    await expect(failed).toHaveCount(0);
    await page.unroute("**/rpc/add_note");
    await note.press("Enter");
    await expect(failed).toHaveCount(1);
    await expect(desk.thread().getByText(FILE.name)).toBeVisible();
  });

  test("a reply that is to leave later waits, says when, and comes back when it is undone", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Me lembra depois?");
    await desk.go();
    await desk.openRow("Me lembra depois?");
    await desk.composer().fill("Bom dia! Aqui está o lembrete.");
    await page.getByRole("button", { name: words.text("schedule.open"), exact: true }).click();
    const choice = page.getByRole("group", { name: words.text("schedule.open"), exact: true });
    await expect(choice.getByRole("switch", { name: words.text("schedule.unless"), exact: true })).toBeChecked();
    await choice.getByRole("button", { name: new RegExp(words.text("snooze.week")) }).click();
    await expect(choice).toHaveCount(0);
    await expect(desk.thread().getByText("Bom dia! Aqui está o lembrete.")).toBeVisible();
    await expect(desk.thread().getByText(words.pattern("bubble.later"))).toBeVisible();
    await expect(visitor.sees("Bom dia! Aqui está o lembrete.")).toHaveCount(0);
    await desk.thread().getByRole("button", { name: words.text("bubble.undo"), exact: true }).click();
    await expect(desk.composer()).toHaveValue("Bom dia! Aqui está o lembrete.");
  });

  test("sending while a file is on its way waits for it, and not for one that failed", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Manda a tabela?");
    await desk.go();
    await desk.openRow("Manda a tabela?");
    let arrive = () => {};
    const arrived = new Promise<void>((done) => (arrive = done));
    await page.route("**/uploads/**", async (route) => {
      await arrived;
      await route.continue();
    });
    const attach = page.getByLabel(words.text("attach.label"), { exact: true });
    await attach.setInputFiles(FILE);
    await desk.composer().fill("Segue");
    await desk.composer().press("Enter");
    await expect(page.getByText(words.text("composer.eager"), { exact: true })).toBeVisible();
    await expect(desk.composer()).toHaveValue("Segue");
    arrive();
    await expect(desk.thread().getByText("Segue", { exact: true })).toHaveCount(1);
    await expect(desk.thread().getByText(FILE.name)).toBeVisible();
    await expect(desk.composer()).toHaveValue("");
    await expect(visitor.sees("Segue")).toHaveCount(1);

    // One that could not go up is shown, and what was written stays.
    await page.unroute("**/uploads/**");
    let fail = () => {};
    const failed = new Promise<void>((done) => (fail = done));
    await page.route("**/uploads/**", async (route) => {
      await failed;
      await route.fulfill({ status: 413, json: { code: "too_large", fields: [] } });
    });
    await attach.setInputFiles(FILE);
    await desk.composer().fill("E esta");
    await desk.composer().press("Enter");
    fail();
    await expect(page.getByText(words.text("composer.eager"), { exact: true })).toHaveCount(0);
    await expect(desk.composer()).toHaveValue("E esta");
    await expect(page.locator("form").getByText(FILE.name, { exact: true })).toBeVisible();
    await expect(desk.thread().getByText("E esta", { exact: true })).toHaveCount(0);
  });
});
