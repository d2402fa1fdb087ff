// Plays every messenger Recado speaks with, on this machine, for tests and for a first look without any account.
// Prints one line of JSON with its addresses and keeps running until it is told to stop.
import { parseArgs } from "node:util";
import { startSimulators } from "./simulators.mjs";

const { values } = parseArgs({
  options: {
    port: { type: "string", default: "0" },
    host: { type: "string", default: "127.0.0.1" },
    "public-url": { type: "string" },
    "meta-callback": { type: "string" },
    origins: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) {
  process.stdout.write("node main.mjs [--port N] [--host ADDRESS] [--public-url URL] [--origins] [--meta-callback URL]\n");
} else {
  const running = await startSimulators({ port: Number(values.port), host: values.host, publicUrl: values["public-url"], origins: values.origins, metaCallback: values["meta-callback"] });
  process.stdout.write(`${JSON.stringify({ page: `${running.origin}/`, control: `${running.origin}/_sim`, bases: running.bases, origins: running.origins })}\n`);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => running.close().then(() => process.exit(0)));
}
