// Real mail servers for tests: Dovecot (IMAP, submission, LMTP) on free ports in a folder of its own, and the next hop behind its submission
// server, which refuses, puts off and bounces what a test addresses to it. It knows nothing of Recado.
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chown, mkdir, mkdtemp, readdir, readFile, rm, writeFile, chmod } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Who has a mailbox; a password is the part before the at, after `pw-`. */
export const USERS = ["oi@loja.test", "vendas@loja.test", "bia@cliente.test", "caio@cliente.test"];
export const password = (address) => `pw-${address.split("@")[0]}`;
const HERE = new Set(USERS.map((address) => address.split("@")[1]));

/** The program, where the system has it. */
export const dovecot = () => spawnSync("sh", ["-c", "command -v dovecot"], { encoding: "utf8" }).stdout.trim();

/** Starts them all; `close` leaves nothing behind. */
export async function startMail() {
  const program = dovecot();
  if (!program) throw new Error("Dovecot is missing (Debian: dovecot-imapd dovecot-lmtpd dovecot-submissiond)");
  const dir = await mkdtemp(join(tmpdir(), "recado-mail-"));
  // Dovecot's parts change their user where they are started by root; one user for all needs no privilege at all.
  const nobody = process.getuid() === 0 ? { uid: number("-u", "nobody"), gid: number("-g", "nobody") } : {};
  const names = ["imap", "imaps", "submission", "lmtp"];
  const ports = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await free()])));
  const taken = [];
  const hop = createServer((socket) => serve(socket, (from, to, raw) => carry(ports.lmtp, taken, from, to, raw)));
  await new Promise((done) => hop.listen(0, "127.0.0.1", done));
  for (const folder of ["run", "state", "mail", "tls"]) await mkdir(join(dir, folder));
  certify(dir);
  await writeFile(join(dir, "users"), USERS.map((address) => `${address}:{PLAIN}${password(address)}\n`).join(""));
  await writeFile(join(dir, "dovecot.conf"), configuration(dir, ports, hop.address().port));
  await chmod(dir, 0o755);
  if (nobody.uid !== undefined) for (const path of await below(dir)) await chown(path, nobody.uid, nobody.gid);
  const child = spawn(program, ["-F", "-c", join(dir, "dovecot.conf")], { stdio: "ignore", ...nobody });
  const gone = new Promise((done) => child.once("exit", done));
  for (const name of names) await answers(ports[name], async () => readFile(join(dir, "dovecot.log"), "utf8").catch(() => ""));

  const admin = (...args) => {
    const said = spawnSync("doveadm", ["-c", join(dir, "dovecot.conf"), ...args], { encoding: "utf8", ...nobody });
    if (said.status !== 0) throw new Error(`doveadm ${args.join(" ")}: ${said.stderr}`);
    return said.stdout;
  };
  return {
    ports,
    /** The authority that signed the servers' certificate, in PEM. */
    authority: await readFile(join(dir, "tls/authority.pem"), "utf8"),
    /** Somebody with a mailbox here sends a mail with their own mail program. */
    send: (from, to, raw) => submit(ports.submission, from, [to].flat(), raw),
    /** Puts mails into a mailbox, as its own server does; many go through one connection. */
    deliver: (to, ...mails) => dialogue(ports.lmtp, "LHLO", "", [to], mails),
    /** What lies in a mailbox, oldest first. */
    async inbox(address) {
      const [user, domain] = address.split("@");
      const home = join(dir, "mail", domain, user, "Maildir");
      const files = (await Promise.all(["new", "cur"].map((box) => readdir(join(home, box)).then((all) => all.map((name) => join(home, box, name)), () => [])))).flat();
      const names = files.sort((a, b) => a.split("/").at(-1).localeCompare(b.split("/").at(-1)));
      return Promise.all(names.map((file) => readFile(file, "utf8")));
    },
    /** What left for anybody else: `{ from, to, raw }`. */
    taken: () => taken,
    /** Numbers a mailbox anew, as after a restore. */
    renumber: (address, validity) => admin("mailbox", "update", "-u", address, "--uid-validity", String(validity), "INBOX"),
    /** Cuts a user's connections. */
    kick: (address) => {
      try {
        admin("kick", address);
      } catch {
        // Nobody was connected.
      }
    },
    async close() {
      child.kill("SIGTERM");
      await gone;
      hop.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function number(option, user) {
  return Number(spawnSync("id", [option, user], { encoding: "utf8" }).stdout);
}

async function free() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

async function below(dir) {
  const inside = await readdir(dir, { withFileTypes: true, recursive: true });
  return [dir, ...inside.map((entry) => join(entry.parentPath ?? entry.path, entry.name))];
}

async function answers(port, log) {
  for (let tries = 0; tries < 200; tries++) {
    const open = await new Promise((done) => {
      const socket = connect(port, "127.0.0.1", () => done(true));
      socket.once("error", () => done(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`Dovecot does not start:\n${await log()}`);
}

/** An authority of our own, and a certificate for this machine. */
function certify(dir) {
  const tls = join(dir, "tls");
  const openssl = (...args) => {
    const done = spawnSync("openssl", args, { cwd: tls, encoding: "utf8" });
    if (done.status !== 0) throw new Error(`openssl: ${done.stderr}`);
  };
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl("req", "-x509", ...key, "-days", "2", "-subj", "/CN=tests", "-keyout", "authority.key", "-out", "authority.pem", "-addext", "basicConstraints=critical,CA:TRUE");
  openssl(
    "req", "-x509", ...key, "-days", "2", "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "certificate.pem",
    "-CA", "authority.pem", "-CAkey", "authority.key", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE",
  );
}

function configuration(dir, ports, hop) {
  const root = process.getuid() === 0;
  const user = root ? "nobody" : spawnSync("id", ["-un"], { encoding: "utf8" }).stdout.trim();
  const group = spawnSync("id", ["-gn", user], { encoding: "utf8" }).stdout.trim();
  const listener = (name, port, more = "") => `inet_listener ${name} {\n    port = ${port}\n${more}  }`;
  return `base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/dovecot.log
default_internal_user = ${user}
default_internal_group = ${group}
default_login_user = ${user}
protocols = imap lmtp submission
listen = 127.0.0.1
hostname = loja.test
ssl = yes
ssl_cert = <${dir}/tls/certificate.pem
ssl_key = <${dir}/tls/key.pem
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login
auth_username_format = %Lu
recipient_delimiter = +
mailbox_idle_check_interval = 1s
mail_location = maildir:~/Maildir
mail_max_userip_connections = 300
first_valid_uid = 1
first_valid_gid = 1
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${dir}/users
}
userdb {
  driver = static
  args = uid=${user} gid=${group} home=${dir}/mail/%d/%n allow_all_users=yes
}
service anvil {
  chroot =
}
service stats {
  chroot =
}
service imap-login {
  chroot =
  ${listener("imap", ports.imap)}
  ${listener("imaps", ports.imaps, "    ssl = yes\n")}
}
service submission-login {
  chroot =
  ${listener("submission", ports.submission)}
}
service lmtp {
  ${listener("lmtp", ports.lmtp)}
}
submission_relay_host = 127.0.0.1
submission_relay_port = ${hop}
protocol lmtp {
  postmaster_address = postmaster@loja.test
}
`;
}

// ---- the next hop -----------------------------------------------------------------------------

/** Takes mail from the submission server: `reject@` is refused, `later@` put off, all others are taken. */
function serve(socket, take) {
  let from = "";
  let to = [];
  let mail;
  const say = (line) => socket.write(`${line}\r\n`);
  socket.on("error", () => {});
  say("220 hop.test ESMTP");
  lines(socket, async (line) => {
    if (mail) {
      if (line !== ".") return void mail.push(line.startsWith(".") ? line.slice(1) : line);
      const raw = Buffer.from(`${mail.join("\r\n")}\r\n`, "latin1").toString("utf8");
      mail = undefined;
      await take(from, to, raw);
      return say("250 2.0.0 queued");
    }
    const word = line.split(/[ :]/)[0].toUpperCase();
    const address = /<([^>]*)>/.exec(line)?.[1] ?? "";
    if (word === "EHLO") say("250-hop.test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 41943040");
    else if (word === "MAIL") [from, to] = [address, []], say("250 2.1.0 ok");
    else if (word === "RCPT" && address.startsWith("reject@")) say("550 5.1.1 no such user");
    else if (word === "RCPT" && address.startsWith("later@")) say("451 4.3.0 try again later");
    else if (word === "RCPT") to.push(address), say("250 2.1.5 ok");
    else if (word === "DATA") (mail = []), say("354 go on");
    else if (word === "QUIT") socket.end("221 2.0.0 bye\r\n");
    else say("250 2.0.0 ok");
  });
}

/** Delivers to those who have a mailbox here; of all others a copy is kept, and `bounce@` comes back. */
async function carry(lmtp, taken, from, to, raw) {
  for (const address of to) {
    const [user, domain] = address.toLowerCase().split("@");
    if (HERE.has(domain)) await dialogue(lmtp, "LHLO", from, [address], [raw]);
    else if (user === "bounce" && from) await dialogue(lmtp, "LHLO", "", [from], [bounce(from, address, raw)]);
    else taken.push({ from, to: address, raw });
  }
}

/** A report of RFC 3464 about a mail that found nobody. */
function bounce(to, about, raw) {
  const id = randomUUID();
  return [
    "From: Mail Delivery System <MAILER-DAEMON@hop.test>", `To: ${to}`, "Subject: Undelivered Mail Returned to Sender",
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`, `Message-ID: <${id}@hop.test>`, "Auto-Submitted: auto-replied", "MIME-Version: 1.0",
    `Content-Type: multipart/report; report-type=delivery-status; boundary="${id}"`, "",
    `--${id}`, "Content-Type: text/plain", "", `Nobody is called ${about} here.`,
    `--${id}`, "Content-Type: message/delivery-status", "", "Reporting-MTA: dns; hop.test", "",
    `Final-Recipient: rfc822; ${about}`, "Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 550 5.1.1 no such user", "",
    `--${id}`, "Content-Type: text/rfc822-headers", "", raw.split("\r\n\r\n")[0], `--${id}--`, "",
  ].join("\r\n");
}

// ---- talking to servers -----------------------------------------------------------------------

function lines(socket, heard) {
  let rest = "";
  socket.setEncoding("latin1");
  socket.on("data", (text) => {
    const all = (rest + text).split("\n");
    rest = all.pop();
    for (const line of all) heard(line.replace(/\r$/, ""));
  });
}

const submit = (port, from, to, raw) => dialogue(port, "EHLO", from, to, [raw], Buffer.from(`\0${from}\0${password(from)}`).toString("base64"));

/** Hands mails over by SMTP or LMTP; anything but a yes is thrown. */
async function dialogue(port, hello, from, to, mails, login) {
  const socket = connect(port, "127.0.0.1");
  const waiting = [];
  const heard = [];
  const fail = (error) => waiting.splice(0).forEach(([, no]) => no(error));
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the server hung up")));
  lines(socket, (line) => {
    if (line[3] === "-") return;
    const first = waiting.shift();
    if (first) first[0](line);
    else heard.push(line);
  });
  const listen = () => (heard.length ? Promise.resolve(heard.shift()) : new Promise((...both) => waiting.push(both)));
  const ask = async (line, good) => {
    if (line !== undefined) socket.write(line, "latin1");
    const said = await listen();
    if (!said.startsWith(good)) throw new Error(`${line?.slice(0, 60)?.trim()}: ${said}`);
  };
  await ask(undefined, "220");
  await ask(`${hello} tests\r\n`, "250");
  if (login) await ask(`AUTH PLAIN ${login}\r\n`, "235");
  for (const mail of mails) {
    const raw = mail.replace(/\r?\n/g, "\r\n").replace(/^\./gm, "..");
    await ask(`MAIL FROM:<${from}>\r\n`, "250");
    for (const address of to) await ask(`RCPT TO:<${address}>\r\n`, "250");
    await ask("DATA\r\n", "354");
    // LMTP answers for each recipient.
    socket.write(`${Buffer.from(raw, "utf8").toString("latin1")}${raw.endsWith("\r\n") ? "" : "\r\n"}.\r\n`, "latin1");
    for (let n = 0; n < (hello === "LHLO" ? to.length : 1); n++) await ask(undefined, "250");
  }
  socket.end("QUIT\r\n");
}
