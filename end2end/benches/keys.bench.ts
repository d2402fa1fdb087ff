// From a key to the paint after it: moving, opening, resolving, the palette; at full speed and on a machine four times slower.
// What a page load for each step costs on the same server is the baseline.
import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Page } from "@playwright/test";
import { test as base, expect, hydrated } from "../support/world";
import { startRecado } from "../support/recado";
import { figure, paints, quantile, slow, watch } from "./figures";

const test = base;
const STEPS = 30;

async function enter(page: Page, origin: string) {
  const answer = await page.request.post(`${origin}/rpc/sign_in`, {
    data: { email: "ana@aurora.example", password: "aurora-demonstra" },
    headers: { origin, accept: "application/json" },
  });
  expect(answer.ok()).toBe(true);
  return (await answer.json()).accounts[0].account as number;
}

async function press(page: Page, key: string, times: number) {
  const all: number[] = [];
  for (let step = 0; step < times; step++) {
    await page.keyboard.press(key);
    all.push(...(await paints(page)));
  }
  return all;
}

test("keys", async ({ page, words }) => {
  const folder = await mkdtemp(join(tmpdir(), "recado-keys-"));
  const url = `sqlite://${join(folder, "recado.db")}`;
  const binary = process.env.RECADO_BIN ?? resolve(import.meta.dirname, "../../target/release/recado");
  execFileSync(binary, ["demo", "--conversations", "2000", "--messages", "20000"], {
    cwd: folder,
    env: { ...process.env, RECADO_DATABASE__URL: url },
    stdio: "ignore",
  });
  const recado = await startRecado({ RECADO_DATABASE__URL: url });
  try {
    const account = await enter(page, recado.origin);
    const list = `${recado.origin}/app/accounts/${account}/conversations`;
    const rows = page.getByRole("list", { name: words.conversations, exact: true }).getByRole("listitem");
    for (const [speed, limit] of [
      [1, 50],
      [4, 120],
    ] as const) {
      await page.goto(`${list}?tab=all`);
      await hydrated(page);
      await expect(rows.first()).toBeVisible();
      await slow(page, speed);
      await watch(page);
      const on = speed === 1 ? "" : `, ${speed}× slower processor`;
      const goal = { unit: "ms" as const, at_most: limit };
      await press(page, "j", 3);
      const moving = [...(await press(page, "j", STEPS)), ...(await press(page, "k", STEPS))];
      figure({ ...goal, what: `key to paint: j and k, p95${on}`, ours: quantile(moving, 0.95) });

      await press(page, "Enter", 1);
      await expect(page.getByRole("log")).toBeVisible();
      await page.waitForTimeout(300);
      const opening: number[] = [];
      for (let step = 0; step < STEPS; step++) {
        await press(page, "j", 1);
        // What is under the hand is fetched while it rests there.
        await page.waitForTimeout(200);
        opening.push(...(await press(page, "Enter", 1)));
      }
      // The same as a page of its own, as help desks draw it.
      const loads: number[] = [];
      const other = await page.context().newPage();
      const session = await other.context().newCDPSession(other);
      await session.send("Emulation.setCPUThrottlingRate", { rate: speed });
      for (let number = 1; number <= 8; number++) {
        const begun = performance.now();
        await other.goto(`${list}/${number}?tab=all&status=any`, { waitUntil: "load" });
        loads.push(performance.now() - begun);
      }
      await other.close();
      figure({
        ...goal,
        what: `key to paint: opening a conversation, p95${on}`,
        ours: quantile(opening, 0.95),
        bare: quantile(loads, 0.5),
        times_at_most: 0.067,
        note: "baseline: the same conversation loaded as a page",
      });

      const resolving: number[] = [];
      for (let step = 0; step < 15; step++) {
        resolving.push(...(await press(page, "e", 1)));
        await page.waitForTimeout(200);
      }
      figure({ ...goal, what: `key to paint: resolve and on to the next, p95${on}`, ours: quantile(resolving, 0.95) });

      const palette: number[] = [];
      for (let step = 0; step < 10; step++) {
        palette.push(...(await press(page, "Control+k", 1)));
        await expect(page.getByRole("dialog", { name: words.text("find.title"), exact: true })).toBeVisible();
        await page.keyboard.press("Escape");
        await paints(page);
      }
      figure({ ...goal, what: `key to paint: the palette, p95${on}`, ours: quantile(palette.slice(2), 0.95), note: "after its code is there" });
      if (speed === 1) {
        const all = [...moving, ...opening, ...resolving, ...palette.slice(2)];
        figure({ what: "interaction to next paint, p98 of all keys", unit: "ms", ours: quantile(all, 0.98), at_most: 100 });
      }
      await slow(page, 1);
    }
  } finally {
    await recado.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
