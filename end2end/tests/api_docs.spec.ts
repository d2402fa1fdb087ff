// The API's reference page: found, read and tried out by keyboard alone, with a token of a person's own.
import { type Page } from "@playwright/test";
import { clean } from "../support/axe";
import { startRecado } from "../support/recado";
import { expect, test as base } from "../support/world";

const OF = {
  "pt-BR": { search: "Buscar uma operação", token: "Token", send: "Enviar", none: "Nenhuma operação encontrada.", nobody: "O servidor não conhece este token" },
  en: { search: "Find an operation", token: "Token", send: "Send", none: "No operation fits.", nobody: "The server does not know this token" },
};

/** A person of an account that the operator made, with the token the command printed, and the server's address. */
type Ana = { account: number; token: string; origin: string };

const test = base.extend<{ ana: Ana; say: (typeof OF)["en"] }>({
  ana: async ({ settings }, use) => {
    let made = { account_id: 0, api_token: "" };
    const recado = await startRecado(settings, (run) => {
      run(["migrate"]);
      const words = ["--account", "Loja da Ana", "--name", "Ana Souza", "--email", "ana@example.com", "--password-stdin"];
      made = JSON.parse(run(["admin", "create-account", ...words], "um recado bem guardado"));
    });
    await use({ account: made.account_id, token: made.api_token, origin: recado.origin });
    await recado.stop();
  },
  baseURL: async ({ ana }, use) => use(ana.origin),
  say: async ({ language }, use) => use(OF[language]),
});

/** Presses Tab until the focus stands on what fits; a page that lets nobody there fails. */
async function tabTo(page: Page, fits: (focused: { name: string; text: string }) => boolean, most = 60) {
  for (let press = 0; press < most; press++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const at = document.activeElement!;
      return { name: at.id || at.tagName.toLowerCase(), text: at.textContent!.trim() };
    });
    if (fits(focused)) return;
  }
  throw new Error(`${most} times Tab did not lead there`);
}

/** From the top of the page to an operation that is open, by what is typed into the search. */
async function find(page: Page, words: string) {
  await page.goto("/api/docs");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter"); // past the groups
  await tabTo(page, ({ name }) => name === "find", 2);
  await page.keyboard.type(words);
}

async function token(page: Page, text: string) {
  await tabTo(page, ({ name }) => name === "token", 2);
  await page.keyboard.type(text);
}

test("an operation is found, tried out and answered by keyboard alone", async ({ page, ana, say }) => {
  await find(page, "/api/v1/profile");
  await token(page, ana.token);
  const profile = page.locator(".op").filter({ visible: true }).first();
  await tabTo(page, ({ name, text }) => name === "summary" && text.startsWith("GET"));
  await page.keyboard.press("Enter");
  await expect(profile).toHaveAttribute("open", "");
  await tabTo(page, ({ name, text }) => name === "button" && text === say.send);
  await page.keyboard.press("Enter");
  const reply = profile.getByRole("status");
  await expect(reply).toContainText("200 OK");
  await expect(reply).toContainText('"email": "ana@example.com"');
  // The token is in the field and nowhere else.
  await page.reload();
  await expect(page.getByLabel(say.token, { exact: true })).toHaveValue("");
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length + document.cookie.length)).toBe(0);
});

test("what is sent is made, and what is wrong is named", async ({ page, ana, say, request }) => {
  await find(page, "POST labels title");
  await token(page, ana.token);
  await page.locator("#account").fill(String(ana.account));
  const labels = page.locator('.op[data-method="POST"][data-path$="/accounts/{account_id}/labels"]');
  await labels.locator("> summary").focus();
  await page.keyboard.press("Space");
  const body = labels.getByRole("textbox").last();
  await expect(body).toHaveValue(/"title"/);
  await body.fill('{ "title": "vip", "color": "#123456" }');
  const send = labels.getByRole("button", { name: say.send, exact: true });
  await send.press("Enter");
  await expect(labels.getByRole("status")).toContainText("200 OK");
  const kept = await request.get(`/api/v1/accounts/${ana.account}/labels`, { headers: { api_access_token: ana.token } });
  expect((await kept.json()).payload).toMatchObject([{ title: "vip", color: "#123456" }]);
  await body.fill('{ "title": "vip", "color": "#123456" }');
  await send.press("Enter");
  await expect(labels.getByRole("status")).toContainText(/422 .*"attributes": \[\s*"title"/s);
});

test("a token nobody has is answered in words, as is a search for nothing", async ({ page, say }) => {
  await find(page, "/api/v1/profile");
  await token(page, "nobody-has-this-one");
  await tabTo(page, ({ name, text }) => name === "summary" && text.startsWith("GET"));
  await page.keyboard.press("Enter");
  await tabTo(page, ({ name, text }) => name === "button" && text === say.send);
  await page.keyboard.press("Enter");
  const reply = page.locator(".op[open]").getByRole("status");
  await expect(reply).toContainText("401 Unauthorized");
  await expect(reply).toContainText(say.nobody);
  await expect(reply).toContainText("Invalid Access Token");
  await page.locator("#find").fill("xyzzy plugh");
  await expect(page.getByText(say.none)).toBeVisible();
  await expect(page.locator("#operations").getByRole("heading", { level: 2 })).toHaveCount(0);
});

for (const theme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    test(`axe and edges, ${theme}, ${width} wide`, async ({ page, ana, say }, info) => {
      test.slow(); // three hundred operations
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width, height: 900 });
      await page.goto("/api/docs");
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await clean(page);
      await page.screenshot({ path: info.outputPath("closed.png") });
      await page.locator("#token").fill(ana.token);
      await page.locator("#account").fill(String(ana.account));
      // One that asks with a form, answered; one that takes a body and files.
      const open = async (method: string, path: string) => {
        const op = page.locator(`.op[data-method="${method}"][data-path="/api/v1/accounts/{account_id}${path}"]`);
        await op.locator("> summary").click();
        return op;
      };
      const list = await open("GET", "/conversations");
      await list.getByRole("button", { name: say.send, exact: true }).click();
      await expect(list.getByRole("status")).toContainText("200 OK");
      await open("POST", "/conversations/{conversation_id}/messages");
      await clean(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      await list.scrollIntoViewIfNeeded();
      await page.screenshot({ path: info.outputPath("open.png") });
    });
  }
}
