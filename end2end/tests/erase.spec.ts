// A message is deleted for good: asked once by name, and what is left says who did it.
import { clean } from "../support/axe";
import { expect, test } from "../support/world";

test.describe("deleted", () => {
  test("a message leaves a mark with who deleted it, by keyboard alone, and Esc lets it stand", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Meu cartão é 4111 1111 1111 1111");
    await desk.go();
    await desk.openRow("Meu cartão");
    const words_of = desk.thread().getByText("4111 1111");
    const more = desk.thread().getByRole("button", { name: words.text("bubble.more"), exact: true });
    await more.first().press("Enter");
    await clean(page);
    await page.getByRole("menuitem", { name: words.text("bubble.delete"), exact: true }).press("Enter");
    const dialog = page.getByRole("dialog", { name: words.text("bubble.delete"), exact: true });
    await expect(dialog).toContainText("Meu cartão é 4111");
    await clean(page);
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(words_of).toBeVisible();

    await more.first().press("Enter");
    await page.getByRole("menuitem", { name: words.text("bubble.delete"), exact: true }).press("Enter");
    await dialog.getByRole("button", { name: words.text("bubble.delete"), exact: true }).press("Enter");
    await expect(dialog).toHaveCount(0);
    await expect(desk.thread().getByText(words.text("bubble.deleted_by", { name: "Ana Souza" }))).toBeVisible();
    await expect(words_of).toHaveCount(0);
    await expect(more, "nothing more can be done to it").toHaveCount(0);
    await page.reload();
    await expect(desk.thread().getByText(words.text("bubble.deleted_by", { name: "Ana Souza" }))).toBeVisible();
    await expect(page.getByText("4111 1111")).toHaveCount(0);
    await expect(visitor.frame.getByText("4111 1111")).toHaveCount(0);
    await expect(visitor.frame.getByText(words.text("bubble.deleted"), { exact: true })).toBeVisible();
  });

  test("a menu leaves the focus to whoever was faster than its first frame", async ({ desk, visitor, words }) => {
    await visitor.open();
    await visitor.says("Sou rápida");
    await desk.go();
    await desk.openRow("Sou rápida");
    const more = desk.thread().getByRole("button", { name: words.text("bubble.more"), exact: true }).first();
    const kept = await more.evaluate(async (button: HTMLElement) => {
      button.click();
      let last: HTMLElement | undefined;
      while (!last) {
        await Promise.resolve();
        last = [...button.parentElement!.querySelectorAll<HTMLElement>("[role=menuitem]")].at(-1);
      }
      last.focus();
      for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame);
      return document.activeElement === last && last !== button.parentElement!.querySelector("[role=menuitem]");
    });
    expect(kept).toBe(true);
  });
});
