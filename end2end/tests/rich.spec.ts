// What a bot asks with more than words: chosen and filled in by keyboard in the chat, standing afterwards, and readable at the desk.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { clean } from "../support/axe";
import { type Desk, expect, test, type Visitor } from "../support/world";

const PICTURE = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkaPhfDwAEgwJ/SpK8WQAAAABJRU5ErkJggg==", "base64");

/** A bot that answers in the desk's inbox; what it says goes by the API. */
async function bot(desk: Desk) {
  const edit = { name: "Robô", url: "", rules: null, inboxes: [desk.inbox] };
  const id = await desk.call("save_bot", { account: desk.account, id: null, edit });
  const [{ token }] = (await desk.call("bots", { account: desk.account })).filter((one: { id: number }) => one.id === id);
  const call = async (path: string, data?: object) => {
    const url = `${desk.recado.origin}/api/v1/accounts/${desk.account}/conversations/1/${path}`;
    const answer = await desk.page.request.post(url, { data, headers: { api_access_token: token } });
    expect(answer.ok(), `${path}: ${answer.status()} ${await answer.text()}`).toBe(true);
    return answer.json();
  };
  return {
    says: (content: string, content_type: string, items?: object[]) =>
      call("messages", { content, content_type, content_attributes: items ? { items } : {} }),
    handsOver: () => call("toggle_status", { status: "open" }),
  };
}

async function picture() {
  const server = createServer((_, response) => response.writeHead(200, { "content-type": "image/png" }).end(PICTURE));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/p.png`, close: () => server.close() };
}

const frame = (visitor: Visitor) => visitor.page.frames().find((one) => one.url().includes("/widget/frame"))!;

for (const theme of ["light", "dark"] as const) {
  test.describe(`rich messages, ${theme}`, () => {
    test.use({ colorScheme: theme, settings: { RECADO_EGRESS__ALLOW: '["127.0.0.0/8"]' } });

    test("a choice, cards, articles and a form are answered by keyboard, stand, and are read at the desk", async ({ desk, visitor, words, page }, info) => {
      const shot = (name: string, of: Page) => of.screenshot({ path: info.outputPath(`${name}.png`) });
      const robot = await bot(desk);
      const image = await picture();
      await visitor.page.emulateMedia({ colorScheme: theme });
      await visitor.page.setViewportSize({ width: 390, height: 844 });
      await visitor.open();
      await visitor.says("Oi");

      await robot.says("Qual setor?", "input_select", [{ title: "Vendas", value: "v" }, { title: "Suporte", value: "s" }]);
      const sales = visitor.log.getByRole("button", { name: "Vendas", exact: true });
      await expect(sales).toBeVisible();
      await clean(frame(visitor));
      await sales.focus();
      await sales.press("Enter");
      await expect(visitor.log.getByRole("button", { name: "Suporte", exact: true })).toHaveCount(0);
      await expect(visitor.sees("Vendas")).toBeVisible();

      await robot.says("Olhe só:", "cards", [
        {
          title: "Caneca <b>de argila</b>",
          description: "Feita à mão",
          media_url: image.url,
          actions: [
            { type: "link", text: "Ver na loja", uri: "https://loja.example/caneca" },
            { type: "postback", text: "Quero esta", payload: "caneca" },
          ],
        },
        { title: "Bandeja", description: "De madeira", media_url: image.url, actions: [{ type: "postback", text: "Quero a bandeja", payload: "bandeja" }] },
      ]);
      await expect(visitor.sees("Caneca <b>de argila</b>")).toBeVisible();
      const out = visitor.log.getByRole("link", { name: "Ver na loja", exact: true });
      await expect(out).toHaveAttribute("rel", /noopener/);
      await expect(out).toHaveAttribute("target", "_blank");
      await expect.poll(() => visitor.log.locator(".rich img").first().evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(1);
      await shot("cards", visitor.page);
      const wanted = visitor.log.getByRole("button", { name: "Quero esta", exact: true });
      await wanted.press("Enter");
      await expect(wanted).toHaveCount(0);
      await expect(visitor.log.getByRole("button", { name: "Quero a bandeja", exact: true })).toHaveCount(0);
      await expect(visitor.sees("Quero esta")).toBeVisible();

      await robot.says("Isto pode ajudar:", "article", [{ title: "Trocas e devoluções", description: "Em até 30 dias", link: "https://loja.example/trocas" }]);
      await expect(visitor.log.getByRole("link", { name: "Trocas e devoluções", exact: true })).toHaveAttribute("href", "https://loja.example/trocas");

      await robot.says("Seus dados:", "form", [
        { name: "nome", label: "Seu nome", type: "text", required: true },
        { name: "turno", label: "Turno", type: "select", options: [{ label: "Manhã", value: "m" }, { label: "Tarde", value: "t" }] },
        { name: "obs", label: "Observações", type: "text_area" },
      ]);
      const form = visitor.log.locator("form").filter({ hasText: "Observações" });
      const send = form.getByRole("button", { name: words.send, exact: true });
      await send.press("Enter");
      await expect(form, "what must be filled in is asked for").toHaveCount(1);
      await form.getByLabel("Seu nome").fill("Rui");
      await form.getByLabel("Turno").selectOption("t");
      await form.getByLabel("Observações").fill("Sem pressa");
      await clean(frame(visitor));
      await shot("form", visitor.page);
      await form.getByLabel("Seu nome").press("Enter");
      await expect(form).toHaveCount(0);
      await expect(visitor.sees("Tarde")).toBeVisible();
      await expect(visitor.sees("Sem pressa")).toBeVisible();

      await robot.says("Qual é o seu e-mail?", "input_email");
      const address = visitor.log.getByRole("textbox", { name: words.email, exact: true });
      await address.fill("rui@exemplo.com");
      await address.press("Enter");
      await expect(address).toHaveCount(0);
      await expect(visitor.sees("rui@exemplo.com")).toBeVisible();
      await clean(frame(visitor));
      await shot("answered", visitor.page);

      // What was answered is still answered after a reload.
      await visitor.page.reload();
      await visitor.open();
      await expect(visitor.sees("Sem pressa")).toBeVisible();
      await expect(visitor.log.getByRole("button", { name: "Suporte", exact: true })).toHaveCount(0);

      await desk.go("/conversations/1?tab=all");
      const thread = desk.thread();
      await expect(thread.getByText("Trocas e devoluções", { exact: true })).toBeVisible();
      await expect(thread.locator(".bubble__choice[data-chosen]")).toHaveText(["Vendas", "Quero esta"]);
      await expect(thread.getByText("Tarde", { exact: false }).last()).toBeVisible();
      await expect(thread.getByRole("button", { name: "Vendas" })).toHaveCount(0);
      await clean(page);
      await shot("desk", page);
      await robot.handsOver();
      image.close();
    });
  });
}
