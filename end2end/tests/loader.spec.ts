// The embed loader alone, against a stand-in for the server: its launcher, its frame, its manners.
import { readFileSync } from "node:fs";
import { expect, test as base, type FrameLocator, type Page } from "@playwright/test";
import { listen, type Server } from "../support/servers";
import type { Options } from "../support/world";
import { begins, words, type Words } from "../support/words";

const LOADER = readFileSync(new URL("../../public/embed/recado.js", import.meta.url), "utf8");

/** A frame that writes down what it hears and says what a test types: `window.say({type: …})`. */
const FRAME = `<!doctype html><title>Chat</title><input aria-label="field"><ul id="heard"></ul><script>
  window.heard = [];
  window.say = (message) => parent.postMessage({ recado: 1, ...message }, "*");
  addEventListener("message", (event) => {
    heard.push(event.data);
    document.getElementById("heard").append(Object.assign(document.createElement("li"), { textContent: event.data.type }));
  });
  addEventListener("keydown", (event) => event.key === "Escape" && say({ type: "close" }));
  say({ type: "ready" });
</script>`;

type Host = { page: Page; frame: FrameLocator; words: Words; said(message: object): Promise<void>; heard(): Promise<any[]> };

const test = base.extend<Options & { server: Server; load(html?: string, headers?: object): Promise<Host> }>({
  language: ["en", { option: true }],
  server: async ({}, use) => {
    const server = await listen((url) => {
      if (url.pathname === "/embed/recado.js") return { body: LOADER, type: "text/javascript" };
      if (url.pathname === "/widget/frame") return { body: FRAME };
      if (url.pathname !== "/widget/v1/launcher") return undefined;
      if (url.searchParams.get("inbox") === "gone") return { body: "", status: 404, headers: { "access-control-allow-origin": "*" } };
      return {
        body: JSON.stringify({ colour: url.searchParams.get("inbox") === "pale" ? "#ffe680" : "#3a2a78", position: "right", locale: "en" }),
        type: "application/json",
        headers: { "access-control-allow-origin": "*" },
      };
    });
    await use(server);
    await server.close();
  },
  load: async ({ page, server, language }, use) => {
    let site: Server | undefined;
    await use(async (html, headers = {}) => {
      const body = html ?? `<!doctype html><html><body><h1>Loja</h1><p>${"texto ".repeat(5_000)}</p>{script}</body></html>`;
      const script = (attributes: string) => `<script async src="${server.origin}/embed/recado.js" ${attributes}></script>`;
      const filled = body.replace(/\{script([^}]*)\}/g, (_, attributes) => script(attributes || 'data-token="abc"'));
      site = await listen(() => ({ body: filled, headers: headers as Record<string, string> }));
      await page.goto(site.localhost);
      const inFrame = async <T>(expression: (input: any) => T, input?: unknown) =>
        page.frames().find((one) => one.url().includes("/widget/frame"))!.evaluate(expression, input);
      return {
        page,
        words: words(language),
        frame: page.frameLocator('iframe[title="Chat"]'),
        said: (message) => inFrame((what) => (window as any).say(what), message),
        heard: () => inFrame(() => (window as any).heard),
      };
    });
    await site?.close();
  },
});

const launcher = (host: Host) => host.page.getByRole("button", { name: begins(host.words.openChat) });

test.describe("loader", () => {
  test("the launcher speaks the page's language and stands clear of it", async ({ load, language }) => {
    const host = await load(`<!doctype html><html lang="${language}"><body>{script}</body></html>`);
    const box = await launcher(host).boundingBox();
    expect(box!.width).toBeGreaterThanOrEqual(44);
    expect(box!.height).toBeGreaterThanOrEqual(44);
    await expect(launcher(host)).toHaveAttribute("aria-expanded", "false");
    expect(box!.x).toBeGreaterThan(720);
  });

  test("an attribute names another language and the other side", async ({ load }) => {
    const host = await load(`<!doctype html><html lang="en"><body>{script data-token="abc" data-locale="pt_BR" data-position="left"}</body></html>`);
    const button = host.page.getByRole("button", { name: "Abrir chat" });
    expect((await button.boundingBox())!.x).toBeLessThan(100);
    await button.click();
    await expect(host.page.locator("iframe")).toHaveAttribute("src", /locale=pt-BR/);
  });

  test("its sign has three to one on any colour", async ({ load }) => {
    const ink = (host: Host) => launcher(host).evaluate((node) => getComputedStyle(node).color);
    expect(await ink(await load())).toBe("rgb(255, 255, 255)");
    expect(await ink(await load(`<!doctype html><body>{script data-token="pale"}`))).toBe("rgb(22, 20, 28)");
  });

  test("opens and closes, and the focus comes back", async ({ load }) => {
    const host = await load();
    await expect(host.page.locator("iframe")).toHaveCount(0);
    await launcher(host).click();
    await expect(launcher(host)).toHaveAttribute("aria-expanded", "true");
    await expect(host.frame.getByText("hello")).toBeVisible();
    await expect(host.frame.getByText("open", { exact: true })).toBeVisible();
    await host.frame.getByRole("textbox").press("Escape");
    await expect(launcher(host)).toHaveAttribute("aria-expanded", "false");
    await expect(launcher(host)).toBeFocused();
    await expect(host.page.locator("iframe")).toBeHidden();
    await launcher(host).press("Enter");
    await expect(host.page.locator("iframe")).toBeVisible();
    await launcher(host).press("Escape");
    await expect(host.page.locator("iframe")).toBeHidden();
  });

  test("works under a strict policy, and without one complaint", async ({ load, server, page }) => {
    const complaints: string[] = [];
    page.on("console", (message) => /Content.Security.Policy/i.test(message.text()) && complaints.push(message.text()));
    const policy = `default-src 'none'; script-src ${server.origin}; frame-src ${server.origin}; connect-src ${server.origin}; require-trusted-types-for 'script'`;
    const host = await load(undefined, { "content-security-policy": policy });
    await launcher(host).click();
    await expect(host.frame.getByText("hello")).toBeVisible();
    expect((await host.page.locator("iframe").boundingBox())!.width).toBe(392);
    expect(complaints).toEqual([]);
  });

  test("keeps the visitor's key as the site's own, and hands it over after a reload", async ({ load }) => {
    const host = await load();
    await launcher(host).click();
    await expect(host.frame.getByText("hello")).toBeVisible();
    expect((await host.heard())[0]).toMatchObject({ recado: 1, type: "hello", token: null });
    expect(await host.page.context().cookies()).toEqual([]);
    await host.said({ type: "token", token: "k=1; é" });
    await expect.poll(async () => (await host.page.context().cookies()).map((one) => [one.name, one.sameSite])).toEqual([["recado_visitor_abc", "Lax"]]);
    await host.page.reload();
    // Nobody opens it: it loads by itself to learn what is unread.
    await expect(host.page.locator("iframe")).toHaveCount(1);
    await expect.poll(async () => (await host.heard().catch(() => []))[0]?.token).toBe("k=1; é");
    await host.page.context().clearCookies();
    await host.page.reload();
    await expect.poll(async () => (await host.heard().catch(() => []))[0]?.token).toBe("k=1; é");
    await host.said({ type: "token", token: null });
    await expect.poll(() => host.page.evaluate(() => document.cookie + localStorage.length)).toBe("0");
  });

  test("shows what is unread, in words too, and lets it be put away", async ({ load, language }) => {
    const host = await load();
    await launcher(host).hover();
    await expect(host.page.locator("iframe")).toHaveCount(1);
    await expect.poll(async () => (await host.heard().catch(() => [])).length).toBeGreaterThan(0);
    await host.said({ type: "unread", count: 2, preview: "Ana: já separei" });
    await expect(launcher(host)).toHaveAccessibleName(language === "en" ? "Open chat, 2 unread" : "Abrir chat, 2 não lidas");
    await expect(host.page.getByRole("button", { name: "Ana: já separei" })).toBeVisible();
    await host.page.getByRole("button", { name: language === "en" ? "Dismiss" : "Dispensar" }).click();
    await expect(host.page.getByRole("button", { name: "Ana: já separei" })).toBeHidden();
    await host.said({ type: "unread", count: 120, preview: "Ana: oi" });
    await expect(launcher(host)).toContainText("99+");
    await host.page.getByRole("button", { name: "Ana: oi" }).click();
    await expect(host.page.locator("iframe")).toBeVisible();
  });

  test("listens to its own frame only", async ({ load, page }) => {
    const host = await load();
    await launcher(host).click();
    await expect(host.frame.getByText("hello")).toBeVisible();
    await page.evaluate(() => window.postMessage({ recado: 1, type: "token", token: "forged" }, "*"));
    await page.evaluate(
      () =>
        new Promise<void>((done) => {
          const stranger = document.createElement("iframe");
          stranger.srcdoc = `<script>parent.postMessage({recado:1,type:"token",token:"forged"},"*");parent.postMessage("sent","*")</script>`;
          addEventListener("message", (event) => event.data === "sent" && done());
          document.body.append(stranger);
        }),
    );
    // Unknown types from the right frame are ignored too.
    await host.said({ type: "constructor" });
    await host.said({ type: "unread", count: 1 });
    await expect(launcher(host)).toHaveAccessibleName(/ 1 /);
    expect(await page.evaluate(() => document.cookie)).toBe("");
  });

  test("calls made before it loads are kept, events are told", async ({ load, page }) => {
    const host = await load(`<!doctype html><html><head><script>
      window.told = [];
      window.recado = [["on", "ready", () => told.push("ready")], ["on", "opened", () => told.push("opened")], ["on", "closed", () => told.push("closed")], ["on", "message", (detail) => told.push(detail.text)]];
      window.recado.push(["setUser", 4411, { name: "Rui", email: "rui@example.com", identifier_hash: "93ab" }]);
      addEventListener("recado:opened", () => told.push("recado:opened"));
    </script>{script}</head><body><h1>Loja</h1></body></html>`);
    await launcher(host).click();
    await expect.poll(async () => (await host.heard().catch(() => []))[0]?.user).toMatchObject({ identifier: "4411", hash: "93ab", name: "Rui", email: "rui@example.com" });
    await host.said({ type: "event", name: "message", detail: { text: "oi" } });
    await expect.poll(() => page.evaluate(() => (window as any).told.includes("oi"))).toBe(true);
    await page.evaluate(() => (window as any).recado.close());
    const told: string[] = await page.evaluate(() => (window as any).told);
    expect([...told].sort()).toEqual(["closed", "oi", "opened", "ready", "recado:opened"]);
  });

  test("set later: user, language, light, page and reset reach the frame", async ({ load, page }) => {
    const host = await load();
    await launcher(host).click();
    await expect(host.frame.getByText("hello")).toBeVisible();
    await page.evaluate(() => {
      const { recado } = window as any;
      recado.setUser("u1", { name: "Rui" });
      recado.push(["setLocale", "pt-BR"]);
      recado.setColorScheme("dark");
      history.pushState({}, "", "/caminho");
      recado.reset();
    });
    await expect.poll(async () => (await host.heard()).map((one) => one.type)).toEqual(["hello", "open", "set-user", "set-locale", "set-scheme", "page", "close", "reset"]);
    expect((await host.heard())[5].url).toMatch(/\/caminho$/);
    await expect(page.getByRole("button", { name: "Abrir chat" })).toHaveAttribute("aria-expanded", "false");
  });

  test("loading it twice is loading it once, and destroy leaves nothing", async ({ load, page }) => {
    const host = await load(`<!doctype html><html><body><h1>Loja</h1>{script}{script}</body></html>`);
    await expect(launcher(host)).toHaveCount(1);
    await page.waitForLoadState("networkidle");
    await expect(launcher(host)).toHaveCount(1);
    await page.evaluate(() => (window as any).recado.destroy());
    await expect(launcher(host)).toHaveCount(0);
    expect(await page.evaluate(() => "recado" in window)).toBe(false);
  });

  test("stays when the site swaps its body, with the chat still open", async ({ load, page }) => {
    const host = await load();
    await launcher(host).click();
    await expect(host.frame.getByText("hello")).toBeVisible();
    await page.evaluate(() => {
      const body = document.createElement("body");
      body.textContent = "outra página";
      document.documentElement.replaceChild(body, document.body);
    });
    await expect(page.getByText("outra página")).toBeVisible();
    await expect(host.page.locator("iframe")).toBeVisible();
    await expect(host.frame.getByText("hello")).toHaveCount(1);
  });

  test("on a phone it is the screen; the page stands still, and Back closes it", async ({ load, page }) => {
    await page.setViewportSize({ width: 390, height: 844 });
    const host = await load();
    await expect(launcher(host)).toBeVisible();
    await page.evaluate(() => window.scrollTo(0, 500));
    await launcher(host).click();
    await expect(host.page.locator("iframe")).toBeVisible();
    await expect.poll(async () => host.page.locator("iframe").boundingBox()).toMatchObject({ x: 0, y: 0, width: 390, height: 844 });
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).overflow)).toBe("hidden");
    await page.goBack();
    await expect(host.page.locator("iframe")).toBeHidden();
    expect(await page.evaluate(() => getComputedStyle(document.documentElement).overflow)).toBe("visible");
    expect(await page.evaluate(() => window.scrollY)).toBe(500);
  });

  test("does not move the page, and is not printed", async ({ load, page }) => {
    const host = await load();
    await expect(launcher(host)).toBeVisible();
    const shift = await page.evaluate(
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
    await page.emulateMedia({ media: "print" });
    await expect(launcher(host)).toBeHidden();
  });

  test("a site that hides the launcher opens the chat by its own button", async ({ load, page }) => {
    const host = await load(`<!doctype html><html><body><button onclick="recado.open()">Ajuda</button>{script data-token="abc" data-hide-launcher}</body></html>`);
    await expect(page.locator("recado-chat")).toHaveCount(1);
    await expect(launcher(host)).toHaveCount(0);
    await page.getByRole("button", { name: "Ajuda" }).click();
    await expect(host.frame.getByText("hello")).toBeVisible();
  });

  test("an inbox that is gone draws nothing and says so", async ({ load, page }) => {
    await load(`<!doctype html><html><head><script>addEventListener("recado:error", (event) => (window.wrong = event.detail))</script></head><body>{script data-token="gone"}</body></html>`);
    await expect.poll(() => page.evaluate(() => (window as any).wrong)).toEqual({ reason: "inbox", status: 404 });
    await expect(page.getByRole("button")).toHaveCount(0);
  });
});
