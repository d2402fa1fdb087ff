// What is pasted into the composer: the look that marks can say comes along, nothing else does.
import { expect, test } from "../support/world";

const html = `<script>document.title = "não"</script><div><b style="color:red">Prazo:</b> <a href="https://loja.example/troca">trocas</a></div>
<ul><li>com <i>nota</i></li></ul><table><tr><td>Caneca</td><td>R$ 39,90</td></tr></table>`;
const plain = "Prazo: trocas\ncom nota\nCaneca\tR$ 39,90";
const marked = "Oi *Prazo:* [trocas](https://loja.example/troca)\n- com _nota_\n\nCaneca | R$ 39,90";

test("what is pasted keeps what marks can say, plain on request, and goes again at one undo", async ({ desk, visitor, page, context }) => {
  await visitor.open();
  await visitor.says("Olá");
  await desk.go();
  await desk.openRow("Olá");
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: desk.recado.origin });
  await page.bringToFront();
  await page.evaluate(
    async ({ html, plain }) => {
      const item = (type: string, text: string) => ({ [type]: new Blob([text], { type }) });
      await navigator.clipboard.write([new ClipboardItem({ ...item("text/html", html), ...item("text/plain", plain) })]);
    },
    { html, plain },
  );
  const field = desk.composer();
  await field.pressSequentially("Oi ");
  // Without its part of the program the words come as they are.
  await page.route(/panels/, (route) => route.abort());
  await field.press("Control+v");
  await expect(field).toHaveValue("Oi " + plain);
  await field.press("Control+z");
  await expect(field).toHaveValue("Oi ");
  await page.unroute(/panels/);
  await field.press("Control+v");
  await expect(field).toHaveValue(marked);
  await field.press("Control+z");
  await expect(field).toHaveValue("Oi ");
  await field.press("Control+Shift+v");
  await expect(field).toHaveValue("Oi " + plain);
  await field.fill("");
  await field.press("Control+v");
  await expect(field).toHaveValue(marked.slice(3));
  await field.press("Enter");
  await expect(desk.thread().locator("strong", { hasText: "Prazo" })).toHaveText("Prazo:");
  await expect(desk.thread().getByRole("link", { name: "trocas", exact: true })).toHaveAttribute("href", "https://loja.example/troca");
});

test("a picture of what has words too is left out, a picture alone is a file", async ({ desk, visitor, page }) => {
  await visitor.open();
  await visitor.says("Olá");
  await desk.go();
  await desk.openRow("Olá");
  const paste = (words: string) =>
    desk.composer().evaluate((field, words) => {
      const clipboardData = new DataTransfer();
      clipboardData.items.add(new File([new Uint8Array([137, 80, 78, 71])], "celulas.png", { type: "image/png" }));
      if (words) {
        clipboardData.setData("text/plain", words);
        clipboardData.setData("text/html", `<table><tr><td>${words}</td><td><b>2</b></td></tr></table>`);
      }
      field.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, words);
  await paste("1");
  await expect(desk.composer()).toHaveValue("1 | *2*");
  await expect(page.getByText("celulas.png")).toHaveCount(0);
  await paste("");
  await expect(page.getByText("celulas.png")).toBeVisible();
});
