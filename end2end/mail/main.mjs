// The mail servers as a process, for tests in other languages: one line of JSON when they are ready, then a command and an answer a line.
// `["send", from, to, raw]`, `["deliver", to, raw…]`, `["inbox", address]`, `["taken"]`, `["renumber", address, n]`, `["kick", address]`.
import { createInterface } from "node:readline";
import { startMail } from "./servers.mjs";

const mail = await startMail();
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
say({ ports: mail.ports, authority: mail.authority });
for await (const line of createInterface({ input: process.stdin })) {
  const [what, ...rest] = JSON.parse(line);
  try {
    say({ ok: (await mail[what](...rest)) ?? null });
  } catch (error) {
    say({ error: String(error) });
  }
}
await mail.close();
