// Makes the npm package of the loader: a few lines that fetch it from the server it belongs to, so that site and server never part ways.
//     node build.mjs FOLDER
// The methods are read out of the loader itself; the build fails when the declarations name others. Nothing is published by it.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const here = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const loader = here("../../public/embed/recado.js");
const version = /^version\s*=\s*"([^"]+)"/m.exec(here("../../Cargo.toml"))?.[1] ?? "0.0.0";

const block = /\n  const api = \{\n([\s\S]*?)\n  \};\n/.exec(loader)?.[1] ?? "";
const methods = [...block.matchAll(/^ {4}(\w+)(?:\(|[:,])/gm)].map(([, name]) => name).filter((name) => name !== "push");
const types = here("./index.d.ts");
const declared = [...(/export interface Recado \{\n([\s\S]*?)\n\}/.exec(types)?.[1] ?? "").matchAll(/^ {2}(\w+)[(<]/gm)].map(([, name]) => name);
const differ = [...methods.filter((one) => !declared.includes(one)), ...declared.filter((one) => !methods.includes(one))];
if (!methods.length || differ.length) {
  console.error(`The loader and its declarations differ: ${differ.join(", ") || "no methods found"}`);
  process.exit(1);
}

const code = `// Recado's chat for a site, fetched from the server it belongs to. Touches nothing until it is called.
const METHODS = ${JSON.stringify(methods)};
// Before the loader has run, window.recado is a plain list; afterwards its own \`push\` takes the same calls.
export const recado = Object.fromEntries(METHODS.map((name) => [name, (...input) => void (window.recado ||= []).push([name, ...input])]));

let loading;
export function load({ server, token, nonce, ...settings }) {
  return (loading ??= new Promise((done, failed) => {
    window.recadoSettings = { ...window.recadoSettings, ...settings, token };
    const script = document.createElement("script");
    script.src = new URL("embed/recado.js", server.replace(/\\/*$/, "/")).href;
    script.async = true;
    script.dataset.token = token;
    if (nonce) script.nonce = nonce;
    script.onload = () => done(recado);
    script.onerror = () => {
      loading = undefined;
      script.remove();
      failed(new Error("Recado could not be loaded from " + server));
    };
    document.head.append(script);
  }));
}
`;
const manifest = {
  name: "recado-loader",
  version,
  description: "The chat of a Recado inbox for a website, with types",
  license: "Apache-2.0 OR MIT",
  type: "module",
  sideEffects: false,
  main: "./index.js",
  types: "./index.d.ts",
  exports: { ".": { types: "./index.d.ts", default: "./index.js" } },
  files: ["index.js", "index.d.ts", "README.md"],
};
const readme = `# recado-loader

\`\`\`ts
import { load, recado } from "recado-loader";

load({ server: "https://chat.example.com", token: "…", locale: "pt-BR" });
recado.setUser("4411", { name: "Rui", email: "rui@example.com", identifier_hash: hash });
recado.on("unread", ({ count }) => badge(count));
\`\`\`

The loader itself comes from your server (\`script-src\`, \`frame-src\` and \`connect-src\` name it), so an update of the server is an update of the chat.
`;

const folder = process.argv[2];
if (!folder) {
  console.error("node build.mjs FOLDER");
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
for (const [name, text] of Object.entries({ "index.js": code, "index.d.ts": types, "package.json": JSON.stringify(manifest, null, 2) + "\n", "README.md": readme })) {
  writeFileSync(join(folder, name), text);
}
console.log(`${manifest.name} ${version}: ${methods.join(", ")}`);
