// Nobody is shut out: axe finds nothing serious on any page, in light and in dark.
import { clean } from "../support/axe";
import { expect, test, Visitor } from "../support/world";

for (const theme of ["light", "dark"] as const) {
  test.describe(`axe, ${theme}`, () => {
    test.use({ colorScheme: theme });

    test("signing in and up", async ({ page }) => {
      for (const path of ["/login", "/signup", "/forgot"]) {
        await page.goto(path);
        await expect(page.getByRole("heading").first()).toBeVisible();
        await clean(page);
      }
    });

    test("conversations and thread", async ({ desk, visitor, page }) => {
      await desk.go();
      await expect(page.getByRole("heading").first()).toBeVisible();
      await clean(page);
      await visitor.open();
      await visitor.says("Acessível?");
      await desk.openRow("Acessível?");
      await desk.reply("Sim");
      await clean(page);
    });

    test("settings and the inbox wizard", async ({ desk, page }) => {
      test.slow(); // twenty pages
      const paths = ["account", "agents", "teams", "labels", "custom-attributes", "canned-responses", "macros", "bots", "preferences", "profile", "inboxes", "inboxes/new", "inboxes/new/website"];
      const tabs = ["settings", "collaborators", "prechat", "appearance", "configuration", "agents", "done"].map((tab) => `inboxes/${desk.inbox}/${tab}`);
      for (const path of [...paths, ...tabs]) {
        await desk.go(`/settings/${path}`);
        await expect(page.getByRole("heading").first()).toBeVisible();
        await clean(page);
      }
    });

    test("contacts, and what opens over the desk", async ({ desk, visitor, page, words }) => {
      await visitor.open();
      await visitor.says("Acessível?");
      await desk.go("/contacts");
      await page.getByRole("list", { name: words.contacts, exact: true }).getByRole("link").first().click();
      await expect(page.getByRole("heading").first()).toBeVisible();
      await clean(page);
      await desk.go();
      await desk.openRow("Acessível?");
      // Creating, looking for something, the keys: each by its own key.
      for (const key of ["c", "Control+k", "?"]) {
        await page.keyboard.press(key);
        await expect(page.getByRole("dialog")).toBeVisible();
        await clean(page);
        await page.keyboard.press("Escape");
        await expect(page.getByRole("dialog")).toHaveCount(0);
      }
      await page.setViewportSize({ width: 390, height: 844 });
      await clean(page);
    });

    test("the chat in its frame", async ({ visitor, browser, site, words, locale }) => {
      await visitor.page.close();
      const context = await browser.newContext({ locale, colorScheme: theme });
      const someone = await Visitor.arrive(context, words, site.server.localhost);
      await someone.open();
      await someone.says("Acessível?");
      // The customer's page is theirs; what it lacks is not ours to judge.
      await someone.page.evaluate((tag) => document.documentElement.setAttribute("lang", tag), locale);
      await clean(someone.page);
      const chat = someone.page.frames().find((frame) => frame.url().includes("/widget/frame"));
      await clean(chat!);
      await context.close();
    });
  });
}
