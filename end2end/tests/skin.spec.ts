// The names other desks' snippets and apps use, over our own loader: against a stand-in for the server first, then against the real one.
import { readFileSync } from "node:fs";
import { type Page } from "@playwright/test";
import { listen, type Server } from "../support/servers";
import { expect, test as base } from "../support/world";

const file = (path: string) => readFileSync(new URL(`../../public/${path}`, import.meta.url), "utf8");

/** A frame that writes down what it hears; `say` speaks to the page around it. */
const FRAME = `<!doctype html><title>Chat</title><script>
  window.heard = [];
  window.say = (message) => parent.postMessage({ recado: 1, ...message }, "*");
  addEventListener("message", (event) => heard.push(event.data));
  say({ type: "ready" });
</script>`;

/** What a site pastes, as the other desk's install page words it. */
const snippet = (base: string) => `<script>
  (function (d, t) {
    var BASE_URL = "${base}";
    var g = d.createElement(t), s = d.getElementsByTagName(t)[0];
    g.src = BASE_URL + "/packs/js/sdk.js"; g.async = true; s.parentNode.insertBefore(g, s);
    g.onload = function () { window.chatwootSDK.run({ websiteToken: "abc", baseUrl: BASE_URL }); };
  })(document, "script");
</script>`;

const TELLING = `<script>
  window.told = [];
  for (const name of ["ready", "opened", "closed", "error", "on-message", "on-start-conversation", "on-unread-message-count-changed", "postback"])
    addEventListener("chatwoot:" + name, (event) => told.push([name, event.detail]));
</script>`;

type Skin = {
  page: Page;
  /** Calls a method of `$chatwoot`; answers what it threw. */
  call(name: string, ...input: unknown[]): Promise<string | undefined>;
  told(): Promise<[string, any][]>;
  heard(): Promise<any[]>;
  said(message: object): Promise<void>;
};

const test = base.extend<{ stand: Server; skin(settings?: object, headers?: Record<string, string>): Promise<Skin> }>({
  stand: async ({}, use) => {
    const scripts = ["/packs/js/sdk.js", "/embed/recado.js", "/embed/webview.js"];
    const server = await listen((url) => {
      if (scripts.includes(url.pathname)) return { body: file(url.pathname.slice(1)), type: "text/javascript" };
      if (url.pathname === "/widget/frame") return { body: FRAME };
      if (url.pathname === "/widget") return { body: `<!doctype html><html lang="en"><body><script src="/embed/webview.js"></script></body></html>` };
      if (url.pathname !== "/widget/v1/launcher") return undefined;
      return { body: `{"colour":"#3a2a78","position":"right","locale":"en"}`, type: "application/json", headers: { "access-control-allow-origin": "*" } };
    });
    await use(server);
    await server.close();
  },
  skin: async ({ page, stand }, use) => {
    let site: Server | undefined;
    await use(async (settings, headers) => {
      const before = settings ? `<script>window.chatwootSettings = ${JSON.stringify(settings)}</script>` : "";
      const body = `<!doctype html><html lang="en"><head>${TELLING}${before}${snippet(stand.origin)}</head><body><h1>Loja</h1></body></html>`;
      site = await listen(() => ({ body, headers }));
      await page.goto(site.localhost);
      const frame = () => page.frames().find((one) => one.url().includes("/widget/frame"))!;
      return {
        page,
        call: (name, ...input) =>
          page.evaluate(
            ([name, input]) => {
              try {
                (window as any).$chatwoot[name as string](...(input as unknown[]));
              } catch (error) {
                return String(error);
              }
            },
            [name, input] as const,
          ),
        told: () => page.evaluate(() => (window as any).told),
        heard: async () => frame().evaluate(() => (window as any).heard),
        said: async (message) => frame().evaluate((what) => (window as any).say(what), message),
      };
    });
    await site?.close();
  },
});

const names = (told: [string, any][]) => told.map(([name]) => name);
const ready = (skin: Skin) => expect.poll(async () => names(await skin.told())).toContain("ready");
const button = (page: Page) => page.getByRole("button", { name: "Open chat" });

test.describe("skin", () => {
  test("the pasted snippet draws our launcher, loads no chat, and says it is ready", async ({ skin }) => {
    const here = await skin();
    await ready(here);
    await expect(button(here.page)).toBeVisible();
    await expect(here.page.locator("iframe")).toHaveCount(0);
    expect(await here.page.evaluate(() => document.cookie + localStorage.length)).toBe("0");
    const { hasLoaded, isOpen, websiteToken } = await here.page.evaluate(() => (window as any).$chatwoot);
    expect({ hasLoaded, isOpen, websiteToken }).toEqual({ hasLoaded: true, isOpen: false, websiteToken: "abc" });
    // A second run is none.
    await here.page.evaluate(() => (window as any).chatwootSDK.run({ websiteToken: "other" }));
    expect(await here.page.evaluate(() => (window as any).$chatwoot.websiteToken)).toBe("abc");
    await expect(here.page.locator("recado-chat")).toHaveCount(1);
  });

  test("the settings of the page are kept", async ({ skin }) => {
    const here = await skin({ position: "left", locale: "pt_BR", darkMode: "dark", type: "expanded_bubble", launcherTitle: "Fale conosco", baseDomain: "localhost" });
    const launcher = here.page.getByRole("button", { name: "Abrir chat" });
    await expect(launcher).toContainText("Fale conosco");
    const box = (await launcher.boundingBox())!;
    expect(box.x).toBeLessThan(100);
    expect(box.width).toBeGreaterThan(100);
    await expect(here.page.locator("recado-chat")).toHaveAttribute("data-scheme", "dark");
    await launcher.click();
    await expect(launcher).not.toContainText("Fale conosco", { useInnerText: true });
    await expect.poll(async () => (await here.heard().catch(() => []))[0]).toMatchObject({ type: "hello", locale: "pt-BR", scheme: "dark" });
  });

  test("opens, closes, hides and shows, and tells of it", async ({ skin }) => {
    const here = await skin({ hideMessageBubble: true });
    await ready(here);
    await expect(button(here.page)).toHaveCount(0);
    await here.call("toggle", "open");
    await expect(here.page.locator("iframe")).toBeVisible();
    await expect(here.page.locator(".woot-widget-holder")).not.toHaveClass(/woot--hide/);
    await here.call("toggle", "open");
    await here.call("toggle");
    await expect(here.page.locator("iframe")).toBeHidden();
    await expect(here.page.locator(".woot-widget-holder")).toHaveClass(/woot--hide/);
    await here.call("toggleBubbleVisibility", "show");
    await expect(button(here.page)).toBeVisible();
    await here.call("toggleBubbleVisibility", "hide");
    await expect(button(here.page)).toHaveCount(0);
    // Other people's buttons click the bubble they know.
    await here.page.evaluate(() => (document.querySelector(".woot-widget-bubble") as HTMLElement).click());
    await expect(here.page.locator("iframe")).toBeVisible();
    expect(names(await here.told())).toEqual(["ready", "opened", "closed", "opened"]);
  });

  test("what is said before the chat loads reaches it, in order", async ({ skin }) => {
    const here = await skin();
    await ready(here);
    await here.call("setUser", 4411, {
      name: "Rui",
      email: "rui@example.com",
      phone_number: "+5511987654321",
      identifier_hash: "93ab",
      company_name: "Loja",
      social_profiles: { twitter: "rui" },
      custom_attributes: { vip: true, cart: [1] },
    });
    await here.call("setCustomAttributes", { plan: "gold" });
    await here.call("deleteCustomAttribute", "old");
    await here.call("setConversationCustomAttributes", { order: 7 });
    await here.call("deleteConversationCustomAttribute", "draft");
    await here.call("setLabel", "vip");
    await here.call("removeLabel", "new");
    await expect(here.page.locator("iframe")).toHaveCount(0);
    await here.call("toggle", "open");
    await expect.poll(async () => (await here.heard().catch(() => [])).length).toBe(8);
    const heard = await here.heard();
    expect(heard[0].user).toMatchObject({
      identifier: "4411",
      hash: "93ab",
      name: "Rui",
      email: "rui@example.com",
      phone: "+5511987654321",
      attributes: { company_name: "Loja", twitter: "rui", vip: true, cart: "[1]" },
    });
    expect(heard.slice(1, 7).map((one) => one.about)).toEqual([
      { contact: { plan: "gold" } },
      { contact: { old: null } },
      { conversation: { order: 7 } },
      { conversation: { draft: null } },
      { labels: { vip: true } },
      { labels: { new: false } },
    ]);
    await here.call("setLocale", "pt_BR");
    await here.call("setColorScheme", "dark");
    await here.call("setLabel", "late");
    await here.call("reset");
    await expect.poll(async () => (await here.heard()).slice(7).map((one) => one.type)).toEqual(["open", "set-locale", "set-scheme", "about", "close", "reset"]);
    expect(await here.page.evaluate(() => (window as any).$chatwoot.user)).toBeUndefined();
  });

  test("calls that say nothing throw", async ({ skin }) => {
    const here = await skin();
    await ready(here);
    for (const [name, ...input] of [
      ["setUser", null, { name: "Rui" }],
      ["setUser", "u1", {}],
      ["setUser", "u1"],
      ["setCustomAttributes", {}],
      ["deleteCustomAttribute"],
      ["setConversationCustomAttributes", {}],
      ["deleteConversationCustomAttribute", ""],
    ] as [string, ...unknown[]][]) {
      expect(await here.call(name, ...input), `${name} ${JSON.stringify(input)}`).toMatch(/\$chatwoot/);
    }
  });

  test("messages, unread counts, postbacks and errors are told in the other desk's words", async ({ skin }) => {
    const here = await skin();
    await ready(here);
    await here.call("toggle", "open");
    await expect.poll(async () => (await here.heard().catch(() => [])).length).toBeGreaterThan(1);
    await here.said({ type: "event", name: "message", detail: { from: "visitor", id: 7, text: "oi", first: true } });
    await here.said({ type: "event", name: "message", detail: { from: "agent", id: 8, text: "olá", author: "Ana" } });
    await here.said({ type: "unread", count: 2 });
    await here.said({ type: "event", name: "postback", detail: { payload: "x" } });
    await here.said({ type: "event", name: "error", detail: { reason: "identity" } });
    await expect.poll(async () => (await here.told()).length).toBe(8);
    const told = (await here.told()).slice(2);
    expect(names(told)).toEqual(["on-start-conversation", "on-message", "on-message", "on-unread-message-count-changed", "postback", "error"]);
    expect(told[1][1]).toMatchObject({ id: 7, content: "oi", message_type: 0 });
    expect(told[2][1]).toMatchObject({ id: 8, content: "olá", message_type: 1, sender: { name: "Ana" } });
    expect(told.slice(3).map(([, detail]) => detail)).toEqual([{ unreadMessageCount: 2, count: 2 }, { payload: "x" }, { reason: "identity" }]);
  });

  test("works under a strict policy, and without one complaint", async ({ skin, stand, page }) => {
    const complaints: string[] = [];
    page.on("console", (message) => /Content.Security.Policy/i.test(message.text()) && complaints.push(message.text()));
    const policy = `default-src 'none'; script-src ${stand.origin} 'unsafe-inline'; frame-src ${stand.origin}; connect-src ${stand.origin}`;
    const here = await skin({ type: "expanded_bubble", launcherTitle: "Oi", widgetStyle: "flat" }, { "content-security-policy": policy });
    await ready(here);
    await here.call("toggle", "open");
    await expect(page.locator("iframe")).toBeVisible();
    expect(complaints.filter((one) => !one.includes("favicon"))).toEqual([]);
  });

  test("the window that pops out is told who this is, never by its address", async ({ skin, stand }) => {
    const here = await skin();
    await ready(here);
    await here.call("setUser", "u1", { name: "Rui" });
    await here.page.evaluate(() => localStorage.setItem("recado_visitor_abc", "k-1"));
    const [popup] = await Promise.all([here.page.waitForEvent("popup"), here.call("popoutChatWindow")]);
    await popup.waitForURL(`${stand.origin}/widget?website_token=abc`);
    const inside = () => popup.frames().find((one) => one.url().includes("/widget/frame"))!;
    await expect.poll(async () => inside()?.evaluate(() => (window as any).heard[0])).toMatchObject({ type: "hello", token: "k-1", user: { identifier: "u1", name: "Rui" } });
  });
});

test.describe("webview", () => {
  /** An app's WebView: it injects a script, and is spoken to through one object. */
  const arrive = async (page: Page, origin: string, query = "") => {
    await page.addInitScript(() => {
      const told: any[] = ((window as any).told = []);
      if (top === window) (window as any).ReactNativeWebView = { postMessage: (text: string) => told.push(JSON.parse(text.replace("chatwoot-widget:", ""))) };
    });
    await page.goto(`${origin}/widget?website_token=abc&locale=pt_BR${query}`);
    const inside = () => page.frames().find((one) => one.url().includes("/widget/frame"))!;
    return {
      inject: (said: object) => page.evaluate((said) => window.postMessage("chatwoot-widget:" + JSON.stringify(said)), said),
      told: (): Promise<any[]> => page.evaluate(() => (window as any).told),
      heard: async (): Promise<any[]> => inside().evaluate(() => (window as any).heard),
      said: async (message: object) => inside().evaluate((what) => (window as any).say(what), message),
    };
  };

  test("an app gives user, language, attributes and light, and is given the key", async ({ page, stand }) => {
    const app = await arrive(page, stand.origin, "&cw_conversation=k-1");
    await expect.poll(async () => (await app.heard().catch(() => [])).length).toBeGreaterThan(1);
    expect((await app.heard())[0]).toMatchObject({ type: "hello", token: "k-1", locale: "pt-BR", mobile: true });
    expect(page.url()).not.toContain("k-1");
    expect((await app.told())[0]).toMatchObject({ event: "loaded", config: { authToken: "k-1" } });
    await app.inject({ event: "set-user", identifier: "u1", user: { name: "Rui", identifier_hash: "ab" } });
    await app.inject({ event: "set-locale", locale: "en" });
    await app.inject({ event: "set-custom-attributes", customAttributes: { plan: "gold" } });
    await app.inject({ event: "set-custom-attributes", customAttributes: {} });
    await app.inject({ event: "set-color-scheme", darkMode: "dark" });
    await app.inject({ event: "constructor" });
    await app.inject({ event: "set-label", label: "vip" });
    await expect.poll(async () => (await app.heard()).slice(2)).toMatchObject([
      { type: "set-user", identifier: "u1", name: "Rui", hash: "ab" },
      { type: "set-locale", locale: "en" },
      { type: "about", about: { contact: { plan: "gold" } } },
      { type: "set-scheme", scheme: "dark" },
      { type: "about", about: { labels: { vip: true } } },
    ]);
    await app.said({ type: "token", token: "k-2" });
    await app.said({ type: "unread", count: 3 });
    await app.said({ type: "event", name: "message", detail: { from: "agent", id: 5, text: "olá", author: "Ana" } });
    await app.said({ type: "close" });
    await expect.poll(async () => (await app.told()).slice(1)).toMatchObject([
      { event: "loaded", config: { authToken: "k-2" } },
      { event: "handleNotificationDot", unreadMessageCount: 3 },
      { event: "onEvent", eventIdentifier: "chatwoot:on-message", data: { id: 5, content: "olá", message_type: 1 } },
      { event: "closeWindow", type: "close-widget" },
    ]);
  });

  test("listens to its own window and the page around it, to nobody else", async ({ page, stand }) => {
    const app = await arrive(page, stand.origin);
    await expect.poll(async () => (await app.heard().catch(() => [])).length).toBeGreaterThan(1);
    await page.evaluate(
      () =>
        new Promise<void>((done) => {
          const stranger = document.createElement("iframe");
          stranger.srcdoc = `<script>parent.postMessage('chatwoot-widget:{"event":"set-label","label":"forged"}',"*");parent.postMessage("sent","*")</script>`;
          addEventListener("message", (event) => event.data === "sent" && done());
          document.body.append(stranger);
        }),
    );
    await app.inject({ event: "set-label", label: "own" });
    await expect.poll(async () => (await app.heard()).slice(2)).toMatchObject([{ about: { labels: { own: true } } }]);
  });
});

test.describe("skin and server", () => {
  const site = async (origin: string, token: string, calls: string) =>
    listen(() => ({
      body: `<!doctype html><html><head>${TELLING}<script>addEventListener("chatwoot:ready", () => { ${calls} })</script>
${snippet(origin).replace("abc", token)}</head><body><h1>Loja</h1></body></html>`,
    }));

  test("labels and attributes set before the first message stand on the conversation", async ({ desk, recado, browser, words, locale }) => {
    const token = /data-token="([^"]+)"/.exec(desk.snippet)![1];
    await desk.call("save_label", { account: desk.account, id: null, draft: { title: "vip", colour: "#1f93ff", description: "", sidebar: true } });
    const server = await site(
      recado.origin,
      token,
      `$chatwoot.setCustomAttributes({ plan: "gold" }); $chatwoot.setConversationCustomAttributes({ order: "77" }); $chatwoot.setLabel("vip"); $chatwoot.setLabel("made-up"); $chatwoot.toggle("open")`,
    );
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    await page.goto(server.localhost);
    const chat = page.frameLocator('iframe[title="Chat"]');
    await chat.getByRole("textbox", { name: words.typeYourMessage, exact: true }).fill("Pela pele");
    await chat.getByRole("button", { name: words.send, exact: true }).click();
    await expect(chat.getByRole("log").getByText("Pela pele", { exact: true })).toHaveCount(1);
    const told = () => page.evaluate(() => (window as any).told.map(([name]: [string]) => name));
    await expect.poll(told).toEqual(["ready", "opened", "on-start-conversation", "on-message"]);
    const filter = { tab: "all", status: null, inbox: null };
    await expect
      .poll(async () => {
        const list = await desk.call("conversations", { account: desk.account, filter, below: null });
        const row = list.data.rows[0].conversation;
        const thread = await desk.call("thread", { account: desk.account, number: row.number, window: "latest" });
        return { labels: row.labels?.length ?? 0, order: thread.data.attributes?.order, plan: thread.data.contact.attributes?.plan };
      })
      .toEqual({ labels: 1, order: "77", plan: "gold" });
    await context.close();
    await server.close();
  });

  test("a window pops out with the same conversation, by a code that its address does not keep", async ({ desk, recado, browser, words, locale }) => {
    const token = /data-token="([^"]+)"/.exec(desk.snippet)![1];
    const server = await site(recado.origin, token, "$chatwoot.toggle('open')");
    const context = await browser.newContext({ locale });
    const page = await context.newPage();
    await page.addInitScript(() => ((window as any).chatwootSettings = { showPopoutButton: true }));
    await page.goto(server.localhost);
    const chat = page.frameLocator('iframe[title="Chat"]');
    const write = async (into: typeof chat, text: string) => {
      await into.getByRole("textbox", { name: words.typeYourMessage, exact: true }).fill(text);
      await into.getByRole("button", { name: words.send, exact: true }).click();
      await expect(into.getByRole("log").getByText(text, { exact: true })).toHaveCount(1);
    };
    await write(chat, "Do site");
    // The key comes with the server's answer to the first message, not with its bubble.
    const kept = () => page.evaluate((inbox) => localStorage.getItem("recado_visitor_" + inbox) ?? "", token);
    await expect.poll(kept).toMatch(/^[\w-]{43}$/);
    const key = await kept();
    const sent: string[] = [];
    context.on("request", (request) => sent.push(request.url()));
    const pop = page.getByRole("button", { name: /^(Abrir em outra janela|Open in another window)$/ });
    const [popup] = await Promise.all([page.waitForEvent("popup"), pop.press("Enter")]);
    await popup.waitForURL(/\/widget\?website_token=[^#]+$/);
    const popped = popup.frameLocator('iframe[title="Chat"]');
    await expect(popped.getByRole("log").getByText("Do site", { exact: true })).toHaveCount(1);
    await expect(page.locator('iframe[title="Chat"]')).toBeHidden();
    expect(await popup.evaluate(() => [name, outerWidth <= 420] as const)).toEqual(["webwidget_session_" + token, true]);
    await write(popped, "Da janela");
    await page.evaluate(() => (window as any).$chatwoot.toggle("open"));
    await expect(chat.getByRole("log").getByText("Da janela", { exact: true })).toHaveCount(1);
    expect(sent.filter((url) => url.includes(key!))).toEqual([]);
    // It lives on by itself, and goes when the visitor signs out.
    await popup.reload();
    await expect(popped.getByRole("log").getByText("Da janela", { exact: true })).toHaveCount(1);
    await Promise.all([popup.waitForEvent("close"), page.evaluate(() => (window as any).$chatwoot.reset())]);
    await context.close();
    await server.close();
    await desk.go();
    await expect(desk.row("Da janela")).toBeVisible();
  });

  test("an app's WebView carries a whole conversation, and finds it again by the key it was given", async ({ desk, recado, browser, words, locale }) => {
    const token = /data-token="([^"]+)"/.exec(desk.snippet)![1];
    const arrive = async (query = "") => {
      const context = await browser.newContext({ locale });
      const page = await context.newPage();
      await page.addInitScript(() => {
        const told: any[] = ((window as any).told = []);
        if (top === window) (window as any).ReactNativeWebView = { postMessage: (text: string) => told.push(JSON.parse(text.replace("chatwoot-widget:", ""))) };
      });
      await page.goto(`${recado.origin}/widget?website_token=${token}&locale=${locale}${query}`);
      return { context, page, chat: page.frameLocator('iframe[title="Chat"]') };
    };
    const first = await arrive();
    await first.chat.getByRole("textbox", { name: words.typeYourMessage, exact: true }).fill("Do aplicativo");
    await first.chat.getByRole("button", { name: words.send, exact: true }).click();
    const key = () => first.page.evaluate(() => (window as any).told.filter((one: any) => one.event === "loaded").at(-1)?.config.authToken);
    await expect.poll(key).toMatch(/^[\w-]{43}$/);
    const again = await arrive(`&cw_conversation=${await key()}`);
    await expect(again.chat.getByRole("log").getByText("Do aplicativo", { exact: true })).toHaveCount(1);
    expect(again.page.url()).not.toContain(await key());
    await first.context.close();
    await again.context.close();
    await desk.go();
    await expect(desk.row("Do aplicativo")).toBeVisible();
  });
});
