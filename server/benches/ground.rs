//! What the benchmarks stand on: the real binary, folders on the real disk, accounts with people in them. It measures nothing.

use crate::process::{Process, raise_files};
use crate::wire::{Caller, Wire};
use crate::{Outcome, baseline, table};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;
use tempfile::TempDir;

/// Room beside the streams for what the two processes have open anyway.
const SPARE_FILES: u64 = 400;

/// What all benchmarks share.
pub struct Ground {
    /// Small sizes, for a look whether everything runs.
    pub quick: bool,
    /// Cargo's target directory.
    pub target: PathBuf,
    binary: PathBuf,
    site: Option<PathBuf>,
    files: u64,
    load: String,
    big: OnceLock<Big>,
}

/// The large database, made once a run.
pub struct Big {
    /// Where it lies.
    pub folder: TempDir,
    /// How many messages are in it.
    pub messages: u32,
}

/// What the generator writes: data kept under another name is made anew.
const STORY: &str = "2";

/// A database that is kept between runs.
pub struct Kept {
    /// Where it lies.
    pub folder: PathBuf,
    /// How many messages are in it.
    pub messages: u32,
}

/// Somebody signed in.
#[derive(Clone)]
pub struct Agent {
    /// Their account.
    pub account: i64,
    /// As a header.
    pub caller: Caller,
}

impl Agent {
    /// A call of a server function in the account.
    pub fn call(&self, function: &str, mut args: Value) -> Vec<u8> {
        args["account"] = json!(self.account);
        self.caller.post(&format!("/rpc/{function}"), &args.to_string())
    }

    /// The opening of the agent's stream, from now on.
    pub fn stream(&self) -> Vec<u8> {
        self.caller.get(&format!("/events/{}", self.account))
    }

    /// The sending of a reply under a key nobody has used.
    pub fn reply(&self, conversation: i64, text: &str) -> Vec<u8> {
        self.call("send_reply", json!({ "draft": { "conversation": conversation, "key": uuid::Uuid::now_v7(), "text": text } }))
    }
}

impl Ground {
    /// Finds the binary and the folders. Without RECADO_BIN it is the one cargo has just built, whose bundles lie in `target/site` if at all.
    pub fn prepare(quick: bool) -> Outcome<Self> {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().ok_or("no target directory")?.to_owned();
        let (binary, site) = match std::env::var_os("RECADO_BIN") {
            Some(path) => (PathBuf::from(path), None),
            None => {
                let site = Some(target.join("site")).filter(|s| s.is_dir()).unwrap_or_else(|| target.clone());
                (PathBuf::from(env!("CARGO_BIN_EXE_recado")), Some(site))
            }
        };
        if !binary.is_file() {
            return Err(format!("{} is not there", binary.display()).into());
        }
        std::fs::create_dir_all(target.join("bench"))?;
        let files = raise_files(24_000);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load = load.split(' ').take(2).collect::<Vec<_>>().join(" ");
        Ok(Self { quick, target, binary, site, files, load, big: OnceLock::new() })
    }

    /// A sentence on how and where it was measured.
    pub fn conditions(&self) -> String {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let size = if self.quick { "small sizes" } else { "full sizes" };
        format!("{cores} cores shared by server and callers, load {} at the start, {size}; medians of {} rounds.", self.load, self.rounds())
    }

    /// How many rounds each side gets.
    pub fn rounds(&self) -> usize {
        if self.quick { 3 } else { 5 }
    }

    /// Lets the disk finish what the last measurement left it: whoever is measured next would pay for it.
    ///
    /// # Errors
    /// Where there is no `sync`.
    pub fn settle(&self) -> Outcome<()> {
        Ok(std::process::Command::new("sync").status().map(drop)?)
    }

    /// How long one round lasts.
    pub fn round(&self) -> Duration {
        Duration::from_millis(if self.quick { 800 } else { 2000 })
    }

    /// The full size, or the small one.
    pub fn size<N>(&self, full: N, small: N) -> N {
        if self.quick { small } else { full }
    }

    /// How many streams may be open at once.
    pub fn streams(&self) -> usize {
        usize::try_from(self.files - SPARE_FILES.min(self.files)).unwrap_or(usize::MAX)
    }

    /// An empty folder on the disk the build lies on.
    pub fn folder(&self) -> Outcome<TempDir> {
        Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(self.target.join("bench"))?)
    }

    /// The binary, about to run in a folder.
    pub fn recado(&self, folder: &Path) -> Outcome<Command> {
        let mut command = Command::new(&self.binary);
        command.current_dir(folder).env("RECADO_SERVER__LISTEN", "127.0.0.1:0").env("RECADO_LOG__LEVEL", "warn");
        command.stderr(std::fs::File::create(folder.join("log.txt"))?);
        if let Some(site) = &self.site {
            command.env("RECADO_SERVER__SITE", site);
        }
        Ok(command)
    }

    /// The server in a folder; without arguments it does everything.
    pub fn serve(&self, folder: &Path, args: &[&str]) -> Outcome<Process> {
        Process::start(self.recado(folder)?.arg("serve").args(args))
    }

    /// The server on a database that lies elsewhere.
    pub fn serve_on(&self, folder: &Path, url: &str, args: &[&str]) -> Outcome<Process> {
        Process::start(self.recado(folder)?.arg("serve").args(args).env("RECADO_DATABASE__URL", url))
    }

    /// A baseline of this executable's own.
    pub fn baseline(&self, args: &[&str]) -> Outcome<Process> {
        Process::start(Command::new(std::env::current_exe()?).arg(baseline::FLAG).args(args).stderr(Stdio::inherit()))
    }

    /// Fills a folder's database with plausible conversations, numbered from 1.
    pub fn demo(&self, folder: &Path, conversations: u32, messages: u32) -> Outcome<()> {
        Self::fill(self.recado(folder)?, conversations, messages)
    }

    /// The same on a database that lies elsewhere.
    pub fn demo_on(&self, folder: &Path, url: &str, conversations: u32, messages: u32) -> Outcome<()> {
        let mut command = self.recado(folder)?;
        command.env("RECADO_DATABASE__URL", url);
        Self::fill(command, conversations, messages)
    }

    fn fill(mut command: Command, conversations: u32, messages: u32) -> Outcome<()> {
        command.args(["demo", "--conversations", &conversations.to_string(), "--messages", &messages.to_string()]);
        let done = command.stdout(Stdio::null()).status()?;
        if done.success() { Ok(()) } else { Err(format!("recado demo: {done}").into()) }
    }

    /// The address of a database of its own on the PostgreSQL that RECADO_TEST_POSTGRES names, if it names one.
    pub async fn postgres(&self) -> Outcome<Option<String>> {
        use sea_orm::ConnectionTrait;
        let Ok(server) = std::env::var("RECADO_TEST_POSTGRES") else { return Ok(None) };
        let name = format!("recado_bench_{}", uuid::Uuid::now_v7().simple());
        let admin = sea_orm::Database::connect(&server).await?;
        admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await?;
        admin.close().await?;
        Ok(server.rsplit_once('/').map(|(server, _)| format!("{server}/{name}")))
    }

    /// A database of so many messages, ten a conversation, kept under the target directory because it takes minutes: for what only reads.
    pub fn kept(&self, messages: u32) -> Outcome<Kept> {
        let folder = self.target.join("bench-data").join(messages.to_string());
        let whole = folder.join("whole");
        if std::fs::read_to_string(&whole).is_ok_and(|story| story == STORY) {
            return Ok(Kept { folder, messages });
        }
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        std::fs::create_dir_all(&folder)?;
        let begun = std::time::Instant::now();
        table::progress(&format!("      a database of {messages} messages, kept in {} …", folder.display()));
        self.demo(&folder, messages / 10, messages)?;
        let size = std::fs::metadata(folder.join("data/recado.db"))?.len() / 1_000_000;
        table::progress(&format!("      made in {:.0} s, {size} MB", begun.elapsed().as_secs_f64()));
        std::fs::write(&whole, STORY)?;
        Ok(Kept { folder, messages })
    }

    /// The sizes that ratios are taken of: a million messages and ten, or what RECADO_BENCH_MESSAGES says instead of ten.
    pub fn sizes(&self) -> (u32, u32) {
        let named = std::env::var("RECADO_BENCH_MESSAGES").ok().and_then(|text| text.parse().ok());
        let large = named.unwrap_or_else(|| self.size(10_000_000, 100_000));
        (large / 10, large)
    }

    /// The binary as the browser's benchmarks start it: its path, and where its bundles lie if not inside.
    pub fn binary(&self) -> (&Path, Option<&Path>) {
        (&self.binary, self.site.as_deref())
    }

    /// The large database: a million messages, or a tenth of it.
    pub fn big(&self) -> Outcome<&Big> {
        if let Some(big) = self.big.get() {
            return Ok(big);
        }
        let messages = self.size(1_000_000, 100_000);
        table::progress(&format!("      a database of {messages} messages …"));
        let folder = self.folder()?;
        self.demo(folder.path(), messages / 10, messages)?;
        Ok(self.big.get_or_init(|| Big { folder, messages }))
    }
}

/// Signs in to an account of `recado demo`.
pub async fn demo_agent(address: SocketAddr) -> Outcome<Agent> {
    sign_in(address, "ana@aurora.example", "aurora-demonstra").await
}

/// Signs somebody in.
pub async fn sign_in(address: SocketAddr, email: &str, password: &str) -> Outcome<Agent> {
    enter(address, "sign_in", &json!({ "email": email, "password": password })).await
}

/// Signs up, makes a website inbox, and answers its token too.
pub async fn newcomer(address: SocketAddr) -> Outcome<(Agent, String)> {
    let draft =
        json!({ "account": "Loja", "name": "Ana", "email": "ana@loja.example", "password": "cavalo-bateria-grampo", "language": "pt-BR" });
    let agent = enter(address, "sign_up", &json!({ "draft": draft })).await?;
    let inbox = json!({ "kind": "website", "settings": { "name": "Site", "domain": "loja.example" } });
    let made = Wire::open(address).await?.ask(&agent.call("create_inbox", json!({ "draft": inbox }))).await?.json()?;
    let token = made["website"]["token"].as_str().ok_or("an inbox without a token")?;
    Ok((agent, token.to_owned()))
}

async fn enter(address: SocketAddr, function: &str, body: &Value) -> Outcome<Agent> {
    let request = Caller::default().post(&format!("/rpc/{function}"), &body.to_string());
    let answer = Wire::open(address).await?.ask(&request).await?;
    let account = answer.json()?["accounts"][0]["account"].as_i64().ok_or("nobody's account")?;
    let cookie = answer.header("set-cookie").and_then(|c| c.split(';').next()).ok_or("no cookie")?;
    Ok(Agent { account, caller: Caller::session(cookie) })
}
