// Messengers on the screen: an inbox is connected by its form, a customer writes on their phone, the agent answers, the answer leaves there.
// The providers are played by the simulators, which refuse what the real ones refuse.
import { startSimulators } from "../simulators/simulators.mjs";
import { expect, test as base } from "../support/world";

type Providers = Awaited<ReturnType<typeof startSimulators>>;

const test = base.extend<{ providers: Providers }>({
  providers: [
    async ({}, use) => {
      const providers = await startSimulators();
      await use(providers);
      await providers.close();
    },
    { auto: true },
  ],
  settings: async ({ providers }, use) => {
    await use({
      RECADO_CHANNELS__TELEGRAM__API_BASE: providers.bases.telegram,
      RECADO_CHANNELS__LINE__API_BASE: providers.bases.line,
      RECADO_CHANNELS__LINE__DATA_BASE: providers.bases["line-data"],
      RECADO_EGRESS__ALLOW: '["127.0.0.0/8"]',
    });
  },
});

async function say(providers: Providers, channel: string, words: object) {
  const answer = await fetch(`${providers.origin}/_sim/${channel}/default/say`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(words),
  });
  expect(answer.status, await answer.clone().text()).toBe(200);
}

async function heard(providers: Providers): Promise<string> {
  return (await fetch(`${providers.origin}/_sim/log`)).text();
}

test("a Telegram bot is connected, and its customer is answered there", async ({ desk, providers, words, page }) => {
  await desk.go("/settings/inboxes/new");
  await page.getByRole("link", { name: "Telegram", exact: true }).click();
  await page.locator("[name=name]").fill("Bot da loja");
  await page.locator("[name=token]").fill("700000001:SANDBOX_telegram_bot_token_00000001");
  await page.getByRole("button", { name: words.createInbox, exact: true }).click();
  await page.getByRole("button", { name: words.addAgents, exact: true }).click();
  await expect(page.getByText(words.text("connection.good"))).toBeVisible();
  await desk.go();
  await say(providers, "telegram", { name: "Bia Reis", text: "Meu pedido chegou?" });
  await desk.openRow("Meu pedido chegou?");
  await desk.reply("Chega hoje!");
  await expect.poll(() => heard(providers)).toContain("Chega hoje!");
  await say(providers, "telegram", { name: "Bia Reis", media: { kind: "image" } });
  await expect(desk.thread().locator("img.picture__image")).toHaveCount(1);
});

test("a token the provider does not know is refused beside the form", async ({ desk, page, words }) => {
  await desk.go("/settings/inboxes/new/telegram");
  await page.locator("[name=name]").fill("Bot da loja");
  await page.locator("[name=token]").fill("700000009:SANDBOX_unknown_bot_token_000000001");
  await page.getByRole("button", { name: words.createInbox, exact: true }).click();
  await expect(page.getByRole("alert").filter({ hasText: /\S/ })).toContainText("Unauthorized");
  await expect(page.locator("[name=name]")).toHaveValue("Bot da loja");
});
