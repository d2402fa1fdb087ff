// What an administrator hands to a program: a token of their own, and what an API inbox needs to be spoken with.
import { createHmac } from "node:crypto";
import { clean } from "../support/axe";
import { expect, hydrated, test } from "../support/world";

test.describe("keys", () => {
  test("a token is made and reset in the profile, and programs follow", async ({ desk, words, page, request }) => {
    await desk.go("/settings/profile");
    await hydrated(page);
    const card = page.locator("section").filter({ has: page.getByRole("heading", { name: words.text("profile.token"), exact: true }) });
    const profile = async (token: string) =>
      (await request.get(`${new URL(page.url()).origin}/api/v1/profile`, { headers: { api_access_token: token } })).status();
    // By keyboard alone, from here on.
    await card.getByRole("button", { name: words.text("profile.token_make"), exact: true }).press("Enter");
    await expect(card.getByText(words.text("profile.token_once"), { exact: true })).toBeVisible();
    const first = await card.getByRole("code").innerText();
    expect(await profile(first)).toBe(200);
    await clean(page);

    await page.reload();
    await hydrated(page);
    await expect(card.getByText(words.text("profile.token_since"))).toBeVisible();
    await expect(card.getByRole("code")).toHaveCount(0);
    const reset = card.getByRole("button", { name: words.text("profile.token_reset"), exact: true });
    await reset.press("Enter");
    const dialog = page.getByRole("dialog");
    await expect(dialog.getByText(words.text("profile.token_reset_text"), { exact: true })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    expect(await profile(first)).toBe(200);
    await reset.press("Enter");
    await dialog.getByRole("button", { name: words.text("profile.token_reset"), exact: true }).press("Enter");
    await expect(dialog).toHaveCount(0);
    const second = await card.getByRole("code").innerText();
    expect(second).not.toBe(first);
    expect([await profile(first), await profile(second)]).toEqual([401, 200]);
  });

  test("an API inbox ends on all its program needs, and its example works as it stands", async ({ desk, words, page, request }) => {
    const made = await desk.call("create_inbox", {
      account: desk.account,
      draft: { kind: "api", settings: { name: "Aplicativo", webhook_url: "https://app.example.com/recado" } },
    });
    const { inbox, program } = made;
    for (const step of ["done", "configuration"]) {
      await desk.go(`/settings/inboxes/${inbox.id}/${step}`);
      await hydrated(page);
      const box = (text: string) => page.getByRole("code").filter({ hasText: text });
      await expect(box(program.identifier).first()).toHaveText(program.identifier);
      await expect(box("https://app.example.com/recado")).toBeVisible();
      const secret = page.getByRole("group", { name: words.text("install.secret"), exact: true }).getByRole("code");
      await expect(secret).not.toContainText("whsec_");
      await page.getByRole("button", { name: words.text("common.show"), exact: true }).first().press("Enter");
      await expect(secret).toHaveText(program.secret.value);
      await expect(page.getByRole("button", { name: words.text("install.copy_key"), exact: true })).toBeVisible();
      await clean(page);
    }
    const words_of = await page.getByRole("code").filter({ hasText: "curl" }).innerText();
    const [, address] = /curl '([^']+)'/.exec(words_of) ?? [];
    const [, body] = /-d '([^']+)'/.exec(words_of) ?? [];
    const answer = await request.post(address, { data: JSON.parse(body) });
    expect([answer.status(), (await answer.json()).name]).toEqual([200, "Ana"]);

    // Identities may be made mandatory: what is not signed is refused then.
    const mandatory = page.getByRole("switch", { name: words.text("install.identity_required"), exact: true });
    await mandatory.press("Space");
    await expect(page.getByText(words.text("common.saved"), { exact: true })).toBeVisible();
    // The example says so at once: the identifier goes with its signature.
    const example = page.getByRole("code").filter({ hasText: "curl" });
    await expect(example).toContainText("identifier_hash");
    await expect(page.getByText(words.text("install.program_signed"), { exact: true })).toBeVisible();
    await page.reload();
    await expect(mandatory).toBeChecked();
    await expect(example).toContainText("identifier_hash");
    const claim = await request.post(address, { data: { name: "Ana", identifier: "42" } });
    expect(claim.status()).toBe(401);
    const [, given] = /-d '([^']+)'/.exec(await example.innerText()) ?? [];
    const signed = JSON.parse(given);
    signed.identifier_hash = createHmac("sha256", program.identity_key).update(signed.identifier).digest("hex");
    expect((await request.post(address, { data: signed })).status()).toBe(200);
  });
});
