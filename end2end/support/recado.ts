// Starts the real binary in a folder of its own, and stops it.
// It changes only the address: everything else is what a newcomer gets.
import { execFileSync, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

export type Recado = {
  origin: string;
  /** All it has printed so far. */
  log(): string;
  stop(): Promise<void>;
};

const ADDRESS = /Recado is listening on (http:\/\/\S+)/;

/** Runs a command of the binary where the server will start, and answers what it prints. */
export type Run = (command: string[], input?: string) => string;

/** `settings` are environment variables beside the usual ones; `before` is what an operator does first. */
export async function startRecado(settings: Record<string, string> = {}, before?: (run: Run) => void): Promise<Recado> {
  const binary = process.env.RECADO_BIN ?? resolve(import.meta.dirname, "../../target/release/recado");
  const folder = await mkdtemp(join(tmpdir(), "recado-browser-"));
  const env = { ...process.env, ...settings, RECADO_SERVER__LISTEN: "127.0.0.1:0" };
  before?.((command, input) => execFileSync(binary, command, { cwd: folder, env, input, encoding: "utf8" }));
  const child = spawn(binary, ["serve"], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  const gone = new Promise<void>((done) => child.once("exit", () => done()));
  child.stderr.on("data", (bytes) => said.push(String(bytes)));
  const origin = await new Promise<string>((found, failed) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      said.push(line + "\n");
      const address = ADDRESS.exec(line)?.[1];
      if (address) found(address.replace(/\/$/, ""));
    });
    child.once("error", failed);
    child.once("exit", (code) => failed(new Error(`${binary} ended with ${code}:\n${said.join("")}`)));
  });
  return {
    origin,
    log: () => said.join(""),
    async stop() {
      child.kill("SIGTERM");
      await gone;
      await rm(folder, { recursive: true, force: true });
    },
  };
}
