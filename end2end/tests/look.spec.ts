// What the desk does for the eye and the hand: pictures seen large, panes that keep their width, every width down to 320 px.
// How it looks is not judged here, only that everything can be seen and reached.
import { deflateSync } from "node:zlib";
import type { Page } from "@playwright/test";
import { expect, test, type Desk, type Visitor } from "../support/world";

const PICTURES = ["caixa.png", "nota.png"];

/** A grey picture of 8 by 8. */
function png(): Buffer {
  const table = Array.from({ length: 256 }, (_, n) => Array.from({ length: 8 }).reduce<number>((c) => (c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1), n));
  const crc = (bytes: Buffer) => bytes.reduce((sum, byte) => table[(sum ^ byte) & 0xff] ^ (sum >>> 8), 0xffffffff) ^ 0xffffffff;
  const chunk = (name: string, body: Buffer) => {
    const named = Buffer.concat([Buffer.from(name), body]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(body.length);
    sum.writeInt32BE(crc(named) | 0);
    return Buffer.concat([length, named, sum]);
  };
  const rows = Buffer.alloc(8 * 9, 0x99);
  for (let row = 0; row < 8; row++) rows[row * 9] = 0;
  const head = Buffer.from([0, 0, 0, 8, 0, 0, 0, 8, 8, 0, 0, 0, 0]);
  const start = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]);
  return Buffer.concat([start, chunk("IHDR", head), chunk("IDAT", deflateSync(rows)), chunk("IEND", Buffer.alloc(0))]);
}

async function begin(desk: Desk, visitor: Visitor, text: string) {
  await visitor.open();
  await visitor.says(text);
  await desk.go();
  await desk.openRow(text);
}

async function attach(page: Page, desk: Desk) {
  const chooser = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: desk.words.text("attach.label"), exact: true }).click();
  await (await chooser).setFiles(PICTURES.map((name) => ({ name, mimeType: "image/png", buffer: png() })));
  await expect(page.locator(".attached[data-state=done]")).toHaveCount(2);
}

/** What can be pressed and lies outside the window. */
const lost = (page: Page) =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".rail a, .rail button, .thread__head button, .list__head button, .composer button")]
      .filter((each) => each.offsetWidth > 0)
      .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 || each.getBoundingClientRect().left < -1)
      .map((each) => each.getAttribute("aria-label") ?? each.innerText),
  );

test.describe("pictures", () => {
  test("are put in order before they leave and seen large by keys alone", async ({ desk, visitor, words, page }) => {
    await begin(desk, visitor, "Fotos?");
    await attach(page, desk);
    await expect(page.locator(".attached__thumb")).toHaveCount(2);
    await page.getByRole("button", { name: words.text("attach.earlier", { name: PICTURES[1] }), exact: true }).click();
    await expect(page.locator(".attached__name")).toHaveText([PICTURES[1], PICTURES[0]]);
    await desk.composer().press("Enter");
    const pictures = desk.thread().locator("a[data-picture]");
    await expect(pictures).toHaveCount(2);

    await pictures.first().focus();
    await page.keyboard.press("Enter");
    const box = page.getByRole("dialog", { name: words.text("lightbox.title"), exact: true });
    await expect(box.getByRole("status")).toContainText(words.text("lightbox.place", { here: "1", all: "2" }));
    await page.keyboard.press("ArrowRight");
    await expect(box.getByRole("status")).toContainText(words.text("lightbox.place", { here: "2", all: "2" }));
    const small = await box.locator(".lightbox__image").evaluate((image) => image.getBoundingClientRect().width);
    await page.keyboard.press("+");
    await expect.poll(() => box.locator(".lightbox__image").evaluate((image) => image.getBoundingClientRect().width)).toBeGreaterThan(small);
    const download = page.waitForEvent("download");
    await page.keyboard.press("d");
    await download;
    await page.keyboard.press("Escape");
    await expect(box).toHaveCount(0);
    await expect(pictures.last()).toBeFocused();
  });
});

test("the list keeps the width one gives it, and the views stay folded", async ({ desk, visitor, words, page }) => {
  await begin(desk, visitor, "Mais larga");
  const list = page.locator("section.list");
  await page.getByRole("slider", { name: words.text("list.width"), exact: true }).focus();
  await page.keyboard.press("End");
  await expect.poll(() => list.evaluate((pane: HTMLElement) => pane.offsetWidth)).toBe(420);
  await page.getByRole("button", { name: words.text("nav.collapse"), exact: true }).click();
  await expect(page.locator(".scopes")).toBeHidden();
  await page.reload();
  await expect(desk.composer()).toBeVisible();
  expect(await list.evaluate((pane: HTMLElement) => pane.offsetWidth)).toBe(420);
  await expect(page.locator(".scopes")).toBeHidden();
  await page.getByRole("button", { name: words.text("nav.expand"), exact: true }).click();
  await expect(page.locator(".scopes")).toBeVisible();
});

test("everything can be reached from 320 to 1440 px", async ({ desk, visitor, page }) => {
  await begin(desk, visitor, "Cabe?");
  for (const width of [320, 390, 720, 768, 1024, 1280, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await lost(page), `${width} px, a conversation open`).toEqual([]);
    expect(await page.locator(".thread__name").evaluate((name) => name.clientWidth), `${width} px, the name`).toBeGreaterThan(72);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${width} px`).toBe(0);
  }
  await desk.go("/conversations?status=any");
  for (const width of [320, 390, 720, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    expect(await lost(page), `${width} px, the list`).toEqual([]);
    expect(await page.locator("section.list").evaluate((list) => list.scrollWidth - list.clientWidth), `${width} px, the list`).toBe(0);
  }
});

test("a new page is read from its title on", async ({ desk, page, words }) => {
  await desk.go("/settings/inboxes/new");
  await page.getByRole("link", { name: new RegExp(`^${words.website}`) }).first().click();
  await expect(page.getByRole("heading", { level: 1 })).toBeFocused();
});

test.describe("on a phone", () => {
  test.use({ hasTouch: true, viewport: { width: 390, height: 844 } });

  test("a row swiped to the right is resolved, to the left it is put off", async ({ desk, visitor, page, words }) => {
    await visitor.open();
    await visitor.says("Passe o dedo");
    await desk.go();
    const row = desk.row("Passe o dedo");
    await expect(row).toBeVisible();
    const touch = await page.context().newCDPSession(page);
    const swipe = async (by: number) => {
      const box = (await row.boundingBox())!;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const at = (far: number) => [{ x: x + far, y }];
      await touch.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(0) });
      for (const far of [0.2, 0.4, 0.7, 1]) await touch.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(by * far) });
      await touch.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    };
    // The gesture comes with a part of the program that is fetched after the list.
    await expect(async () => {
      await swipe(-140);
      await expect(page.getByRole("dialog", { name: words.text("snooze.title") })).toBeVisible({ timeout: 1000 });
    }).toPass();
    await page.keyboard.press("Escape");
    await swipe(40);
    await expect(row).toBeVisible();
    await swipe(140);
    await expect(row).toHaveCount(0);
  });
});
