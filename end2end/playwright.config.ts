// How the browser tests run: every one in Brazilian Portuguese and in English, in the machine's own Chromium.
// What starts the server is in support/recado.ts, since each worker has one of its own.
import { execFileSync } from "node:child_process";
import { defineConfig } from "@playwright/test";
import type { Options } from "./support/world";

const onPath = (name: string) => {
  try {
    return execFileSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
};

export default defineConfig<Options>({
  testDir: "tests",
  fullyParallel: true,
  workers: 2,
  reporter: "list",
  timeout: 45_000,
  // For a browser that will not close its window; whatever else fails at first counts as failed (xtask/src/browser.rs).
  retries: 1,
  expect: { timeout: 10_000 },
  use: {
    trace: "retain-on-failure",
    viewport: { width: 1440, height: 900 },
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? onPath("chromium") ?? onPath("chromium-browser") ?? onPath("google-chrome"),
      args: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    },
  },
  projects: [
    { name: "pt-BR", use: { locale: "pt-BR", language: "pt-BR" } },
    { name: "en", use: { locale: "en-US", language: "en" } },
  ],
});
