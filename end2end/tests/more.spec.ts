// What helps beside the conversations: news with the tab closed, work handed out by itself, saved replies with files, and the help.
import { expect, test } from "../support/world";
import { listen } from "../support/servers";

test.describe("more", () => {
  test.describe("told", () => {
    test.use({ settings: { RECADO_EGRESS__ALLOW: '["127.0.0.1"]' } });

    test("a browser is told once asked for, and the notification opens its message", async ({ desk, visitor, words, page, context }) => {
      const pushed: string[] = [];
      const service = await listen((url, request) => {
        pushed.push(`${url.pathname} ${request.headers["content-encoding"]}`);
        return { body: "", status: 201 };
      });
      await context.grantPermissions(["notifications"], { origin: desk.recado.origin });
      // No push service can be reached from here: this browser's is played, everything else is real.
      await page.addInitScript((endpoint) => {
        let kept: unknown = null;
        PushManager.prototype.getSubscription = async () => kept as PushSubscription | null;
        PushManager.prototype.subscribe = async (options) => {
          const keys = { p256dh: "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4", auth: "BTBZMqHH6r4Tts7J_aSIgg" };
          Object.assign(window, { __key: options?.applicationServerKey });
          kept = { endpoint, toJSON: () => ({ endpoint, keys }), unsubscribe: async () => ((kept = null), true) };
          return kept as PushSubscription;
        };
      }, `${service.origin}/send/1`);
      await desk.go("/settings/preferences");
      const asked = () => page.evaluate(() => (window as unknown as { __key?: string }).__key);
      expect(await asked(), "nothing is asked before a click").toBeUndefined();
      await page.getByRole("button", { name: words.text("prefs.push_turn_on"), exact: true }).click();
      await expect(page.getByText(words.text("prefs.push_on"), { exact: true })).toBeVisible();
      expect(await asked()).toBe((await desk.call("push_key", { endpoint: null }))[0]);
      await page.getByRole("checkbox", { name: `${words.text("prefs.created")}: ${words.text("prefs.push")}`, exact: true }).check();
      await expect(page.getByText(words.text("common.saved"), { exact: true }).first()).toBeVisible();

      await visitor.open();
      await visitor.says("Tem alguém?");
      await expect.poll(() => pushed, { timeout: 20_000 }).toEqual(["/send/1 aes128gcm"]);

      const worker = context.serviceWorkers().find((one) => one.url().endsWith("/told.js")) ?? (await context.waitForEvent("serviceworker"));
      const address = `/app/accounts/${desk.account}/conversations/1?message=1`;
      await worker.evaluate((to) => (self as unknown as { open(to: string): Promise<void> }).open(to), address);
      await expect(page).toHaveURL(new RegExp(`/conversations/1(\\?.*)?$`));
      await expect(desk.thread().getByText("Tem alguém?", { exact: true })).toBeVisible();

      await desk.go("/settings/preferences");
      await page.getByRole("button", { name: words.text("prefs.push_turn_on"), exact: true }).click();
      await page.getByRole("button", { name: words.text("prefs.push_turn_off"), exact: true }).click();
      await expect(page.getByText(words.text("prefs.push_off"), { exact: true })).toBeVisible();
      await service.close();
    });
  });

  test("an inbox hands its conversations to who is here", async ({ desk, visitor, words, page }) => {
    await desk.go(`/settings/inboxes/${desk.inbox}/collaborators`);
    await page.getByRole("switch", { name: words.text("allot.on"), exact: true }).check({ force: true });
    const most = page.getByRole("textbox", { name: words.text("allot.most"), exact: true });
    await most.fill("muitas");
    await page.getByRole("button", { name: words.text("common.save"), exact: true }).last().click();
    await expect(most).toHaveAttribute("aria-invalid", "true");
    await most.fill("5");
    await page.getByRole("button", { name: words.text("common.save"), exact: true }).last().click();
    await expect(page.getByText(words.text("common.saved"), { exact: true })).toBeVisible();
    await desk.go("/conversations?tab=mine");
    await visitor.open();
    await visitor.says("Quero comprar");
    await expect(desk.row("Quero comprar")).toBeVisible();
    await desk.openRow("Quero comprar");
    await expect(desk.thread().getByText(words.pattern("activity.assigned"))).toBeVisible();
  });

  test("a conversation is given to a colleague or a team from its head", async ({ desk, visitor, words, page }) => {
    const account = desk.account;
    await desk.call("save_team", { account, id: null, draft: { name: "Vendas", description: "", auto_assign: false, members: [] } });
    await visitor.open();
    await visitor.says("Quem cuida disso?");
    await desk.go("/conversations");
    await desk.openRow("Quem cuida disso?");
    const assign = page.getByRole("button", { name: new RegExp(`^${words.text("bulk.assign")}`) });
    await assign.click();
    const teams = page.getByRole("group", { name: words.text("teams.title"), exact: true });
    await teams.getByText("Vendas", { exact: true }).click();
    await expect(teams).toBeHidden();
    await expect(desk.thread().getByText(words.pattern("activity.team"))).toBeVisible();
    await assign.click();
    await page.getByText(words.text("thread.assign_me"), { exact: true }).click();
    await expect(desk.thread().getByText(words.pattern("activity.took"))).toBeVisible();
  });

  test("a saved reply brings its files", async ({ desk, visitor, words, page }) => {
    await desk.go("/settings/canned-responses");
    await page.getByRole("button", { name: words.text("canned.add"), exact: true }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel(words.text("canned.code"), { exact: true }).fill("precos");
    await dialog.getByLabel(words.text("canned.text"), { exact: true }).fill("Segue a tabela");
    await dialog.locator("input[type=file]").setInputFiles({ name: "tabela.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4") });
    await expect(dialog.getByText("tabela.pdf", { exact: true })).toBeVisible();
    await dialog.getByRole("button", { name: words.text("common.save"), exact: true }).click();
    await expect(page.getByText("tabela.pdf")).toBeVisible();

    await visitor.open();
    await visitor.says("Quanto custa?");
    await desk.go();
    await desk.openRow("Quanto custa?");
    await desk.composer().pressSequentially("/prec");
    await expect(page.getByRole("option").filter({ hasText: "tabela.pdf" })).toBeVisible();
    await desk.composer().press("Enter");
    await expect(desk.composer()).toHaveValue("Segue a tabela");
    await expect(page.locator(".attached").getByText("tabela.pdf", { exact: true })).toBeVisible();
    await desk.composer().press("Enter");
    await expect(desk.thread().getByText("Segue a tabela", { exact: true })).toHaveCount(1);
    await expect(desk.thread().getByText("tabela.pdf")).toBeVisible();
  });

  test("the help says how each part works, with one's own keys", async ({ desk, words, page }) => {
    await desk.go("/settings/preferences");
    const field = page.getByRole("textbox", { name: words.text("keys.resolve"), exact: true });
    await field.press("y");
    await expect(page.getByText(words.text("common.saved"), { exact: true })).toBeVisible();
    await desk.go();
    await page.getByRole("heading", { level: 1 }).click();
    await page.keyboard.press("?");
    await page.getByRole("dialog").getByRole("link", { name: words.text("help.how"), exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: words.text("help.title"), exact: true })).toBeVisible();
    await expect(page.getByRole("dialog")).toHaveCount(0);
    const topics = page.locator("main").getByRole("listitem").getByRole("link");
    await expect(topics).toHaveCount(14);
    await topics.first().click();
    await expect(page.locator("main kbd").filter({ hasText: /^y$/ })).toBeVisible();
    // What was set follows the person, not the browser.
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await expect(page.locator("main kbd").filter({ hasText: /^y$/ })).toBeVisible();
    await desk.go("/help/nada");
    await expect(page.getByText(words.text("error.missing_title"), { exact: true })).toBeVisible();
  });
});
