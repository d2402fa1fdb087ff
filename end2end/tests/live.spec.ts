// What happens elsewhere is seen here: one stream for all tabs, and no message lost to a bad network.
import { expect, test } from "../support/world";

test.describe("live", () => {
  test("two tabs share one stream, and the second takes over when the first is closed", async ({ desk, visitor, context, page }) => {
    const streams = new Set<unknown>();
    context.on("request", (request) => request.resourceType() === "eventsource" && streams.add(request));
    context.on("requestfailed", (request) => streams.delete(request));
    context.on("requestfinished", (request) => streams.delete(request));
    await visitor.open();
    await visitor.says("Para duas abas");
    await desk.go();
    const second = await context.newPage();
    await desk.go("/conversations", second);
    await expect(desk.row("Para duas abas", second)).toBeVisible();
    await visitor.says("As duas veem");
    await expect(desk.row("As duas veem")).toBeVisible();
    await expect(desk.row("As duas veem", second)).toBeVisible();
    expect(streams.size).toBe(1);

    await page.close();
    await visitor.says("A segunda continua");
    await expect(desk.row("A segunda continua", second)).toBeVisible();
  });

  test("offline, a banner says so, and what was sent waits and leaves once", async ({ desk, visitor, context, page, words }) => {
    await visitor.open();
    await visitor.says("Está aí?");
    await desk.go();
    await desk.openRow("Está aí?");
    await context.setOffline(true);
    const banner = page.getByRole("status").filter({ hasText: new RegExp(`${words.pattern("link.offline").source}|${words.pattern("link.queue.other").source}|${words.pattern("link.queue.one").source}`) });
    await desk.reply("Estou, sem rede");
    await expect(banner.first()).toBeVisible();
    await visitor.says("Alô?");
    await context.setOffline(false);
    await expect(visitor.sees("Estou, sem rede")).toBeVisible();
    await expect(desk.thread().getByText("Alô?", { exact: true })).toHaveCount(1);
    await expect(banner).toHaveCount(0);
    await desk.reply("Voltei");
    await expect(visitor.sees("Voltei")).toBeVisible();
    await expect(visitor.sees("Estou, sem rede")).toHaveCount(1);
    await expect(desk.thread().getByText("Estou, sem rede", { exact: true })).toHaveCount(1);
  });

  test("a message stands in the inbox within a second", async ({ desk, visitor }) => {
    await visitor.open();
    await visitor.says("Aquecendo");
    await desk.go();
    await desk.openRow("Aquecendo");
    await visitor.writes("Em um segundo");
    await expect(desk.thread().getByText("Em um segundo", { exact: true })).toBeVisible({ timeout: 1_000 });
  });
});
