// The loader as an npm package: built from the loader, installed by npm, used by a page as a module.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { listen } from "../support/servers";

test("the package installs, loads the loader once, and keeps what was called before", async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), "recado-package-"));
  execFileSync(process.execPath, [new URL("../package/build.mjs", import.meta.url).pathname, join(folder, "built")]);
  writeFileSync(join(folder, "package.json"), `{"private":true}`);
  execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", "./built"], { cwd: folder, stdio: "ignore" });
  const installed = (name: string) => readFileSync(join(folder, "node_modules/recado-loader", name), "utf8");
  expect(installed("index.d.ts")).toContain("setUser(");

  let fetched = 0;
  const server = await listen((url) => {
    if (url.pathname === "/embed/recado.js") {
      fetched += 1;
      return { body: readFileSync(new URL("../../public/embed/recado.js", import.meta.url), "utf8"), type: "text/javascript" };
    }
    const headers = { "access-control-allow-origin": "*" };
    if (url.pathname === "/widget/v1/launcher") return { body: `{"colour":"#3a2a78","position":"right"}`, type: "application/json", headers };
    if (url.pathname === "/widget/frame") return { body: "<!doctype html><p>chat</p>" };
    return undefined;
  });
  const site = await listen((url) =>
    url.pathname === "/recado-loader.js"
      ? { body: installed("index.js"), type: "text/javascript" }
      : {
          body: `<!doctype html><html lang="en"><body><h1>Loja</h1><script type="module">
            import { load, recado } from "/recado-loader.js";
            window.told = [];
            recado.on("opened", () => told.push("opened"));
            recado.open();
            const options = { server: "${server.origin}", token: "abc", position: "left" };
            window.same = (await load(options)) === (await load(options));
          </script></body></html>`,
        },
  );
  await page.goto(site.localhost);
  const launcher = page.getByRole("button", { name: "Open chat" });
  await expect(launcher).toHaveAttribute("aria-expanded", "true");
  expect((await launcher.boundingBox())!.x).toBeLessThan(100);
  await expect(page.frameLocator("iframe").getByText("chat")).toBeVisible();
  expect(await page.evaluate(() => [(window as any).told, (window as any).same])).toEqual([["opened"], true]);
  expect(fetched).toBe(1);
  await site.close();
  await server.close();
});
