// A conversation of ten thousand messages: flung through, grown above, written into. The baseline is the same messages all in the document.
import type { Page } from "@playwright/test";
import { expect, hydrated, test } from "../support/world";
import { figure } from "./figures";

const MESSAGES = Number(process.env.RECADO_BENCH_MESSAGES_OF_ONE ?? 10_000);

/** Where a message stands, by its words; its distance from the top of the window. */
const place = (page: Page, text: string) =>
  page
    .getByRole("log")
    .getByText(text, { exact: true })
    .evaluate((found) => found.getBoundingClientRect().top);

test("a long conversation", async ({ desk, visitor, page, words }) => {
  await visitor.open();
  await visitor.says("Oi");
  const filter = { tab: "all", status: null, inbox: null };
  const conversation = (await desk.call("conversations", { account: desk.account, filter, below: null })).data.rows[0].conversation.id;
  const send = (text: string) =>
    desk.call("send_reply", { account: desk.account, draft: { conversation, key: crypto.randomUUID(), text } });
  for (let at = 1; at < MESSAGES; at += 16) {
    await Promise.all(Array.from({ length: Math.min(16, MESSAGES - at) }, (_, n) => send(`Mensagem ${at + n}`)));
  }
  await desk.go("/conversations/1?tab=all");
  await hydrated(page);
  const log = page.getByRole("log");
  await expect(log.getByText(`Mensagem ${MESSAGES - 1}`, { exact: true })).toBeVisible();
  await page.evaluate(() => {
    const long: number[] = [];
    Object.assign(window, { __long: long });
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => long.push(entry.duration))).observe({ type: "longtask" });
  });
  const area = await log.boundingBox();
  await page.mouse.move(area!.x + area!.width / 2, area!.y + area!.height / 2);
  let most = 0;
  for (let turn = 0; turn < 60; turn++) {
    await page.mouse.wheel(0, -1500);
    await page.waitForTimeout(50);
    if (turn % 10 === 9) most = Math.max(most, await log.evaluate((found) => found.querySelectorAll("*").length));
  }
  const long: number[] = await page.evaluate(() => (window as unknown as { __long: number[] }).__long);

  // Something is said below while one reads above.
  await page.waitForTimeout(500);
  const seen = await log.getByText(/^Mensagem \d+$/).evaluateAll((all) => {
    const inside = all.find((one) => one.getBoundingClientRect().top > 200 && one.getBoundingClientRect().top < 600);
    return inside?.textContent ?? "";
  });
  expect(seen).not.toBe("");
  const before = await place(page, seen);
  for (let n = 0; n < 5; n++) await visitor.says(`Chega ${n}`);
  await page.waitForTimeout(500);
  const drift = Math.abs((await place(page, seen)) - before);

  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const heap = (await session.send("Runtime.getHeapUsage")).usedSize / 1_048_576;
  const nodes = await log.evaluate((found) => {
    const shown = found.querySelectorAll("[data-message], [data-key], article, li").length || 1;
    return found.querySelectorAll("*").length / shown;
  });
  const of = `a conversation of ${MESSAGES} messages`;
  figure({
    what: `${of}: nodes while flung through`,
    unit: "count",
    ours: most,
    bare: Math.round(nodes * MESSAGES),
    times_at_most: 1 / 20,
    note: "baseline: every message in the document, as many nodes each as ours has",
  });
  figure({ what: `${of}: tasks longer than 50 ms`, unit: "count", ours: long.length, at_most: 0, note: long.length ? `longest ${Math.max(...long)} ms` : "" });
  figure({ what: `${of}: drift of what is read while others write, px`, unit: "count", ours: drift, at_most: 1 });
  figure({ what: `${of}: heap`, unit: "MiB", ours: heap, at_most: 60, note: "JavaScript's; the program's own memory is beside it" });
  expect(words).toBeTruthy();
});
