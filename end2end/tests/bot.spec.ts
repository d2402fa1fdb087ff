// Who answers first: a menu that an administrator writes without programming, and the person who takes over.
import { expect, hydrated, test } from "../support/world";

test.describe("bot", () => {
  test("a menu made in the settings answers, and hands over to a person", async ({ desk, visitor, words, page }) => {
    await desk.go("/settings/bots");
    await hydrated(page);
    await page.getByRole("button", { name: words.text("bots.add"), exact: true }).click();
    const dialog = page.getByRole("dialog");
    const field = (name: string, at = 0) => dialog.getByRole("textbox", { name: words.text(name), exact: true }).nth(at);
    await field("bots.name").fill("Recepção");
    await expect(field("bots.choice_title")).toHaveValue(words.text("bots.first_choice"));
    await dialog.getByRole("button", { name: words.text("bots.choice_add"), exact: true }).click();
    await field("bots.choice_title", 1).fill("Horário");
    await dialog.getByRole("group", { name: words.text("bots.where"), exact: true }).getByRole("checkbox").first().check();
    const save = dialog.getByRole("button", { name: words.text("common.save"), exact: true });
    await save.click();
    await expect(field("bots.answer", 1)).toHaveAttribute("aria-invalid", "true");
    await field("bots.answer", 1).fill("Das 9h às 18h.");
    await save.click();
    await expect(dialog).toHaveCount(0);
    await expect(page.getByText("Recepção", { exact: true })).toBeVisible();

    // What nobody has asked a bot yet has no figures.
    const done = page.locator("section").filter({ has: page.getByRole("heading", { name: words.text("bots.done"), exact: true }) });
    await expect(done.getByText(words.text("bots.done_none"), { exact: true })).toBeVisible();

    await visitor.open();
    await visitor.says("Bom dia");
    await expect(visitor.log.getByText(words.text("bots.first_greeting"))).toBeVisible();
    await visitor.says("2");
    await expect(visitor.sees("Das 9h às 18h.")).toBeVisible();
    await desk.go("/conversations/1?tab=all");
    await expect(page.getByText(words.text("composer.pending"), { exact: true })).toBeVisible();
    // By number or, on a website, by its button; the first choice stands and the others go.
    await visitor.log.getByRole("button", { name: words.text("bots.first_choice"), exact: true }).press("Enter");
    await expect(visitor.sees(words.text("bots.first_handover"))).toBeVisible();
    // Both sides read who said it.
    await expect(visitor.log.getByText("Recepção").first()).toBeVisible();
    await expect(page.getByRole("log").getByText("Recepção").first()).toBeAttached();
    await expect(visitor.log.getByRole("button", { name: "Horário", exact: true })).toHaveCount(0);
    await expect(page.getByText(words.text("composer.pending"), { exact: true })).toHaveCount(0);
    await desk.reply("Oi, aqui é a Ana");
    await expect(visitor.sees("Oi, aqui é a Ana")).toBeVisible();
    await visitor.says("Horário");
    await visitor.says("Obrigado");
    await expect(visitor.sees("Das 9h às 18h.")).toHaveCount(1);

    // What was written is there to be changed.
    await desk.go("/settings/bots");
    await hydrated(page);
    await expect(done.getByRole("definition")).toHaveText(["1", "3", "0% 0", "100% 1"]);
    await expect(done.getByRole("row", { name: "Recepção" }).getByRole("cell")).toHaveText(["1", "3", "0 0%", "1 100%"]);
    await done.getByRole("combobox", { name: words.text("bots.done_time"), exact: true }).selectOption("7");
    await expect(done.getByRole("row", { name: "Recepção" })).toBeVisible();
    await page.getByRole("button", { name: words.text("shelf.edit", { name: "Recepção" }), exact: true }).click();
    await expect(field("bots.choice_title", 1)).toHaveValue("Horário");
    await expect(dialog.getByRole("group", { name: words.text("bots.where"), exact: true }).getByRole("checkbox").first()).toBeChecked();
  });
});
