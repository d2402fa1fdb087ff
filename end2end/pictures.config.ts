// Takes the README's pictures again, from the real product: `npx playwright test -c pictures.config.ts`.
// These are no tests; nothing is asserted beyond that the pictures show what they should.
import { defineConfig } from "@playwright/test";
import tests from "./playwright.config";
import type { Options } from "./support/world";

export default defineConfig<Options>({
  ...tests,
  testDir: "pictures",
  workers: 1,
  projects: [{ name: "pt-BR", use: { locale: "pt-BR", language: "pt-BR" } }],
});
