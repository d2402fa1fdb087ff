// The desk keeps its place and its promises: nothing is lost, mixed up or sent behind somebody's back while one moves about.
import type { Browser } from "@playwright/test";
import { expect, hydrated, test, Visitor, type Desk, type Site } from "../support/world";
import type { Words } from "../support/words";

/** Somebody else on the same site, who says something. */
async function another(browser: Browser, locale: string | undefined, words: Words, site: Site, text: string) {
  const visitor = await Visitor.arrive(await browser.newContext({ locale }), words, site.server.localhost);
  await visitor.open();
  await visitor.says(text);
  return visitor;
}

/** The newest conversation, once the server has it: a visitor's bubble stands before that. */
async function first(desk: Desk): Promise<{ id: number; number: number }> {
  const filter = { tab: "all", status: null, inbox: null };
  const rows = async () => (await desk.call("conversations", { account: desk.account, filter, below: null })).data.rows;
  await expect.poll(async () => (await rows()).length).toBeGreaterThan(0);
  return (await rows())[0].conversation;
}

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

test.describe("place", () => {
  test("closing what waits for a pause stops nothing, and Enter waits for the answer to what was typed", async ({ desk, visitor, words, page }) => {
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await visitor.open();
    await visitor.says("Bom dia");
    await desk.call("create_contact", { account: desk.account, draft: { name: "Oliveira Reis", email: "oliveira@exemplo.example" } });
    await desk.go();
    await page.getByRole("button", { name: words.text("create.open"), exact: true }).first().click();
    await page.getByRole("combobox", { name: words.text("create.select"), exact: true }).pressSequentially("oliv");
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);

    await page.getByRole("button", { name: words.text("create.open"), exact: true }).first().click();
    await page.getByRole("combobox", { name: words.text("create.select"), exact: true }).fill("oliveira");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("dialog").getByText("Oliveira Reis")).toBeVisible();
    await page.getByRole("button", { name: words.text("common.cancel"), exact: true }).click();

    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill("oliveira");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/\/contacts\/\d+$/);
    expect(errors).toEqual([]);
  });

  test("each tab of the composer keeps its own files, text and place, and files may be dropped", async ({ desk, visitor, site, words, page, browser, locale }) => {
    await visitor.open();
    await visitor.says("Primeira");
    await another(browser, locale, words, site, "Segunda");
    await desk.go();
    await desk.openRow("Primeira");
    const transfer = await page.evaluateHandle((bytes) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(bytes)], "interno.png", { type: "image/png" }));
      return data;
    }, [...png]);
    await page.getByRole("tab", { name: words.text("note.tab"), exact: true }).click();
    await page.dispatchEvent("[role=log]", "dragover", { dataTransfer: transfer });
    await expect(page.getByText(words.text("attach.drop-note"), { exact: true })).toBeVisible();
    await page.dispatchEvent("[role=log]", "drop", { dataTransfer: transfer });
    await expect(page.getByText("interno.png")).toBeVisible();
    await page.getByRole("tab", { name: words.text("composer.label"), exact: true }).click();
    await expect(page.getByText("interno.png")).toHaveCount(0);
    await page.getByRole("tab", { name: words.text("note.tab"), exact: true }).click();
    await page.getByRole("textbox", { name: words.text("note.tab"), exact: true }).fill("só para nós");
    await desk.openRow("Segunda");
    await expect(page.getByText("interno.png")).toHaveCount(0);
    await desk.openRow("Primeira");
    await expect(page.getByRole("tab", { name: words.text("note.tab"), exact: true })).toHaveAttribute("aria-selected", "true");
    await expect(page.getByRole("textbox", { name: words.text("note.tab"), exact: true })).toHaveValue("só para nós");
    await expect(page.getByText("interno.png")).toBeVisible();
  });

  test("resolving goes on with the next conversation", async ({ desk, visitor, site, words, page, browser, locale }) => {
    await visitor.open();
    await visitor.says("Primeira");
    await another(browser, locale, words, site, "Segunda");
    await desk.go();
    await desk.openRow("Segunda");
    await page.getByRole("button", { name: words.resolve, exact: true }).click();
    await expect(desk.thread().getByText("Primeira")).toBeVisible();
    await expect(desk.row("Segunda")).toHaveCount(0);
    // The last one stays, to be reopened.
    await page.getByRole("button", { name: words.resolve, exact: true }).click();
    await expect(page.getByRole("button", { name: words.reopen, exact: true })).toBeVisible();
  });

  test("a colleague's answer stops a reply until its writer decides", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Alguém aí?");
    const bia = { name: "Bia Lima", email: "bia@example.com", role: "administrator" };
    const invited = await desk.call("invite_agent", { account: desk.account, ...bia });
    const other = await page.context().browser()!.newContext();
    const accepted = await other.request.post(`${desk.recado.origin}/rpc/accept_invitation`, {
      data: { token: invited.link.split("/").pop(), name: "Bia Lima", password: "um recado bem guardado" },
      headers: { origin: desk.recado.origin },
    });
    expect(accepted.ok(), await accepted.text()).toBe(true);
    await desk.go();
    await desk.openRow("Alguém aí?");
    await desk.composer().fill("Já vejo");
    // The colleague's answer is in, and this screen has not heard of it yet.
    await page.route("**/events/**", (route) => route.abort());
    const { id: conversation } = await first(desk);
    let held = false;
    await page.route("**/rpc/send_reply", async (route) => {
      if (!held) {
        held = true;
        const answered = await other.request.post(`${desk.recado.origin}/rpc/send_reply`, {
          data: { account: desk.account, draft: { conversation, key: crypto.randomUUID(), text: "Bia aqui", files: [] } },
          headers: { origin: desk.recado.origin },
        });
        expect(answered.ok(), await answered.text()).toBe(true);
      }
      await route.continue();
    });
    await desk.composer().press("Enter");
    await expect(desk.thread().getByText(words.text("reason.overtaken"))).toBeVisible();
    await expect(visitor.sees("Já vejo")).toHaveCount(0);
    await page.getByRole("button", { name: words.text("reason.send-anyway"), exact: true }).click();
    await expect(visitor.sees("Já vejo")).toHaveCount(1);
    await other.close();
  });

  test("an address finds its message, however far back it lies", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("O começo de tudo");
    const row = await first(desk);
    for (let at = 0; at < 120; at += 1) {
      await desk.call("act", { account: desk.account, conversation: row.id, actions: [{ note: `nota ${at}` }] });
    }
    const found = await desk.call("search", { account: desk.account, text: "começo", below: null });
    await desk.go(`/conversations/${row.number}?message=${found.messages[0].message}`);
    await expect(desk.thread().getByText("O começo de tudo")).toBeInViewport();
  });

  test("a long thread keeps in the document what is near, and what is read stays where it is", async ({ desk, visitor, page, words }) => {
    test.slow(); // four hundred messages, up and down
    await visitor.open();
    await visitor.says("O começo de tudo");
    const row = await first(desk);
    for (let at = 0; at < 400; at += 10) {
      const actions = Array.from({ length: 10 }, (_, n) => ({ note: `nota ${at + n}` }));
      await desk.call("act", { account: desk.account, conversation: row.id, actions });
    }
    await desk.go(`/conversations/${row.number}`);
    await hydrated(page);
    const [log, beginning] = [page.getByRole("log"), page.getByText(words.text("thread.start"), { exact: true })];
    const lines = log.locator(".line");
    await expect(log.getByText("nota 399", { exact: true })).toBeInViewport();
    const area = (await log.boundingBox())!;
    await page.mouse.move(area.x + area.width / 2, area.y + area.height / 2);
    let most = 0;
    await expect(async () => {
      await page.mouse.wheel(0, -2_000);
      most = Math.max(most, await lines.count());
      await expect(beginning).toBeInViewport({ timeout: 100 });
    }).toPass({ timeout: 30_000, intervals: [50] });
    expect(most).toBeLessThan(300);
    await expect(log.getByText("nota 399", { exact: true })).toHaveCount(1);
    await expect(log.getByText("nota 200", { exact: true })).toHaveCount(0);

    // Halfway back down, through what was put away; then others write below.
    await expect(async () => {
      await page.mouse.wheel(0, 900);
      await expect(log.getByText("nota 200", { exact: true })).toBeInViewport({ timeout: 100 });
    }).toPass({ timeout: 30_000, intervals: [50] });
    const top = () => log.getByText("nota 200", { exact: true }).evaluate((found) => found.getBoundingClientRect().top);
    const before = await top();
    await visitor.says("Chega algo novo");
    await expect(page.getByRole("button", { name: words.text("thread.pill.one", { count: "1" }) })).toBeVisible();
    expect(Math.abs((await top()) - before)).toBeLessThanOrEqual(1);
    await page.getByRole("button", { name: words.text("thread.pill.one", { count: "1" }) }).click();
    await expect(log.getByText("Chega algo novo", { exact: true })).toBeInViewport();

    // An address leads to what is loaded and put away.
    const found = await desk.call("search", { account: desk.account, text: "começo", below: null });
    await page.evaluate((to) => history.pushState({}, "", to), `?message=${found.messages[0].message}`);
    await page.evaluate(() => dispatchEvent(new PopStateEvent("popstate")));
    await expect(log.getByText("O começo de tudo", { exact: true })).toBeInViewport();
  });

  test("many changes in a row are one line until somebody asks", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Olá");
    const { id } = await first(desk);
    for (let at = 0; at < 4; at += 1) {
      await desk.call("set_status", { account: desk.account, conversation: id, status: "resolved" });
      await desk.call("set_status", { account: desk.account, conversation: id, status: "open" });
    }
    await desk.go();
    await desk.openRow("Olá");
    const fold = page.getByRole("button", { name: words.text("thread.fold.other", { count: "7" }), exact: true });
    await expect(fold).toHaveAttribute("aria-expanded", "false");
    const shown = desk.thread().locator(".line:visible");
    const before = await shown.count();
    await fold.click();
    await expect(fold).toHaveAttribute("aria-expanded", "true");
    await expect(shown).toHaveCount(before + 6);
  });
});
