// Messengers on the screen: an inbox is connected by its form or by a login, a customer writes on their phone, the agent answers, the answer
// leaves there. The providers are played by the simulators, which refuse what the real ones refuse.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { startSimulators } from "../simulators/simulators.mjs";
import { expect, hydrated, test as base, type Desk } from "../support/world";

type Providers = Awaited<ReturnType<typeof startSimulators>>;
type Taken = { text: string | null; to: string; media: { kind: string }[] };

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
    const bases = providers.bases;
    await use({
      RECADO_CHANNELS__TELEGRAM__API_BASE: bases.telegram,
      RECADO_CHANNELS__LINE__API_BASE: bases.line,
      RECADO_CHANNELS__LINE__DATA_BASE: bases["line-data"],
      RECADO_CHANNELS__META__GRAPH_BASE: bases.graph,
      RECADO_CHANNELS__META__INSTAGRAM_BASE: bases.instagram,
      RECADO_CHANNELS__META__DIALOG_BASE: bases.facebook,
      RECADO_CHANNELS__META__APP_ID: "900000000000001",
      RECADO_CHANNELS__META__APP_SECRET: "sandbox-meta-app-secret-0123456789ab",
      RECADO_CHANNELS__META__VERIFY_TOKEN: "sandbox-verify-token",
      RECADO_CHANNELS__INSTAGRAM__DIALOG_BASE: bases["instagram-login"],
      RECADO_CHANNELS__INSTAGRAM__TOKEN_BASE: bases["instagram-login"],
      RECADO_CHANNELS__INSTAGRAM__APP_ID: "900000000000002",
      RECADO_CHANNELS__INSTAGRAM__APP_SECRET: "sandbox-instagram-app-secret",
      RECADO_EGRESS__ALLOW: '["127.0.0.0/8"]',
    });
  },
});

async function tell(providers: Providers, path: string, body: object) {
  const answer = await fetch(`${providers.origin}/_sim/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status, `${path}: ${await answer.clone().text()}`).toBe(200);
  return answer.json();
}

const say = (providers: Providers, channel: string, words: object) => tell(providers, `${channel}/default/say`, words);

/** What a provider took from us, oldest first. */
async function taken(providers: Providers, channel: string): Promise<Taken[]> {
  return (await fetch(`${providers.origin}/_sim/log?channel=${channel}&direction=out&what=message`)).json();
}

/** Has Meta call the address that one app has for all its pages and accounts. */
const calls = (providers: Providers, object: string, desk: Desk) =>
  tell(providers, "meta/app", { callbacks: { [object]: `${desk.recado.origin}/hooks/meta` } });

const SAMPLES = {
  image: ["foto.jpg", "image/jpeg"],
  video: ["video.mp4", "video/mp4"],
  audio: ["audio.mp3", "audio/mpeg"],
  document: ["documento.pdf", "application/pdf"],
} as const;
type Kind = keyof typeof SAMPLES;

/** Picks a file in the composer, and says whether it may leave. */
async function attach(desk: Desk, kind: Kind) {
  const [name, mimeType] = SAMPLES[kind];
  const buffer = await readFile(resolve(import.meta.dirname, "../simulators/samples", name));
  const chooser = desk.page.waitForEvent("filechooser");
  await desk.page.getByRole("button", { name: desk.words.text("attach.label"), exact: true }).click();
  await (await chooser).setFiles({ name, mimeType, buffer });
}

/** Fills in the form of a channel, and passes its agents by. */
async function connect(desk: Desk, kind: string, fields: Record<string, string>) {
  const { page, words } = desk;
  await desk.go(`/settings/inboxes/new/${kind}`);
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name=${name}]`).fill(value);
  await page.getByRole("button", { name: words.createInbox, exact: true }).click();
  await page.getByRole("button", { name: words.addAgents, exact: true }).click();
  await expect(page.getByText(words.text("connection.good"))).toBeVisible();
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
  await expect.poll(async () => (await taken(providers, "telegram")).map((line) => line.text)).toEqual(["Chega hoje!"]);
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

/** The table of what each messenger carries: words and all four kinds of file, but no documents on Instagram. */
const CHANNELS: { kind: string; name: string; refuses: Kind[]; fields: Record<string, string>; limit: number }[] = [
  { kind: "telegram", name: "Bot da loja", refuses: [], limit: 4096, fields: { token: "700000001:SANDBOX_telegram_bot_token_00000001" } },
  {
    kind: "whatsapp",
    name: "WhatsApp da loja",
    refuses: [],
    limit: 4096,
    fields: {
      phone_number_id: "100000000000001",
      business_account_id: "200000000000001",
      token: "EAASANDBOXwhatsapp00000000000000000001",
    },
  },
  {
    kind: "instagram",
    name: "@loja",
    // Of recordings Instagram takes only some forms, and MP3 is none of them.
    refuses: ["document", "audio"],
    limit: 1000,
    fields: { token: "IGSANDBOXtoken000000000000000000000001" },
  },
];

for (const channel of CHANNELS) {
  test(`the same thread is answered on ${channel.kind}, and only with what it carries`, async ({ desk, providers, words, page }) => {
    test.slow();
    await connect(desk, channel.kind, { name: channel.name, ...channel.fields });
    if (channel.kind === "instagram") await calls(providers, "instagram", desk);
    await desk.go();
    await say(providers, channel.kind, { text: "Meu pedido chegou?" });
    await desk.openRow("Meu pedido chegou?");
    await expect(desk.row("Meu pedido chegou?")).toContainText(channel.name);

    await desk.reply("Chega hoje!");
    await expect.poll(async () => (await taken(providers, channel.kind)).length).toBe(1);
    // The first answer of an account is celebrated, above the composer.
    await page.getByRole("button", { name: words.text("congrats.next"), exact: true }).click();

    for (const kind of Object.keys(SAMPLES) as Kind[]) {
      const before = (await taken(providers, channel.kind)).length;
      await attach(desk, kind);
      if (channel.refuses.includes(kind)) {
        if (kind === "document") {
          // Known before anything is uploaded, and said in a sentence.
          await expect(page.locator(".attached").getByText(words.text("attach.kind"))).toBeVisible();
          await page.locator(".attached button").last().click();
          await expect(page.locator(".attached")).toHaveCount(0);
        } else {
          await expect(page.locator(".attached[data-state=done]")).toHaveCount(1);
          await desk.composer().press("Enter");
          await expect(desk.thread().getByText(words.text("reason.not_allowed"))).toBeVisible();
        }
        expect((await taken(providers, channel.kind)).length).toBe(before);
        continue;
      }
      await expect(page.locator(".attached[data-state=done]")).toHaveCount(1);
      await desk.composer().press("Enter");
      await expect.poll(async () => (await taken(providers, channel.kind)).length).toBe(before + 1);
      expect((await taken(providers, channel.kind)).at(-1)?.media.length).toBe(1);
    }

    // Words beyond the channel's measure are held back, with how many are too many.
    const before = (await taken(providers, channel.kind)).length;
    await desk.composer().fill("a".repeat(channel.limit + 5));
    await expect(page.getByText(words.text("composer.over.other", { count: "5" }))).toBeVisible();
    await desk.composer().press("Enter");
    await expect(desk.composer()).toHaveValue(/^a+$/);
    expect((await taken(providers, channel.kind)).length).toBe(before);
  });
}

test("a closed window on WhatsApp asks for a template, which leaves", async ({ desk, providers, words, page }) => {
  await connect(desk, "whatsapp", { name: "WhatsApp da loja", ...CHANNELS[1].fields });
  await desk.go();
  await say(providers, "whatsapp", { from: "12025550143", text: "Oi, tudo bem?" });
  await desk.openRow("Oi, tudo bem?");
  await tell(providers, "whatsapp/default/person", { from: "12025550143", hoursAgo: 25 });
  await desk.reply("Ainda aí?");
  await expect(desk.thread().getByText(words.text("reason.window_closed"))).toBeVisible();
  await page.getByRole("button", { name: words.text("templates.open"), exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /retomar_conversa Olá/ }).click();
  await dialog.locator("form input:not([type=search])").first().fill("Ana");
  await expect(dialog.getByText("Olá Ana").first()).toBeVisible();
  await dialog.getByRole("button", { name: words.send, exact: true }).click();
  await expect.poll(async () => (await taken(providers, "whatsapp")).at(-1)?.text).toContain("Olá Ana");
});

for (const [kind, brand, object] of [
  ["messenger", "Facebook", "page"],
  ["instagram", "Instagram", "instagram"],
]) {
  test(`an inbox is connected by logging in with ${brand}`, async ({ desk, providers, words, page }) => {
    await desk.go(`/settings/inboxes/new/${kind}`);
    const enter = page.getByRole("button", { name: words.text("inboxes.login", { channel: brand }), exact: true });

    await enter.click();
    await page.getByRole("link", { name: "Recusar", exact: true }).click();
    await expect(page.getByText(words.text("inboxes.login_denied"))).toBeVisible();

    await hydrated(page);
    await enter.click();
    await page.getByRole("link", { name: "Permitir", exact: true }).click();
    await hydrated(page);
    await expect(page.getByText(words.text("inboxes.login_choose"))).toBeVisible();
    await page.getByRole("listitem").getByRole("button").first().click();
    await page.getByRole("button", { name: words.addAgents, exact: true }).click();
    await expect(page.getByText(words.text("connection.good"))).toBeVisible();

    await calls(providers, object, desk);
    await desk.go();
    await say(providers, kind, { text: "Vi vocês aqui" });
    await desk.openRow("Vi vocês aqui");
    await desk.reply("Que bom!");
    await expect.poll(async () => (await taken(providers, kind)).map((line) => line.text)).toEqual(["Que bom!"]);
  });
}
