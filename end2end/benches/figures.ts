// A figure for the table of `cargo xtask bench`, and how the time from an event to the paint after it is taken.
import { appendFileSync } from "node:fs";
import type { Page } from "@playwright/test";

export type Figure = { what: string; unit: "ms" | "MiB" | "count"; ours: number; bare?: number; at_most?: number; times_at_most?: number; note?: string };

/** Adds a line to the file the benchmark reads, or shows it. */
export function figure(one: Figure) {
  const out = process.env.RECADO_BENCH_OUT;
  const line = JSON.stringify(one);
  if (out) appendFileSync(out, line + "\n");
  console.log(line);
}

export function quantile(values: number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * part) - 1))] ?? Number.NaN;
}

/** From now on the page notes how long each key press takes until the frame after it is drawn. */
export async function watch(page: Page) {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(window, { __paints: times });
    addEventListener(
      "keydown",
      (event) => {
        const pressed = event.timeStamp;
        // A task queued in the frame's own callback runs after that frame was drawn.
        requestAnimationFrame(() => {
          const channel = new MessageChannel();
          channel.port1.onmessage = () => times.push(performance.now() - pressed);
          channel.port2.postMessage(0);
        });
      },
      { capture: true },
    );
  });
}

/** The times noted since the last look. */
export async function paints(page: Page): Promise<number[]> {
  // The last press may not be drawn yet.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 50))));
  return page.evaluate(() => (window as unknown as { __paints: number[] }).__paints.splice(0));
}

/** Makes the processor look so many times slower. */
export async function slow(page: Page, times: number) {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: times });
}
