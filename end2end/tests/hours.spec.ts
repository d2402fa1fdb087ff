// An inbox has hours, set by an administrator; whoever writes outside of them is told so, and when people are back.
import { clean } from "../support/axe";
import { expect, hydrated, test } from "../support/world";

test("the week is set on its tab, and a visitor who comes while nobody is there hears when somebody is", async ({ desk, visitor, words, page }) => {
  const say = (key: string, values?: Record<string, string>) => words.text(`hours.${key}`, values);
  await desk.go("/settings/inboxes/1/hours");
  await hydrated(page);
  await page.getByRole("switch", { name: say("on"), exact: true }).press("Space");
  // Three days from now, where the inbox is, and no other day.
  const weekday = new Intl.DateTimeFormat("en", { weekday: "short", timeZone: "America/Sao_Paulo" }).format(Date.now());
  const open = (["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(weekday) + 3) % 7;
  for (let day = 0; day < 7; day++) {
    const name = words.text(`bots.day_${day + 1}`);
    await page.getByRole("combobox", { name, exact: true }).selectOption(day === open ? "open" : "closed");
    if (day === open) await page.getByLabel(say("from", { day: name }), { exact: true }).fill("10:30");
    if (day === open) await page.getByLabel(say("to", { day: name }), { exact: true }).fill("09:00");
  }
  await page.getByLabel(say("say"), { exact: true }).fill("Deixe seu recado 🙂");
  const save = page.getByRole("button", { name: words.text("common.save"), exact: true });
  await save.press("Enter");
  await expect(page.getByText(say("wrong"))).toBeVisible();
  await clean(page);
  await page.getByLabel(say("to", { day: words.text(`bots.day_${open + 1}`) }), { exact: true }).fill("18:00");
  await save.press("Enter");
  await expect(page.getByText(words.text("common.saved"), { exact: true })).toBeVisible();

  await visitor.open();
  await expect(visitor.frame.getByText(/10:30 \(Sao Paulo\)/)).toBeVisible();
  await visitor.says("Tem alguém?");
  await expect(visitor.frame.getByText("Deixe seu recado 🙂")).toBeVisible();
  await page.reload();
  await expect(page.getByLabel(say("from", { day: words.text(`bots.day_${open + 1}`) }), { exact: true })).toHaveValue("10:30");
});
