// Ctrl+K reaches every command: what can be done to the open conversation, with its key beside it, every list and every page.
import { clean } from "../support/axe";
import { expect, test } from "../support/world";

test("the palette does what is typed, forgives accents and order, and remembers what was used", async ({ desk, visitor, words, page }) => {
  await visitor.open();
  await visitor.says("Bom dia");
  await desk.go();
  await desk.openRow("Bom dia");
  const palette = page.getByRole("dialog").getByRole("combobox");
  const options = page.getByRole("dialog").getByRole("option");
  const turn = (name: string) => page.getByRole("button", { name: words.text(name), exact: true });
  const begin = words.text("thread.resolve").slice(0, 5).toLowerCase();

  await page.keyboard.press("Control+k");
  await palette.fill(`>${begin}`);
  await expect(options.first()).toContainText(words.text("thread.resolve"));
  await expect(options.first().locator("kbd")).toHaveText("e");
  await page.keyboard.press("Enter");
  await expect(turn("thread.reopen")).toBeVisible();

  // It turns with the state, and what was used last stands first.
  await page.keyboard.press("Control+k");
  await palette.fill(">");
  await expect(options.first()).toContainText(words.text("thread.reopen"));
  await clean(page);
  await page.keyboard.press("Enter");
  await expect(turn("thread.resolve")).toBeVisible();

  // Every level of urgency, silence, the block and the address are commands too.
  const does = async (typed: string) => {
    await page.keyboard.press("Control+k");
    await palette.fill(`>${typed}`);
    await expect(options.first()).toContainText(typed);
    await page.keyboard.press("Enter");
  };
  const rank = (name: string) => `${words.text("priority.label")}: ${words.text(`priority.${name}`)}`;
  const turns = [
    [rank("urgent"), rank("none")],
    [words.text("thread.mute"), words.text("thread.unmute")],
    [words.text("contacts.block"), words.text("contacts.unblock")],
  ];
  for (const [there, back] of turns) {
    await does(there);
    await page.keyboard.press("Control+k");
    await palette.fill(`>${back}`);
    await expect(options.first()).toContainText(back);
    await page.keyboard.press("Escape");
  }

  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: desk.recado.origin });
  await does(words.text("thread.copy_link"));
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());

  await page.keyboard.press("Control+k");
  await palette.fill(words.text("list.unassigned").normalize("NFD").replace(/\p{M}/gu, "").toUpperCase());
  await expect(options.first()).toContainText(words.text("list.unassigned"));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/tab=unassigned/);
});

test("the palette offers an agent only the pages that the settings offer them", async ({ desk, words, page }) => {
  const bia = { name: "Bia Reis", email: "bia@loja.example", role: "agent" };
  const invited = await desk.call("invite_agent", { account: desk.account, ...bia });
  await page.context().clearCookies();
  const accepted = await page.request.post(`${desk.recado.origin}/rpc/accept_invitation`, {
    data: { token: invited.link.split("/").pop(), name: bia.name, password: "um recado bem guardado" },
    headers: { origin: desk.recado.origin },
  });
  expect(accepted.ok(), await accepted.text()).toBe(true);
  await desk.go();
  const options = page.getByRole("dialog").getByRole("option");
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog").getByRole("combobox").fill(`>${words.text("nav.settings")}`);
  await expect(options.filter({ hasText: words.text("settings.labels") })).toHaveCount(1);
  await expect(options.filter({ hasText: words.text("webhooks.title") })).toHaveCount(0);
  await expect(options.filter({ hasText: words.text("bots.title") })).toHaveCount(0);
});

test("what is found stands under its kind with the words lit, and whoever comes back goes on there", async ({ desk, visitor, words, page }) => {
  await visitor.open();
  await visitor.says("A devolução da caneca");
  await visitor.says("Outra devolucao");
  await desk.go();
  await page.keyboard.press("/");
  const palette = page.getByRole("dialog").getByRole("combobox");
  const lit = page.getByRole("dialog").locator("mark");
  await palette.fill("DEVOLUCAO");
  await expect(lit).toHaveText(["devolucao", "devolução"]);
  await expect(page.getByRole("dialog").getByText(words.text("find.messages"), { exact: true })).toBeVisible();
  await clean(page);
  await palette.press("ArrowDown");
  await palette.press("Enter");
  await expect(page).toHaveURL(/\?message=\d+/);
  await page.getByRole("heading", { level: 2 }).first().waitFor();
  await page.keyboard.press("Control+k");
  await expect(palette).toHaveValue("DEVOLUCAO");
  await expect(page.getByRole("option", { selected: true })).toContainText("A devolução da caneca");
  // What is typed next takes its place.
  await page.keyboard.type(">");
  await expect(palette).toHaveValue(">");
});
