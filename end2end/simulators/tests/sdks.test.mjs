// The simulators as other people's clients meet them: the providers' own libraries drive them, so that they are not judged by our client alone.
// They are fetched once, from the package index, into the user's cache.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startSimulators } from "../simulators.mjs";

const here = (name) => join(import.meta.dirname, "../sdks", name);

/** A Python of our own with the clients in it, made where it is missing. */
function python() {
  const wanted = createHash("sha256").update(readFileSync(here("requirements.txt"))).digest("hex").slice(0, 16);
  const place = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "recado", `sdks-${wanted}`);
  if (!existsSync(place)) {
    const making = `${place}.${process.pid}`;
    try {
      execFileSync("python3", ["-m", "venv", making], { stdio: "pipe" });
      execFileSync(join(making, "bin/python"), ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", here("requirements.txt")], { stdio: "pipe" });
      renameSync(making, place);
    } finally {
      rmSync(making, { recursive: true, force: true });
    }
  }
  return join(place, "bin/python");
}

test("LINE's, Twilio's, Telegram's and WhatsApp's usual clients work with them", { timeout: 600_000 }, async () => {
  const program = python();
  const sim = await startSimulators();
  const child = spawn(program, [here("drive.py"), JSON.stringify(sim.bases), `${sim.origin}/_sim`], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => (said += bytes));
  const code = await new Promise((done) => child.once("exit", done));
  await sim.close();
  assert.equal(code, 0, said);
  assert.deepEqual(said.match(/^ok \w+$/gm), ["ok line", "ok twilio", "ok telegram", "ok whatsapp"]);
});
