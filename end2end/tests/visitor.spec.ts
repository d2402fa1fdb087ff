// What a visitor relies on: their conversation is there tomorrow, nothing is sent twice, nothing is lost on the way.
import { createHmac } from "node:crypto";
import { expect, test, Visitor } from "../support/world";

test.describe("visitor", () => {
  test("finds the conversation again after a reload, and on another page", async ({ desk, visitor, site }) => {
    await visitor.open();
    await visitor.says("Meu pedido não chegou");
    await desk.go();
    await desk.openRow("Meu pedido não chegou");
    await desk.reply("Vou verificar agora");
    await expect(visitor.sees("Vou verificar agora")).toBeVisible();

    await visitor.page.goto(`${site.server.localhost}/other`);
    await visitor.open();
    await expect(visitor.sees("Meu pedido não chegou")).toHaveCount(1);
    await expect(visitor.sees("Vou verificar agora")).toHaveCount(1);
  });

  test("sees the count of unread answers on the launcher while closed", async ({ desk, visitor }) => {
    await visitor.open();
    await visitor.says("Tem em azul?");
    await desk.go();
    await desk.openRow("Tem em azul?");
    await visitor.close();
    await desk.reply("Tem, em dois tons");
    await expect(visitor.launcher).toHaveAccessibleName(/ 1 /);
    await desk.reply("Posso separar um");
    await expect(visitor.launcher).toHaveAccessibleName(/ 2 /);

    // Also when the page is loaded anew and nobody opened the chat.
    await visitor.page.reload();
    await expect(visitor.launcher).toHaveAccessibleName(/ 2 /);
    await visitor.open();
    await expect(visitor.sees("Posso separar um")).toBeVisible();
    await expect(visitor.launcher).not.toHaveAccessibleName(/\d/);
  });

  test("writes offline, and it is sent once when the network is back", async ({ desk, visitor }) => {
    await visitor.open();
    await visitor.says("Primeira");
    await visitor.page.context().setOffline(true);
    await visitor.writes("Escrita no túnel");
    await visitor.page.context().setOffline(false);
    await desk.go();
    await desk.openRow("Escrita no túnel");
    // What comes later is the proof that nothing of the earlier is still on its way.
    await visitor.says("Saí do túnel");
    await expect(desk.thread().getByText("Saí do túnel", { exact: true })).toHaveCount(1);
    await expect(desk.thread().getByText("Escrita no túnel", { exact: true })).toHaveCount(1);
    await expect(visitor.sees("Escrita no túnel")).toHaveCount(1);
  });

  test("presses Send twice, and it is sent once", async ({ desk, visitor, words }) => {
    await visitor.open();
    await visitor.field.fill("Cliquei duas vezes");
    await visitor.frame.getByRole("button", { name: words.send, exact: true }).dblclick();
    await desk.go();
    await desk.openRow("Cliquei duas vezes");
    await visitor.says("Pronto");
    await expect(desk.thread().getByText("Pronto", { exact: true })).toHaveCount(1);
    await expect(desk.thread().getByText("Cliquei duas vezes", { exact: true })).toHaveCount(1);
  });

  test("sees who types, and the agent sees that the visitor does", async ({ desk, visitor }) => {
    await visitor.open();
    await visitor.says("Oi");
    await desk.go();
    await desk.openRow("Oi");
    await desk.composer().pressSequentially("Bom dia");
    await expect(visitor.frame.getByText(/Ana Souza/).first()).toBeVisible();
    await visitor.field.pressSequentially("Queria saber");
    await expect(desk.page.getByText(desk.words.pattern("thread.typing")).first()).toBeVisible();
  });

  test("keeps what was not sent when the page is reloaded", async ({ visitor }) => {
    await visitor.open();
    await visitor.says("Oi");
    await visitor.field.fill("Ainda estou pensando");
    await visitor.page.reload();
    await visitor.open();
    await expect(visitor.field).toHaveValue("Ainda estou pensando");
  });

  test("sees text as text", async ({ desk, visitor }) => {
    const nasty = '<img src=x onerror="alert(1)"> & <b>negrito</b>';
    let alerted = false;
    desk.page.on("dialog", () => (alerted = true));
    visitor.page.on("dialog", () => (alerted = true));
    await visitor.open();
    await visitor.says(nasty);
    await desk.go();
    await desk.openRow(nasty);
    await desk.reply(nasty + "!");
    await expect(visitor.sees(nasty + "!")).toBeVisible();
    expect(alerted).toBe(false);
  });

  test("is not another visitor", async ({ visitor, browser, site, locale, words }) => {
    await visitor.open();
    await visitor.says("Só eu sei disto");
    const context = await browser.newContext({ locale });
    const other = await Visitor.arrive(context, words, site.server.localhost);
    await other.open();
    await other.says("Eu sou outra pessoa");
    await expect(other.sees("Só eu sei disto")).toHaveCount(0);
    await context.close();
  });

  test("known to the site, finds the conversation in another browser", async ({ desk, site, browser, words, locale }) => {
    const hash = createHmac("sha256", desk.identityKey).update("4411").digest("hex");
    const address = `${site.server.localhost}/member?id=4411&name=Rui%20Alves&hash=${hash}`;
    const home = await browser.newContext({ locale });
    const atHome = await Visitor.arrive(home, words, address);
    await atHome.open();
    await atHome.says("Escrevo de casa");
    await desk.go();
    await expect(desk.row("Rui Alves")).toContainText("Escrevo de casa");

    const work = await browser.newContext({ locale });
    const atWork = await Visitor.arrive(work, words, address);
    await atWork.open();
    await expect(atWork.sees("Escrevo de casa")).toBeVisible();
    await home.close();
    await work.close();
  });
});
