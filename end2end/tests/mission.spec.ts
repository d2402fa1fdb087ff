// The first conversation, as a newcomer has it: five steps, from signing up to the visitor reading the answer.
import { begins, expect, hydrated, test, Visitor } from "../support/world";
import { listen } from "../support/servers";

test.describe("mission", () => {
  test("the five steps, from signing up to the answer", async ({ page, context, browser, words, locale }) => {
    const link = (name: string) => page.getByRole("link", { name, exact: true });
    const button = (name: string) => page.getByRole("button", { name, exact: true });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);

    await page.goto("/signup");
    await page.getByLabel(words.accountName, { exact: true }).fill("Padaria Sol");
    await page.getByLabel(words.yourName, { exact: true }).fill("Bia Lima");
    await page.getByLabel(words.email, { exact: true }).fill("bia@example.com");
    await page.getByLabel(words.password, { exact: true }).fill("pão quentinho às seis");
    await button(words.createAccount).click();
    await expect(page).toHaveURL(/\/conversations/);

    // 1: Settings → Inboxes → Add inbox
    await link(words.settings).click();
    await link(words.inboxes).click();
    await page.getByRole("link", { name: words.addInbox, exact: true }).or(button(words.addInbox)).first().click();
    // 2: the channel
    await page.getByRole("link", { name: begins(words.website) }).or(page.getByRole("button", { name: begins(words.website) })).first().click();
    // 3: the fields
    await page.getByLabel(words.websiteName, { exact: true }).fill("Padaria Sol");
    await page.getByLabel(words.websiteDomain, { exact: true }).fill("localhost");
    await button(words.createInbox).click();
    await button(words.addAgents).click();
    const snippet = (await page.getByRole("code").first().textContent()) ?? "";
    expect(snippet).toContain("/embed/recado.js");
    await button(words.copy).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(snippet);

    // 4: the visitor
    const site = await listen(() => ({ body: `<!doctype html><title>Padaria</title><h1>Padaria</h1>${snippet}` }));
    const elsewhere = await browser.newContext({ locale });
    const visitor = await Visitor.arrive(elsewhere, words, site.localhost);
    await visitor.open();
    await visitor.says("Vocês abrem no domingo?");

    // 5: the answer
    await link(words.conversations).first().click();
    const row = page.getByRole("list", { name: words.conversations, exact: true }).getByRole("listitem").filter({ hasText: "Vocês abrem no domingo?" });
    await row.click();
    const reply = page.getByRole("textbox", { name: words.reply, exact: true });
    await reply.fill("Abrimos, das 7 às 12.");
    await reply.press("Enter");
    await expect(visitor.sees("Abrimos, das 7 às 12.")).toBeVisible();
    await expect(page.getByText(words.text("congrats.title"))).toBeVisible();

    await elsewhere.close();
    await site.close();
  });

  test("the test page needs no site of one's own", async ({ desk, words, context }) => {
    await desk.go(`/settings/inboxes/${desk.inbox}/configuration`);
    const opened = context.waitForEvent("page");
    await desk.page.getByRole("link", { name: words.openTestPage, exact: true }).click();
    const page = await opened;
    await page.getByRole("button", { name: begins(words.openChat) }).click();
    const chat = page.frameLocator('iframe[title="Chat"]');
    await chat.getByRole("textbox", { name: words.typeYourMessage, exact: true }).fill("Só um teste");
    await chat.getByRole("button", { name: words.send, exact: true }).click();
    await desk.go();
    await expect(desk.row("Só um teste")).toBeVisible();
  });
});

test.describe("sign-in", () => {
  test("signing in leads back to the page that was asked for", async ({ desk, words, page, context }) => {
    await context.clearCookies();
    await desk.go("/settings/profile");
    await expect(page).toHaveURL(/\/login\?next=/);
    await hydrated(page);
    await page.getByLabel(words.email, { exact: true }).fill(desk.email);
    await page.getByLabel(words.password, { exact: true }).fill("não é esta a senha");
    await page.getByRole("button", { name: words.signIn, exact: true }).click();
    await expect(page.getByText(words.text("fault.wrong_credentials"))).toBeVisible();
    await page.getByLabel(words.password, { exact: true }).fill(desk.password);
    await page.getByRole("button", { name: words.signIn, exact: true }).click();
    await expect(page).toHaveURL(/\/settings\/profile/);
    await hydrated(page);
  });

  test("signing in works before any script runs", async ({ desk, words, browser, recado, locale }) => {
    const context = await browser.newContext({ locale, javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto(`${recado.origin}/login`);
    await page.getByLabel(words.email, { exact: true }).fill(desk.email);
    await page.getByLabel(words.password, { exact: true }).fill(desk.password);
    await page.getByRole("button", { name: words.signIn, exact: true }).click();
    await expect(page).toHaveURL(/\/conversations/);
    await context.close();
  });
});
