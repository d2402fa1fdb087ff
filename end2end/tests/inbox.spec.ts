// The agent's day: finding, answering, putting away, by mouse, by keyboard, on a phone, in either language and light.
import type { Page } from "@playwright/test";
import { expect, test, Visitor } from "../support/world";
import { words as speak } from "../support/words";

test.describe("inbox", () => {
  test("a draft survives a reload, and the list says so", async ({ desk, visitor, words }) => {
    await visitor.open();
    await visitor.says("Qual o prazo?");
    await desk.go();
    await desk.openRow("Qual o prazo?");
    await desk.composer().fill("O prazo é de três");
    await expect(desk.list().getByText(words.text("list.draft")).first()).toBeVisible();
    await desk.page.reload();
    await expect(desk.composer()).toHaveValue("O prazo é de três");
  });

  test("resolving and reopening move the counts", async ({ desk, visitor, words, page }) => {
    const tab = (name: string, count: number) => page.getByRole("tab", { name: new RegExp(`^${name}\\D*${count}\\b`) });
    await visitor.open();
    await visitor.says("Quero trocar");
    await desk.go();
    await desk.openRow("Quero trocar");
    await expect(tab(words.unassigned, 1)).toBeVisible();
    await expect(tab(words.mine, 0)).toBeVisible();
    await expect(tab(words.all, 1)).toBeVisible();

    await page.getByRole("button", { name: words.resolve, exact: true }).click();
    await expect(tab(words.all, 0)).toBeVisible();
    await page.getByRole("button", { name: words.reopen, exact: true }).click();
    await expect(tab(words.all, 1)).toBeVisible();
    // The numbers are those of a fresh load.
    await page.reload();
    await expect(tab(words.unassigned, 1)).toBeVisible();
    await expect(tab(words.all, 1)).toBeVisible();
  });

  test("a resolved conversation opens again when the visitor writes", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Obrigado");
    await desk.go();
    await desk.openRow("Obrigado");
    await page.getByRole("button", { name: words.resolve, exact: true }).click();
    await expect(page.getByRole("button", { name: words.reopen, exact: true })).toBeVisible();
    await visitor.says("Mais uma coisa");
    await expect(page.getByRole("button", { name: words.resolve, exact: true })).toBeVisible();
    await expect(desk.row("Mais uma coisa")).toBeVisible();
  });

  test("the newest is on top, without a reload", async ({ desk, visitor, browser, site, locale, words }) => {
    await visitor.open();
    await visitor.says("Cheguei primeiro");
    await desk.go();
    await expect(desk.list().getByRole("listitem").first()).toContainText("Cheguei primeiro");
    const context = await browser.newContext({ locale });
    const other = await Visitor.arrive(context, words, site.server.localhost);
    await other.open();
    await other.says("Cheguei depois");
    await expect(desk.list().getByRole("listitem").first()).toContainText("Cheguei depois");
    await visitor.says("Voltei");
    await expect(desk.list().getByRole("listitem").first()).toContainText("Voltei");
    await context.close();
  });

  test("an address opens the same conversation in a new tab, and Back returns", async ({ desk, visitor, context, page }) => {
    await visitor.open();
    await visitor.says("Pelo endereço");
    await desk.go();
    const before = page.url();
    await desk.openRow("Pelo endereço");
    await expect(page).toHaveURL(/\/conversations\/\d+/);
    const tab = await context.newPage();
    await tab.goto(page.url());
    await expect(desk.thread(tab).getByText("Pelo endereço")).toBeVisible();
    await page.goBack();
    await expect(page).toHaveURL(before);
    await expect(desk.thread()).toHaveCount(0);
  });

  test("Shift+Enter breaks the line, Enter sends both", async ({ desk, visitor }) => {
    await visitor.open();
    await visitor.says("Endereço?");
    await desk.go();
    await desk.openRow("Endereço?");
    await desk.composer().pressSequentially("Rua das Flores, 10");
    await desk.composer().press("Shift+Enter");
    await desk.composer().pressSequentially("Centro");
    await expect(desk.composer()).toHaveValue("Rua das Flores, 10\nCentro");
    await desk.composer().press("Enter");
    await expect(desk.composer()).toHaveValue("");
    await expect(visitor.log.getByText(/Rua das Flores, 10\s+Centro/)).toHaveCount(1);
  });

  test("by keyboard alone: pick, answer, resolve", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Sem mouse");
    await desk.go();
    await expect(desk.row("Sem mouse")).toBeVisible();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect(desk.thread().getByText("Sem mouse")).toBeVisible();
    await page.keyboard.press("Escape");
    await page.keyboard.press("r");
    await expect(desk.composer()).toBeFocused();
    await page.keyboard.type("Respondo com j, r e Enter");
    await page.keyboard.press("Enter");
    await expect(visitor.sees("Respondo com j, r e Enter")).toBeVisible();
    await page.keyboard.press("Escape");
    await page.keyboard.press("e");
    await expect(page.getByRole("button", { name: words.reopen, exact: true })).toBeVisible();
    await page.keyboard.press("n");
    await expect(page.getByRole("textbox", { name: words.text("note.tab"), exact: true })).toBeFocused();
    await page.keyboard.press("Escape");
    await page.keyboard.press("r");
    await expect(desk.composer()).toBeFocused();
    await page.keyboard.press("Escape");
    await page.keyboard.press("v");
    await expect(page.getByRole("menu").getByText(words.text("thread.nobody"), { exact: true })).toBeVisible();
    await page.keyboard.press("Escape");
    for (const [key, title] of [["b", "snooze.title"], ["l", "labels.title"], ["#", "delete.title"], ["Shift+F", "filter.open"]]) {
      await page.keyboard.press(key);
      await expect(page.getByRole("dialog"), key).toContainText(words.text(title));
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
    await page.keyboard.press("e");
    await page.keyboard.press("u");
    await expect(desk.thread()).toHaveCount(0);
    await page.keyboard.press("j");
    await page.keyboard.press("o");
    await expect(desk.thread().getByText("Sem mouse")).toBeVisible();
    await page.keyboard.press("g");
    await expect(page.getByText(words.text("keys.go"), { exact: true })).toBeVisible();
    await page.keyboard.press("a");
    await expect(page).toHaveURL(/conversations\?tab=mine$/);
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await expect(page).toHaveURL(/conversations\?status=snoozed$/);
    await page.keyboard.press("g");
    await page.keyboard.press("i");
    await expect(page).toHaveURL(/conversations$/);
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: words.text("keys.title") })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("dialog", { name: words.text("keys.title") })).toHaveCount(0);
  });

  test("keys typed within one frame mean the row they moved to", async ({ desk, visitor, page }) => {
    await visitor.open();
    await visitor.says("Num instante");
    await desk.go();
    await expect(desk.row("Num instante")).toBeVisible();
    await page.evaluate(() => {
      for (const key of ["j", "Enter"]) document.activeElement!.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    });
    await expect(desk.thread().getByText("Num instante")).toBeVisible();
  });

  test("on a phone there is one pane at a time", async ({ desk, visitor, page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await visitor.open();
    await visitor.says("Do celular");
    await desk.go();
    await expect(desk.composer()).toBeHidden();
    await desk.row("Do celular").click();
    await expect(desk.thread().getByText("Do celular")).toBeVisible();
    await expect(desk.list()).toBeHidden();
    expect(await sideways(page)).toBe(0);
    await page.goBack();
    await expect(desk.list()).toBeVisible();
    expect(await sideways(page)).toBe(0);
  });

  test("language and theme change without a reload", async ({ desk, words, language, page }) => {
    const other = speak(language === "en" ? "pt-BR" : "en");
    await desk.go("/settings/profile");
    await expect(page.getByRole("link", { name: words.conversations, exact: true }).first()).toBeVisible();
    await page.evaluate(() => Object.assign(window, { same: true }));

    await choose(page, words.text("profile.language"), words.text(language === "en" ? "language.pt" : "language.en"));
    await expect(page.getByRole("link", { name: other.conversations, exact: true }).first()).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", language === "en" ? "pt-BR" : "en");

    await choose(page, other.text("profile.theme"), other.text("profile.theme_dark"));
    await expect.poll(() => brightness(page)).toBeLessThan(0.3);
    await choose(page, other.text("profile.theme"), other.text("profile.theme_light"));
    await expect.poll(() => brightness(page)).toBeGreaterThan(0.8);
    expect(await page.evaluate(() => "same" in window)).toBe(true);

    await page.reload();
    await expect(page.getByRole("link", { name: other.conversations, exact: true }).first()).toBeVisible();
    expect(await brightness(page)).toBeGreaterThan(0.8);
  });

  test("an unknown page says so and keeps a way out", async ({ desk, words, page }) => {
    await desk.go("/no-such-place");
    await expect(page.getByText(words.text("error.not_found_title"))).toBeVisible();
    await page.getByRole("link", { name: words.text("error.home") }).click();
    await expect(page).toHaveURL(/\/conversations/);
  });

  test("what was read is unread again by Shift U, and the head has what one does most", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Olá");
    await desk.go();
    await desk.openRow("Olá");
    const unread = desk.row("Olá").and(page.locator("[data-unread=true]"));
    await expect(unread).toHaveCount(0);
    const head = page.locator(".thread__head");
    for (const title of ["snooze.title", "labels.title", "macros.title"]) {
      await head.getByRole("button", { name: words.text(title), exact: true }).click();
      await expect(page.getByRole("dialog", { name: words.text(title), exact: true })).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(page.getByRole("dialog")).toHaveCount(0);
    }
    await page.getByRole("heading", { level: 1 }).click();
    await page.keyboard.press("Shift+U");
    await expect(unread).toHaveCount(1);
  });

  test("the inbox can be installed, in its own language", async ({ desk, language, page, request }) => {
    await desk.go();
    const address = await page.locator("link[rel=manifest]").getAttribute("href");
    const answer = await request.get(desk.recado.origin + address);
    expect(answer.headers()["content-type"]).toBe("application/manifest+json");
    const manifest = await answer.json();
    expect([manifest.name, manifest.lang, manifest.display, manifest.start_url]).toEqual(["Recado", language, "standalone", "/"]);
    for (const icon of [...manifest.icons.map((icon: { src: string }) => icon.src), await page.locator("link[rel=apple-touch-icon]").getAttribute("href")]) {
      expect((await request.get(desk.recado.origin + icon)).headers()["content-type"]).toMatch(/^image\//);
    }
  });
});

/** Picks an option where it is a list to choose from or a group of radio buttons. */
async function choose(page: Page, group: string, option: string) {
  const list = page.getByRole("combobox", { name: group, exact: true });
  if (await list.count()) await list.selectOption({ label: option });
  // The page may be drawn in another language under the pointer: a person would press again.
  else await expect(() => page.getByRole("radio", { name: option, exact: true }).check({ timeout: 2_000 })).toPass({ timeout: 15_000 });
}

/** How bright the page is painted, 0 to 1: what its background comes out as on a canvas. */
async function brightness(page: Page): Promise<number> {
  return page.evaluate(() => {
    const context = document.createElement("canvas").getContext("2d")!;
    context.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
    return (r + g + b) / 765;
  });
}

/** How far the page scrolls sideways, which it should not. */
async function sideways(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
