// What axe finds serious on a page or in a frame. It is given to the page from outside, so that the page's own policy stays as it is.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { expect, type Frame, type Page } from "@playwright/test";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Fails by the names of what is serious or critical. */
export async function clean(where: Page | Frame) {
  await where.evaluate(AXE);
  // What is still sliding in has the colours of neither where it comes from nor where it goes.
  await where.evaluate(() => {
    const ending = document.getAnimations().filter((one) => Number.isFinite(one.effect?.getComputedTiming().endTime as number));
    return Promise.allSettled(ending.map((one) => one.finished));
  });
  const found = await where.evaluate(async () => {
    // @ts-expect-error axe has just been added
    const result = await axe.run(document, { iframes: false });
    return result.violations
      .filter((one: { impact: string }) => one.impact === "serious" || one.impact === "critical")
      .map((one: { id: string; help: string; nodes: { html: string }[] }) => `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html).join(" | ")}`);
  });
  expect(found, where.url()).toEqual([]);
}
