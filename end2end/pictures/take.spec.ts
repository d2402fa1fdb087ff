// A small shop's morning: three visitors, two answers.
import { expect, test, Visitor } from "../support/world";

const MORNING = [
  { asks: "Bom dia! Meu pedido 2041 ainda não saiu, conseguem ver?", told: "Bom dia! Saiu agora cedo, o código de rastreio chega por e-mail." },
  { asks: "Vocês fazem embrulho para presente?", told: "Fazemos, e sem custo. Quer que eu inclua?" },
  { asks: "O vestido azul tem no tamanho M?" },
];

test("the pictures of the README", async ({ desk, site, browser, locale, words, page }) => {
  const visitors: Visitor[] = [];
  for (const { asks, told } of MORNING) {
    const context = await browser.newContext({ locale, viewport: { width: 900, height: 760 } });
    const visitor = await Visitor.arrive(context, words, site.server.localhost);
    await visitor.open();
    await visitor.says(asks);
    visitors.push(visitor);
    await desk.go();
    if (!told) continue;
    await desk.openRow(asks);
    await desk.reply(told);
    await expect(visitor.sees(told)).toBeVisible();
    const go = page.getByRole("button", { name: words.text("congrats.next") });
    if (await go.isVisible()) await go.click();
  }
  await visitors[0].page.screenshot({ path: "pictures/widget.png" });
  await desk.openRow("Saiu agora cedo"); // a row shows the last word
  await page.screenshot({ path: "pictures/inbox.png" });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.reload();
  await expect(desk.thread().getByText(MORNING[0].asks)).toBeVisible();
  await page.screenshot({ path: "pictures/phone.png" });
});
