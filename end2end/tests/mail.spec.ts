// Mail on the screen, through real servers that the test starts: a mailbox is connected by its form, a customer's mail program writes, the agent
// answers, and what comes back is seen where it belongs.
import { password, startMail } from "../mail/servers.mjs";
import { expect, test as base, type Desk } from "../support/world";
import { listen } from "../support/servers";

type Post = Awaited<ReturnType<typeof startMail>>;

const test = base.extend<{ post: Post }>({
  post: async ({}, use) => {
    const post = await startMail();
    await use(post);
    await post.close();
  },
  settings: { RECADO_EGRESS__ALLOW: '["127.0.0.0/8"]' },
});

const BIA = "bia@cliente.test";
const SHOP = "oi@loja.test";

/** A header's value, unfolded. */
function header(raw: string, name: string): string {
  const head = raw.replaceAll("\r\n", "\n").split("\n\n")[0].replace(/\n[ \t]+/g, " ");
  return new RegExp(`^${name}: (.*)$`, "im").exec(head)?.[1] ?? "";
}

/** Connects the mailbox by its form, as its owner would. */
async function connect(desk: Desk, post: Post) {
  const { page, words } = desk;
  await desk.go("/settings/inboxes/new/email");
  const fields: Record<string, string> = {
    name: "Suporte",
    address: SHOP,
    imap_password: password(SHOP),
    imap_host: "127.0.0.1",
    imap_port: String(post.ports.imaps),
    smtp_host: "127.0.0.1",
    smtp_port: String(post.ports.submission),
    authority: post.authority,
  };
  for (const fold of await page.locator("details:not([open]) > summary").all()) await fold.click();
  await page.getByLabel(/^(SMTP protection|Proteção do SMTP)$/).selectOption("starttls");
  for (const [name, value] of Object.entries(fields)) await page.locator(`[name=${name}]`).fill(value);
  await page.getByRole("button", { name: words.createInbox, exact: true }).click();
  await page.getByRole("button", { name: words.addAgents, exact: true }).click();
  await expect(page.getByText(words.text("connection.good"))).toBeVisible();
  // What lay in the mailbox before is not ours: it is looked at once before anything is sent.
  const inbox = Number(/inboxes\/(\d+)/.exec(page.url())?.[1]);
  const seen = async () => (await desk.call("inbox", { account: desk.account, inbox })).health.last_in;
  await expect.poll(seen, { timeout: 30_000 }).toBeTruthy();
  return inbox;
}

test("a customer's mail is answered in the panel, and their answer joins", async ({ desk, post, words, page }) => {
  test.slow();
  const inbox = await connect(desk, post);
  await desk.go();
  const asked = [
    `From: Bia Reis <${BIA}>`, `To: Loja <${SHOP}>`, "Cc: Caio <caio@cliente.test>", "Subject: Pedido 12", "Message-ID: <m1@cliente.test>",
    "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "", "Meu pedido já saiu?", "",
  ];
  await post.send(BIA, [SHOP, "caio@cliente.test"], asked.join("\n"));
  await desk.openRow("Meu pedido já saiu?");
  await expect(desk.thread().getByText("Pedido 12").first()).toBeVisible();
  await expect(desk.thread().getByText(/caio@cliente\.test/).first()).toBeVisible();

  // Everybody who was on it is answered, unless the rows say otherwise; a hidden copy stays hidden.
  const row = async (name: "to" | "cc" | "bcc" | "subject") => {
    const field = page.locator(`#mail-${name}`);
    const add = page.getByRole("button", { name: words.text("mail.add", { row: words.text(`mail.${name}`) }), exact: true });
    await expect(field.or(add)).toBeVisible();
    if (await add.isVisible()) await add.click();
    return field;
  };
  await expect(await row("to")).toHaveValue(new RegExp(BIA));
  await expect(await row("cc")).toHaveValue(/caio@cliente\.test/);
  await expect(await row("subject")).toHaveValue(/Pedido 12/);
  // What goes below the words stands there before it does, and not below a note.
  const change = { settings: { signature: "{{agent.name}}\nLoja, todo dia" } };
  await desk.call("update_inbox", { account: desk.account, inbox, change });
  await page.reload();
  const signature = page.getByRole("note", { name: words.text("mail.signature"), exact: true });
  await expect(signature).toHaveText(/^Ana Souza\s+Loja, todo dia$/);
  await page.getByRole("tab", { name: words.text("note.tab"), exact: true }).click();
  await expect(signature).toHaveCount(0);
  await page.getByRole("tab", { name: words.text("composer.label"), exact: true }).click();
  await (await row("bcc")).fill("vendas@loja.test");
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: words.text("attach.label"), exact: true }).click();
  await (await chooser).setFiles({ name: "nota.txt", mimeType: "text/plain", buffer: Buffer.from("valor 10") });
  await expect(page.locator(".attached[data-state=done]")).toHaveCount(1);
  await desk.reply("Saiu hoje cedo.");

  const came = async () => (await post.inbox(BIA)).at(-1) ?? "";
  await expect.poll(came).toContain("Saiu hoje cedo.");
  const answer = await came();
  expect(header(answer, "Subject")).toMatch(/^Re: Pedido 12$/);
  expect(header(answer, "In-Reply-To")).toBe("<m1@cliente.test>");
  expect(header(answer, "References")).toContain("<m1@cliente.test>");
  expect(header(answer, "From")).toContain(`<${SHOP}>`);
  expect(header(answer, "Cc")).toContain("caio@cliente.test");
  expect(answer).toContain("nota.txt");
  expect(answer).not.toContain("vendas@loja.test");
  await expect.poll(async () => (await post.inbox("vendas@loja.test")).length).toBe(1);
  await expect.poll(async () => (await post.inbox("caio@cliente.test")).length).toBe(2);

  // The customer's own mail program answers, with a file.
  const ours = header(answer, "Message-ID");
  const again = [
    `From: Bia Reis <${BIA}>`, `To: ${SHOP}`, "Subject: Re: Pedido 12", "Message-ID: <m2@cliente.test>", `In-Reply-To: ${ours}`,
    `References: <m1@cliente.test> ${ours}`, "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=b", "",
    "--b", "Content-Type: text/plain; charset=utf-8", "", "Obrigada, recebi!", "",
    "--b", "Content-Type: text/plain; name=recibo.txt", "Content-Disposition: attachment; filename=recibo.txt", "", "pago", "--b--", "",
  ];
  await post.send(BIA, SHOP, again.join("\n"));
  await expect(desk.thread().getByText("Obrigada, recebi!")).toBeVisible();
  await expect(desk.thread().getByText("recibo.txt")).toBeVisible();
  await expect(desk.list().getByRole("listitem")).toHaveCount(1);
});

test("a mail's own look is shown in a frame that can do nothing, and its pictures only on request", async ({ desk, post, words, page }) => {
  test.slow();
  await connect(desk, post);
  const asked: string[] = [];
  const picture = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==", "base64");
  const spy = await listen((url) => {
    asked.push(url.pathname);
    return { body: picture.toString("latin1"), type: "image/png" };
  });
  const html = `<p style="color:teal">Veja a <b>foto</b></p><img src="${spy.origin}/p.png" width="40" height="40">
<script>parent.document.title = "roubado"</script><img src=x onerror="parent.document.title='roubado'">
<form action="${spy.origin}/form"><input name=a><button>x</button></form><style>body { background: url(${spy.origin}/css) }</style>`;
  const mail = [
    `From: Bia Reis <${BIA}>`, `To: ${SHOP}`, "Subject: Uma foto", "Message-ID: <h1@cliente.test>", "MIME-Version: 1.0",
    "Content-Type: text/html; charset=utf-8", "", html, "",
  ];
  await desk.go();
  await post.send(BIA, SHOP, mail.join("\n"));
  await desk.openRow("Veja a foto");
  await page.getByRole("button", { name: words.text("mail.original"), exact: true }).click();
  const element = page.locator("iframe.mail__frame");
  expect(await element.getAttribute("sandbox")).not.toMatch(/allow-scripts|allow-same-origin|allow-forms/);
  const frame = page.frameLocator("iframe.mail__frame");
  await expect(frame.locator("b")).toHaveText("foto");
  await expect(frame.locator("script, form, input, style[src]")).toHaveCount(0);
  await page.waitForLoadState("networkidle").catch(() => {});
  expect(asked, "nothing is asked of a stranger").toEqual([]);

  await page.getByRole("button", { name: words.text("mail.pictures"), exact: true }).click();
  await expect.poll(() => asked.filter((path) => path === "/p.png").length, "our server asks, once it is wanted").toBeGreaterThan(0);
  expect(asked.filter((path) => path !== "/p.png")).toEqual([]);
  await expect(page).not.toHaveTitle("roubado");
  await spy.close();
});

test("a mail that comes back fails the message it is about, with its reason", async ({ desk, post, words, page }) => {
  test.slow();
  await connect(desk, post);
  await desk.go();
  const mail = ["From: Davi <bounce@fora.test>", `To: ${SHOP}`, "Subject: Oi", "Message-ID: <b1@fora.test>", "", "Tem alguém aí?", ""];
  await post.deliver(SHOP, mail.join("\n"));
  await desk.openRow("Tem alguém aí?");
  await desk.reply("Tem sim.");
  await expect(desk.thread().getByText(/no such user/)).toBeVisible({ timeout: 20_000 });
  await expect(desk.thread().getByText(words.text("state.failed")).first()).toBeVisible();
  await expect(desk.list().getByRole("listitem")).toHaveCount(1);
  await expect(page.getByRole("button", { name: words.text("common.retry"), exact: true })).toBeVisible();
});

test("a forwarded mail is answered to whoever wrote it, once the agent says so", async ({ desk, post, words, page }) => {
  test.slow();
  await connect(desk, post);
  await desk.go();
  const asked = [
    `From: Bia Reis <${BIA}>`, `To: ${SHOP}`, "Subject: Enc: Pedido 12", "Message-ID: <f1@cliente.test>", "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=b", "", "--b", "Content-Type: text/plain; charset=utf-8", "", "Vejam este, por favor.", "",
    "--b", "Content-Type: message/rfc822; name=pedido.eml", "Content-Disposition: attachment; filename=pedido.eml", "",
    "From: Caio <caio@cliente.test>", `To: ${BIA}`, "Subject: Pedido 12", "Message-ID: <c1@cliente.test>", "", "Onde ele está?", "", "--b--", "",
  ];
  await post.send(BIA, SHOP, asked.join("\n"));
  await desk.openRow("Vejam este, por favor.");
  const take = words.text("mail.take");
  await desk.thread().getByRole("button", { name: take, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByText("Caio <caio@cliente.test>")).toBeVisible();
  await dialog.getByRole("button", { name: take, exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(desk.thread().locator(".activity", { hasText: "caio@cliente.test" })).toHaveCount(1);
  await expect(desk.thread().getByRole("button", { name: take, exact: true })).toHaveCount(0);
  await expect(desk.list().getByRole("listitem").getByText("Caio").first()).toBeVisible();
  await expect(page.locator("#mail-to")).toHaveValue(/^Caio <caio@cliente\.test>$/);

  await desk.reply("Sai hoje.");
  await expect.poll(async () => (await post.inbox("caio@cliente.test")).at(-1) ?? "").toContain("Sai hoje.");
  const came = (await post.inbox("caio@cliente.test")).at(-1) ?? "";
  expect(header(came, "To")).toContain("caio@cliente.test");
  expect(header(came, "In-Reply-To")).toBe("<c1@cliente.test>");
  expect(came).not.toContain("Vejam este");
  // Whoever passed it on from outside hears of it too.
  await expect.poll(async () => (await post.inbox(BIA)).at(-1) ?? "").toContain("Sai hoje.");
});

test("whether mail arrives is tested from the inbox's own page", async ({ desk, post, words, page }) => {
  test.slow();
  await connect(desk, post);
  await page.getByRole("button", { name: words.text("trial.begin"), exact: true }).click();
  await expect(page.getByText(words.text("trial.sent", { address: SHOP }))).toBeVisible();
  const arrived = new RegExp(`${words.text("trial.arrived.other", { count: "\\d+" })}|${words.text("trial.arrived.one", { count: "\\d+" })}`);
  await expect(page.getByText(arrived)).toBeVisible({ timeout: 40_000 });
  await desk.go();
  await expect(desk.list().getByRole("listitem")).toHaveCount(0);
});
