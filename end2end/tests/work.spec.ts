// A day's work on many: filters kept as folders, bulk actions and taking them back, contacts from a file, merging, and one's own keys.
import type { Browser } from "@playwright/test";
import { expect, test, Visitor, type Desk, type Site } from "../support/world";
import type { Words } from "../support/words";

/** Somebody else on the same site, who says something. */
async function another(browser: Browser, locale: string | undefined, words: Words, site: Site, text: string) {
  const visitor = await Visitor.arrive(await browser.newContext({ locale }), words, site.server.localhost);
  await visitor.open();
  await visitor.says(text);
  return visitor;
}

async function ids(desk: Desk): Promise<number[]> {
  const filter = { tab: "all", status: null, inbox: null };
  const list = await desk.call("conversations", { account: desk.account, filter, below: null });
  return list.data.rows.map((row: { conversation: { id: number } }) => row.conversation.id).sort();
}

test.describe("work", () => {
  test("a filter becomes a folder with a live count, and its address keeps it", async ({ desk, visitor, site, words, page, browser, locale }) => {
    await visitor.open();
    await visitor.says("Preciso da nota");
    await another(browser, locale, words, site, "Só uma dúvida");
    const [first] = await ids(desk);
    await desk.call("act", { account: desk.account, conversation: first, actions: [{ priority: "high" }] });
    await desk.go();
    await page.getByRole("button", { name: words.text("filter.open"), exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(words.text("filter.field"), { exact: true }).selectOption({ label: words.text("by.priority") });
    await dialog.getByLabel(words.text("filter.value"), { exact: true }).selectOption({ label: words.text("priority.high") });
    await expect(dialog.getByText(words.text("filter.found.one", { count: "1" }), { exact: true })).toBeVisible();
    await dialog.getByLabel(words.text("folders.name"), { exact: true }).fill("Pressa");
    await dialog.getByRole("button", { name: words.text("folders.submit"), exact: true }).click();
    await expect(page).toHaveURL(/\?folder=\d+$/);
    await expect(desk.list().getByRole("listitem")).toHaveCount(1);
    await expect(desk.row("Preciso da nota")).toBeVisible();
    const folder = page.getByRole("link", { name: /^Pressa\s*1$/ });
    await expect(folder).toHaveAttribute("aria-current", "true");

    const [, second] = await ids(desk);
    await desk.call("act", { account: desk.account, conversation: second, actions: [{ priority: "high" }] });
    await expect(desk.list().getByRole("listitem")).toHaveCount(2);
    await expect(page.getByRole("link", { name: /^Pressa\s*2$/ })).toBeVisible();

    await page.reload();
    await expect(desk.list().getByRole("listitem")).toHaveCount(2);
    await desk.openRow("Preciso da nota");
    await expect(page).toHaveURL(/conversations\/\d+\?folder=\d+$/);
    await page.getByRole("link", { name: words.text("list.clear"), exact: true }).click();
    await expect(page).toHaveURL(/\/conversations$/);
  });

  test("several are resolved at once, and taken back with one click or one key", async ({ desk, visitor, site, words, page, browser, locale }) => {
    await visitor.open();
    await visitor.says("Primeira");
    await another(browser, locale, words, site, "Segunda");
    await desk.go();
    await desk.row("Primeira").getByRole("checkbox").check();
    await desk.row("Segunda").getByRole("checkbox").click({ modifiers: ["Shift"] });
    const bar = page.getByRole("toolbar", { name: words.text("bulk.label"), exact: true });
    await expect(page.getByText(words.text("bulk.picked.other", { count: "2" }), { exact: true })).toBeVisible();
    await bar.getByRole("button", { name: words.resolve, exact: true }).click();
    await expect(desk.list().getByRole("listitem")).toHaveCount(0);
    await expect(page.getByText(words.text("bulk.done.other", { count: "2" }))).toBeVisible();
    await page.getByRole("button", { name: words.text("undo.label"), exact: true }).click();
    await expect(desk.list().getByRole("listitem")).toHaveCount(2);
    await expect(bar).toBeHidden();

    await page.keyboard.press("j");
    await page.keyboard.press("x");
    await expect(page.getByText(words.text("bulk.picked.one", { count: "1" }), { exact: true })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(bar).toBeHidden();
    await desk.openRow("Primeira");
    await page.getByRole("button", { name: words.resolve, exact: true }).click();
    await expect(desk.row("Primeira")).toHaveCount(0);
    await page.keyboard.press("z");
    await expect(desk.row("Primeira")).toHaveCount(1);
  });

  test("contacts come from a file in any encoding; a bad row comes back with its reason", async ({ desk, words, page }) => {
    await desk.go("/contacts");
    await page.getByRole("button", { name: words.text("contacts.more"), exact: true }).click();
    await page.getByRole("menuitem", { name: words.text("import.open"), exact: true }).click();
    const dialog = page.getByRole("dialog", { name: words.text("import.title"), exact: true });
    // What a Brazilian spreadsheet writes: semicolons, and one byte for each accent.
    const file = Buffer.from("Nome;E-mail;Plano\nJosé Araújo;jose@exemplo.example;ouro\nRuim;isto não é;prata\n", "latin1");
    await dialog.locator("input[type=file]").setInputFiles({ name: "clientes.csv", mimeType: "text/csv", buffer: file });
    await expect(dialog.getByText(words.text("import.rows.other", { count: "2" }), { exact: true })).toBeVisible();
    const column = (name: string) => dialog.getByLabel(words.text("import.column", { name }), { exact: true });
    await expect(column("Nome")).toHaveValue("name");
    await expect(column("E-mail")).toHaveValue("email");
    await column("Plano").selectOption("plano");
    await dialog.getByRole("button", { name: words.text("import.submit"), exact: true }).click();
    await expect(dialog.getByText(words.text("import.done.one", { count: "1" }), { exact: true })).toBeVisible();
    await expect(dialog.getByText(words.text("import.failed.one", { count: "1" }), { exact: true })).toBeVisible();
    const coming = page.waitForEvent("download");
    await dialog.getByRole("button", { name: words.text("import.download"), exact: true }).click();
    const chunks: Buffer[] = [];
    for await (const chunk of await (await coming).createReadStream()) chunks.push(chunk as Buffer);
    const bad = Buffer.concat(chunks).toString("utf8").trim().split("\r\n");
    expect(bad.length, "a heading and one row").toBe(2);
    expect(bad[1]).toMatch(/,Ruim,isto não é,prata$/);
    await dialog.getByRole("button", { name: words.text("common.close"), exact: true }).last().click();
    await page.getByRole("link", { name: /José Araújo/ }).click();
    await expect(page.getByLabel("plano", { exact: true })).toHaveValue("ouro");
  });

  test("two contacts become one, after a look at what comes of it", async ({ desk, words, page }) => {
    const make = async (draft: object) => (await desk.call("create_contact", { account: desk.account, draft })).contact.id;
    const bia = await make({ name: "Bia", email: "bia@exemplo.example" });
    const beatriz = await make({ name: "Beatriz Reis", phone: "+5511912345678" });
    await desk.go(`/contacts/${bia}`);
    await page.getByRole("button", { name: words.text("contacts.deeds"), exact: true }).click();
    await page.getByRole("menuitem", { name: words.text("unite.open"), exact: true }).click();
    const dialog = page.getByRole("dialog", { name: words.text("unite.title"), exact: true });
    await dialog.getByLabel(words.text("unite.find"), { exact: true }).fill("beatriz");
    await dialog.getByRole("button", { name: /Beatriz Reis/ }).click();
    const result = dialog.getByRole("region", { name: words.text("unite.result"), exact: true });
    await expect(result).toContainText("bia@exemplo.example");
    await expect(result).toContainText("+5511912345678");
    await dialog.getByRole("button", { name: words.text("unite.submit"), exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/contacts/${beatriz}$`));
    await expect(page.getByRole("list", { name: words.contacts, exact: true }).getByRole("listitem")).toHaveCount(1);
    await expect(page.getByLabel(words.text("contacts.email"), { exact: true })).toHaveValue("bia@exemplo.example");
  });

  test("a key does what one set it to, and nothing once keys are off", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Olá");
    await desk.go("/settings/preferences");
    const field = page.getByRole("textbox", { name: words.text("keys.resolve"), exact: true });
    await field.press("j");
    await expect(page.getByRole("alert").filter({ hasText: "j" })).toBeVisible();
    await field.press("y");
    await expect(field).toHaveValue("y");
    await desk.go();
    await desk.openRow("Olá");
    await page.getByRole("heading", { level: 1 }).click();
    await page.keyboard.press("e");
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: words.text("keys.title"), exact: true })).toContainText("y");
    await page.keyboard.press("Escape");
    await expect(desk.row("Olá"), "the usual key does nothing any more").toHaveCount(1);
    await page.keyboard.press("y");
    await expect(desk.row("Olá")).toHaveCount(0);

    await desk.go("/settings/preferences");
    await page.getByRole("switch", { name: words.text("prefs.keys_on"), exact: true }).uncheck({ force: true });
    await desk.go();
    await page.getByRole("heading", { level: 1 }).click();
    await page.keyboard.press("c");
    await page.keyboard.press("?");
    await page.keyboard.press("Control+k");
    await expect(page.getByRole("dialog")).toHaveCount(1);
    await expect(page.getByRole("dialog", { name: words.text("find.title"), exact: true })).toBeVisible();
  });
});
