// How the browser's benchmarks run: one after the other, in one browser, nothing recorded. What they measure stands in benches/.
import usual from "./playwright.config";

export default {
  ...usual,
  testDir: "benches",
  testMatch: "**/*.bench.ts",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 600_000,
  use: { ...usual.use, trace: "off" as const },
  projects: usual.projects?.slice(0, 1),
};
