// A tab that stays open while the server is brought up to date: it says so, at a moment of the person's own, and nothing written is lost.
import { expect, hydrated, test } from "../support/world";

test("a page that is out of date says so, and its parts that are gone wait for a reload that keeps the draft", async ({ desk, visitor, words, page }) => {
  await visitor.open();
  await visitor.says("Bom dia");
  await page.clock.install();
  await desk.go();
  await desk.row("Bom dia").click();
  await desk.composer().fill("um rascunho longo");
  const card = page.getByRole("status").filter({ hasText: words.text("common.outdated") });
  const asks = page.waitForResponse((answer) => new URL(answer.url()).pathname === "/release");
  await page.clock.runFor(70_000);
  expect(await (await asks).text()).toBe(await page.locator("html").getAttribute("data-release"));
  await expect(card).toBeHidden();

  // The new release: other bundles, and nothing of the old ones.
  await page.route("**/release", (route) => route.fulfill({ body: "another" }));
  await page.route(/\/assets\/inbox\/.*\.wasm/, (route) => route.fulfill({ status: 404 }));
  await page.clock.runFor(30_000);
  await page.getByRole("link", { name: words.text("nav.settings"), exact: true }).first().click();
  await expect(card).toBeVisible();
  await expect(page.getByRole("button", { name: words.text("error.reload"), exact: true })).toBeVisible();

  // Whoever is busy puts it off.
  await card.getByRole("button", { name: words.text("common.close"), exact: true }).click();
  await page.clock.runFor(3_000_000);
  await expect(card).toBeHidden();
  await page.clock.runFor(1_200_000);
  await expect(card).toBeVisible();

  await page.unrouteAll();
  await card.getByRole("button", { name: words.text("common.update"), exact: true }).click();
  await hydrated(page);
  await expect(page).toHaveURL(/\/settings/);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await desk.go();
  await desk.row("Bom dia").click();
  await expect(desk.composer()).toHaveValue("um rascunho longo");
});
