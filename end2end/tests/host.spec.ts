// The widget as a guest: on sites with a strict policy, only where it is allowed, and without disturbing the page.
import { begins, expect, test, Visitor } from "../support/world";

test.describe("host", () => {
  test("a strict policy with only our three origins is enough", async ({ desk, site, browser, words, locale }) => {
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    const complaints: string[] = [];
    await page.exposeFunction("complain", (what: string) => complaints.push(what));
    await page.addInitScript(() =>
      document.addEventListener("securitypolicyviolation", (event) => {
        // @ts-expect-error exposed above
        window.complain(`${event.violatedDirective} ${event.blockedURI}`);
      }),
    );
    page.on("console", (message) => message.text().includes("Content Security Policy") && complaints.push(message.text()));
    await page.goto(`${site.server.localhost}/strict`);
    await page.getByRole("button", { name: begins(words.openChat) }).click();
    const chat = page.frameLocator('iframe[title="Chat"]');
    await chat.getByRole("textbox", { name: words.typeYourMessage, exact: true }).fill("Sob política estrita");
    await chat.getByRole("button", { name: words.send, exact: true }).click();
    await desk.go();
    await expect(desk.row("Sob política estrita")).toBeVisible();
    expect(complaints).toEqual([]);
    await context.close();
  });

  test("a domain that is not on the list gets no chat, one that is does", async ({ desk, site, browser, words, locale }) => {
    await desk.call("update_inbox", { account: desk.account, inbox: desk.inbox, change: { allowed_domains: [new URL(site.server.origin).host] } });
    const context = await browser.newContext({ locale });
    const welcome = await Visitor.arrive(context, words, site.server.origin);
    await welcome.open();

    const page = await context.newPage();
    const refused: string[] = [];
    page.on("console", (message) => message.text().includes("frame-ancestors") && refused.push(message.text()));
    page.on("response", (answer) => answer.status() === 403 && refused.push(answer.url()));
    await page.goto(site.server.localhost);
    const launcher = page.getByRole("button", { name: begins(words.openChat) });
    await expect(async () => {
      if (await launcher.isVisible()) await launcher.click();
      expect(refused.length).toBeGreaterThan(0);
    }).toPass();
    await expect(page.frameLocator('iframe[title="Chat"]').getByRole("textbox")).toHaveCount(0);
    await context.close();
  });

  test("the page does not move, and nothing is kept before the first message", async ({ visitor }) => {
    await expect(visitor.launcher).toBeVisible();
    const shift = await visitor.page.evaluate(
      () =>
        new Promise<number>((done) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
          }).observe({ type: "layout-shift", buffered: true });
          requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
        }),
    );
    expect(shift).toBe(0);
    await visitor.open();
    expect(await visitor.page.context().cookies()).toEqual([]);
    expect(await visitor.page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
    await visitor.says("Agora sim");
    await expect.poll(async () => (await visitor.page.context().cookies()).map((one) => one.sameSite)).toEqual(["Lax"]);
  });

  test("one page load costs one script and one small request", async ({ visitor, recado }) => {
    const requests: string[] = [];
    visitor.page.on("request", (request) => request.url().startsWith(recado.origin) && requests.push(new URL(request.url()).pathname));
    await visitor.page.reload();
    await expect(visitor.launcher).toBeVisible();
    await visitor.page.waitForLoadState("networkidle");
    expect(requests.sort()).toEqual(["/embed/recado.js", "/widget/v1/launcher"]);
  });
});
