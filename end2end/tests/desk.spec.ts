// The desk: beginning a conversation with a client, sending anything, noting, and what is done to a conversation as a whole.
import { expect, test } from "../support/world";

test.describe("desk", () => {
  test("a conversation begins with a client in the database, and lands in its chat", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Sou a Bia");
    const list = await desk.call("conversations", { account: desk.account, filter: { tab: "all", status: null, inbox: null }, below: null });
    const contact = list.data.rows[0].conversation.contact.id;
    await desk.call("update_contact", { account: desk.account, contact, draft: { name: "Bia Reis", email: "bia@exemplo.example" } });
    await desk.go();
    await desk.openRow("Sou a Bia");
    await page.getByRole("button", { name: words.resolve, exact: true }).click();
    await page.getByRole("button", { name: words.text("create.open"), exact: true }).click();
    const dialog = page.getByRole("dialog");
    const field = dialog.getByRole("combobox", { name: words.text("create.select") });
    await expect(field).toBeFocused();
    await expect(dialog.getByRole("button", { name: words.text("create.start") })).toBeDisabled();
    await field.fill("reis");
    await dialog.getByRole("option", { name: /Bia Reis/ }).click();
    const start = dialog.getByRole("button", { name: words.text("create.start") });
    await expect(start).toBeEnabled();
    await start.dblclick();
    await expect(dialog).toBeHidden();
    await expect(desk.composer()).toBeFocused();
    await expect(page).toHaveURL(/conversations\/2$/);
    await desk.reply("Olá, Bia!");
    await expect(visitor.sees("Olá, Bia!")).toHaveCount(1);
    const after = await desk.call("conversations", { account: desk.account, filter: { tab: "all", status: null, inbox: null }, below: null });
    expect(after.data.rows.length, "a double click begins one").toBe(2);
  });

  test("a new client is made in the same dialog; who cannot be reached is said", async ({ desk, words, page }) => {
    await desk.go();
    await page.getByRole("button", { name: words.text("create.open"), exact: true }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: words.text("create.new") }).click();
    await dialog.getByLabel(words.text("create.name"), { exact: true }).fill("Caio Lima");
    await dialog.getByLabel(words.text("create.email"), { exact: true }).fill("caio@exemplo.example");
    await dialog.getByRole("button", { name: words.text("common.save"), exact: true }).click();
    await expect(dialog.getByText("Caio Lima")).toBeVisible();
    await expect(dialog.getByRole("alert")).toContainText(words.text("reach.none"));
    await expect(dialog.getByRole("button", { name: words.text("create.start") })).toBeDisabled();
    await page.keyboard.press("Escape");
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("button", { name: words.text("create.open"), exact: true })).toBeFocused();
  });

  test("a note is for colleagues: it looks different, and the customer never sees it", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Olá");
    await desk.go();
    await desk.openRow("Olá");
    await page.getByRole("tab", { name: words.text("note.tab"), exact: true }).click();
    const field = page.getByRole("textbox", { name: words.text("note.tab"), exact: true });
    await field.fill("Cliente antigo, cuidado");
    await page.getByRole("button", { name: words.text("note.add"), exact: true }).click();
    await expect(desk.thread().getByText("Cliente antigo, cuidado", { exact: true })).toHaveCount(1);
    await page.getByRole("tab", { name: words.reply, exact: true }).click();
    await desk.reply("Oi!");
    await expect(visitor.sees("Oi!")).toHaveCount(1);
    await expect(visitor.sees("Cliente antigo, cuidado")).toHaveCount(0);
  });

  test("each mode keeps its own draft", async ({ desk, visitor, words, page }) => {
    await visitor.open();
    await visitor.says("Olá");
    await desk.go();
    await desk.openRow("Olá");
    await desk.composer().fill("resposta");
    await page.getByRole("tab", { name: words.text("note.tab"), exact: true }).click();
    const note = page.getByRole("textbox", { name: words.text("note.tab"), exact: true });
    await expect(note).toHaveValue("");
    await note.fill("anotação");
    await page.reload();
    await expect(desk.composer()).toHaveValue("resposta");
    await page.getByRole("tab", { name: words.text("note.tab"), exact: true }).click();
    await expect(note).toHaveValue("anotação");
  });

  test("priority, labels, snoozing and macros are one click each", async ({ desk, visitor, words, page }) => {
    const account = desk.account;
    await desk.call("save_label", { account, id: null, draft: { title: "vip", colour: "#cc3344", description: "", sidebar: true } });
    await desk.call("save_macro", { account, id: null, draft: { name: "Assumir", shared: true, actions: ["assign_me", { priority: "high" }] } });
    await visitor.open();
    await visitor.says("Urgente!");
    await desk.go();
    await desk.openRow("Urgente!");
    const more = () => page.getByRole("button", { name: words.text("thread.more"), exact: true }).click();
    await more();
    await page.getByRole("menuitem", { name: words.text("labels.title") }).click();
    await page.getByRole("checkbox", { name: /vip/ }).click();
    await page.keyboard.press("Escape");
    await expect(desk.row("Urgente!").getByText("vip")).toBeVisible();
    await more();
    await page.getByRole("menuitem", { name: words.text("macros.title") }).click();
    await page.getByRole("dialog").getByRole("button", { name: /Assumir/ }).click();
    await expect(page.getByRole("tab", { name: new RegExp(`^${words.mine}\\D*1\\b`) })).toBeVisible();
    await more();
    await page.getByRole("menuitem", { name: words.text("snooze.title") }).click();
    await page.getByRole("button", { name: new RegExp(words.text("snooze.tomorrow")) }).click();
    await expect(page.getByRole("tab", { name: new RegExp(`^${words.all}\\D*0\\b`) })).toBeVisible();
    await visitor.says("Ainda aí?");
    await expect(page.getByRole("tab", { name: new RegExp(`^${words.all}\\D*1\\b`) })).toBeVisible();
  });

  test("a saved reply comes by its slash, with the customer's name in it", async ({ desk, visitor, page }) => {
    await desk.call("save_canned", { account: desk.account, id: null, code: "bomdia", text: "Bom dia! Aqui é {{agent.first_name}}." });
    await visitor.open();
    await visitor.says("Olá");
    await desk.go();
    await desk.openRow("Olá");
    await desk.composer().pressSequentially("/bom");
    await expect(page.getByRole("option", { name: /bomdia/ })).toBeVisible();
    await desk.composer().press("Enter");
    await expect(desk.composer()).toHaveValue("Bom dia! Aqui é Ana.");
    await desk.composer().press("Enter");
    await expect(visitor.sees("Bom dia! Aqui é Ana.")).toHaveCount(1);
  });

  test("a voice message is recorded, and plays on the other side", async ({ desk, visitor, words, page }) => {
    await desk.call("update_inbox", {
      account: desk.account,
      inbox: desk.inbox,
      change: { features: { attachments: true, video: false, audio: true, emoji: true, branding: true } },
    });
    await visitor.open();
    await visitor.says("Pode me explicar?");
    await desk.go();
    await desk.openRow("Pode me explicar?");
    await page.getByRole("button", { name: words.text("recorder.open"), exact: true }).click();
    await expect(page.getByRole("timer")).toHaveText("0:01");
    await page.getByRole("button", { name: words.text("recorder.stop"), exact: true }).click();
    await expect(page.getByLabel(words.text("recorder.listen"))).toBeVisible();
    await page.getByRole("group", { name: words.text("recorder.label") }).getByRole("button", { name: words.send, exact: true }).click();
    const voice = desk.thread().getByRole("button", { name: words.text("voice.play"), exact: true });
    await expect(voice).toBeVisible();
    const length = await desk.thread().locator("audio").evaluate(async (audio: HTMLAudioElement) => {
      if (audio.readyState < 1) await new Promise((heard) => audio.addEventListener("loadedmetadata", heard, { once: true }));
      return audio.duration;
    });
    expect(length, "what was recorded plays").toBeGreaterThan(0.5);
    await expect(visitor.log.locator("audio")).toHaveCount(1);
  });
});
