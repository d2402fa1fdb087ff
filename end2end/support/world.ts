// The people and places of a test: an administrator at their desk, a customer's site, a visitor on it.
// What is only preparation goes through the server's functions; what a test asserts it sees on the screen.
import { test as base, expect, type BrowserContext, type FrameLocator, type Locator, type Page } from "@playwright/test";
import { startRecado, type Recado } from "./recado";
import { listen, type Server } from "./servers";
import { begins, words, type Language, type Words } from "./words";

export { expect, begins };
export type Options = { language: Language; settings: Record<string, string> };

type Fixtures = Options & {
  words: Words;
  recado: Recado;
  /** An administrator with an account and one website inbox. */
  desk: Desk;
  /** The customer's site, from another origin: `/` has the snippet, `/strict` a strict policy besides, `/member` knows who one is. */
  site: Site;
  /** Somebody on that site, with a browser of their own. */
  visitor: Visitor;
};

export const test = base.extend<Fixtures>({
  language: ["en", { option: true }],
  settings: [{}, { option: true }],
  // One for each test: nobody else's conversations, nobody else's attempts counted.
  recado: async ({ settings }, use, info) => {
    const recado = await startRecado(settings);
    await use(recado);
    await recado.stop();
    if (info.status !== info.expectedStatus) await info.attach("what the server said", { body: recado.log() });
  },
  baseURL: async ({ recado }, use) => use(recado.origin),
  words: async ({ language }, use) => use(words(language)),
  desk: async ({ page, recado, words, language }, use, info) => {
    await use(await Desk.open(page, recado, words, language));
  },
  site: async ({ desk }, use) => {
    const site = await Site.open(desk.snippet, desk.csp);
    await use(site);
    await site.server.close();
  },
  visitor: async ({ browser, words, site, locale }, use) => {
    const context = await browser.newContext({ locale });
    await use(await Visitor.arrive(context, words, site.server.localhost));
    await context.close();
  },
});

export class Desk {
  account = 0;
  inbox = 0;
  snippet = "";
  csp = "";
  identityKey = "";
  email = "ana@example.com";
  password = "um recado bem guardado";

  private constructor(
    readonly page: Page,
    readonly recado: Recado,
    readonly words: Words,
  ) {}

  static async open(page: Page, recado: Recado, words: Words, language: Language): Promise<Desk> {
    const desk = new Desk(page, recado, words);
    const draft = { account: "Loja da Ana", name: "Ana Souza", email: desk.email, password: desk.password, language };
    const session = await desk.call("sign_up", { draft });
    desk.account = session.accounts[0].account;
    const settings = { name: "Loja", domain: "localhost" };
    const made = await desk.call("create_inbox", { account: desk.account, draft: { kind: "website", settings } });
    desk.inbox = made.inbox.id;
    // What a test sends leaves at once, on every channel.
    await desk.call("update_account", { account: desk.account, draft: { settings: { undo_seconds: 0 } } });
    ({ snippet: desk.snippet, csp: desk.csp, identity_key: desk.identityKey } = made.website);
    return desk;
  }

  /** A server function, with this browser's session. */
  async call(name: string, body: unknown) {
    const answer = await this.page.request.post(`${this.recado.origin}/rpc/${name}`, {
      data: body,
      headers: { origin: this.recado.origin, accept: "application/json" },
    });
    expect(answer.ok(), `${name}: ${answer.status()} ${await answer.text()}`).toBe(true);
    const text = await answer.text();
    return text ? JSON.parse(text) : undefined;
  }

  /** A page of the account, by its address below `/app/accounts/N`. */
  async go(path = "/conversations", page = this.page) {
    await page.goto(`${this.recado.origin}/app/accounts/${this.account}${path}`);
    await hydrated(page);
  }

  list(page = this.page): Locator {
    return page.getByRole("list", { name: this.words.conversations, exact: true });
  }

  /** The row whose preview or name has these words. */
  row(text: string, page = this.page): Locator {
    return this.list(page).getByRole("listitem").filter({ hasText: text });
  }

  thread(page = this.page): Locator {
    return page.getByRole("log");
  }

  composer(page = this.page): Locator {
    return page.getByRole("textbox", { name: this.words.reply, exact: true });
  }

  async openRow(text: string, page = this.page) {
    await this.row(text, page).click();
    await expect(this.thread(page).getByText(text)).toBeVisible();
  }

  async reply(text: string, page = this.page) {
    await this.composer(page).fill(text);
    await this.composer(page).press("Enter");
    await expect(this.thread(page).getByText(text, { exact: true })).toHaveCount(1);
  }
}

/** Pages work before their script runs, but shortcuts and live updates begin with it. */
export async function hydrated(page: Page) {
  await page.locator("html[data-hydrated]").waitFor({ state: "attached" });
}

export class Site {
  private constructor(readonly server: Server) {}

  static async open(snippet: string, csp: string): Promise<Site> {
    const page = (headers = {}, before = "") => ({
      headers,
      body: `<!doctype html><html><head><title>Loja</title><link rel="icon" href="data:,"></head>
<body><h1>Loja</h1><a href="#a">A</a>${"<p>…</p>".repeat(100)}${before}${snippet}</body></html>`,
    });
    const pages: Record<string, (query: URLSearchParams) => ReturnType<typeof page>> = {
      "/": () => page(),
      "/other": () => page(),
      "/strict": () => page({ "content-security-policy": `default-src 'none'; img-src data:; ${csp}` }),
      "/member": (query) => {
        const call = ["setUser", query.get("id"), { name: query.get("name"), identifier_hash: query.get("hash") }];
        return page({}, `<script>window.recado = [${JSON.stringify(call)}]</script>`);
      },
    };
    return new Site(await listen((url) => pages[url.pathname]?.(url.searchParams)));
  }
}

export class Visitor {
  readonly frame: FrameLocator;
  readonly field: Locator;
  readonly log: Locator;

  private constructor(
    readonly page: Page,
    readonly words: Words,
  ) {
    this.frame = page.frameLocator('iframe[title="Chat"]');
    this.field = this.frame.getByRole("textbox", { name: words.typeYourMessage, exact: true });
    this.log = this.frame.getByRole("log");
  }

  static async arrive(context: BrowserContext, words: Words, address: string): Promise<Visitor> {
    const page = await context.newPage();
    await page.goto(address);
    return new Visitor(page, words);
  }

  get launcher(): Locator {
    return this.page.getByRole("button", { name: begins(this.words.openChat) });
  }

  async open() {
    await this.launcher.click();
    await expect(this.field).toBeVisible();
  }

  async close() {
    await this.field.press("Escape");
    await expect(this.launcher).toHaveAttribute("aria-expanded", "false");
  }

  /** Writes and sends; returns when the server has it, so that a page opened next knows it. */
  async says(text: string) {
    await this.writes(text);
    await expect(this.sees(text).locator("xpath=ancestor::article")).toHaveAttribute("data-standing", /^(sent|read)$/);
  }

  /**
   * Writes and sends by Enter; returns when it stands in the chat, stored or not. Not by the button: Chromium finds out which process a
   * click in a frame of another site belongs to, and a frame shown a moment ago may not be told. Tests of the button press it themselves.
   */
  async writes(text: string) {
    await this.field.fill(text);
    await this.field.press("Enter");
    await expect(this.sees(text)).toHaveCount(1);
  }

  sees(text: string): Locator {
    return this.log.getByText(text, { exact: true });
  }
}
