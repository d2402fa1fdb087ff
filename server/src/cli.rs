//! The command line. Each command does one thing and says what it did; what it decides is decided in the service.

mod backup;
mod import;

use crate::boot;
use crate::config::{Config, Role};
use clap::{Parser, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use model::{Language, SignUpDraft};
use service::{DemoSize, Service, Store, SystemClock};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Recado: one inbox for everyone who writes to you.
#[derive(Parser)]
#[command(name = "recado", version, about)]
struct Cli {
    /// Configuration file; ./recado.toml is read by itself when it is there.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer requests and do the queued work.
    Serve {
        /// What this process does: web, worker.
        #[arg(long, value_delimiter = ',')]
        roles: Vec<String>,
    },
    /// Bring the database up to date.
    Migrate,
    /// Look whether everything is in order, each with a verdict.
    Check,
    /// Print the settings in force, secrets masked.
    Config,
    /// Accounts and passwords.
    Admin {
        #[command(subcommand)]
        command: Admin,
    },
    /// Fill an account with plausible conversations, the same every time.
    Demo {
        /// How many conversations.
        #[arg(long, default_value_t = 200)]
        conversations: u32,
        /// How many messages in all.
        #[arg(long, default_value_t = 2000)]
        messages: u32,
    },
    /// Move in from another product; a run that was stopped goes on where it was.
    Import {
        #[command(subcommand)]
        from: import::Import,
    },
    /// Seal the secrets in the database with a new key (or, where the settings name keys, with the first of them). SQLite's server must be stopped.
    RotateKey {
        /// Take the old keys out of the file: backups from before cannot be opened any more.
        #[arg(long)]
        forget: bool,
        /// Give up what a lost key sealed: channels must be connected again, and bots and webhooks get new secrets.
        #[arg(long)]
        lost: bool,
    },
    /// Copy the database and the folder of files into one file while they are in use, and verify the copy. A bucket's files are not in it.
    Backup {
        /// The new file.
        file: PathBuf,
    },
    /// Put a backup in place of the database and the files, once it is proven whole.
    Restore {
        /// The backup.
        file: PathBuf,
        /// Replace a database that has data, and add to files that are there.
        #[arg(long)]
        force: bool,
    },
}

#[derive(Subcommand)]
enum Admin {
    /// Make an account with its first administrator; prints one JSON line with an API token.
    CreateAccount {
        /// The account's name.
        #[arg(long)]
        account: String,
        /// The administrator's name.
        #[arg(long)]
        name: String,
        /// The administrator's e-mail.
        #[arg(long)]
        email: String,
        /// Read the password from standard input.
        #[arg(long, required = true)]
        password_stdin: bool,
        /// pt-BR or en.
        #[arg(long, default_value = "pt-BR")]
        locale: String,
    },
    /// Make a platform app, which manages accounts and people by API; prints one JSON line with its token, shown once.
    CreatePlatformApp {
        /// What it is called.
        #[arg(long)]
        name: String,
    },
    /// Print a link with which a person sets a new password.
    ResetPassword {
        /// The person's e-mail.
        #[arg(long)]
        email: String,
    },
}

type Outcome = Result<(), String>;

/// Runs the command the process was started with.
#[must_use]
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let config = match Config::load(cli.config.as_deref()) {
        Ok(config) => config,
        Err(error) => return fail(&format!("the configuration cannot be used: {error}")),
    };
    boot::log(&config);
    // Two workers are enough for a server that mostly waits, and each costs memory.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads()).max_blocking_threads(64).enable_all().build();
    let outcome = match runtime {
        Ok(runtime) => runtime.block_on(obey(cli.command, config)),
        Err(error) => Err(format!("no threads: {error}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(2, |n| n.get().clamp(2, 16))
}

fn fail(error: &str) -> ExitCode {
    say_error(error);
    ExitCode::FAILURE
}

#[expect(clippy::print_stdout, reason = "the command line answers on standard output")]
fn say(text: &str) {
    println!("{text}");
    // Whoever reads our first line must not wait for a full buffer.
    let _closed = std::io::stdout().flush();
}

#[expect(clippy::print_stderr, reason = "the command line complains on standard error")]
fn say_error(text: &str) {
    eprintln!("recado: {text}");
}

async fn obey(command: Command, mut config: Config) -> Outcome {
    match command {
        Command::Serve { roles } => {
            if !roles.is_empty() {
                config.server.roles = roles.iter().map(|r| role(r)).collect::<Result<_, _>>()?;
            }
            boot::serve(config, |address| say(&format!("Recado is listening on {address}"))).await.map_err(|e| e.to_string())
        }
        Command::Migrate => {
            let bar = bar(0, "migrations");
            let mut ran = 0;
            let mut report = |done: usize, total: usize| {
                bar.set_length(total as u64);
                bar.set_position(done as u64);
                ran = done;
            };
            let store = boot::open(&config, &mut report).await.map_err(|e| e.to_string())?;
            bar.finish_and_clear();
            say(&format!("The database is up to date ({ran} migrations run)."));
            store.close().await.map_err(|e| e.to_string())
        }
        Command::Check => check(&config).await,
        Command::Config => {
            say(config.masked().trim_end());
            Ok(())
        }
        Command::Admin { command } => admin(command, &config).await,
        Command::Demo { conversations, messages } => demo(&config, DemoSize { conversations, messages }).await,
        Command::Import { from } => import::import(from, &config).await,
        Command::RotateKey { forget, lost } => rotate_key(&config, service::Rotation { forget, lost }).await,
        Command::Backup { file } => backup::backup(&config, &file).await,
        Command::Restore { file, force } => backup::restore(&config, &file, force),
    }
}

fn role(name: &str) -> Result<Role, String> {
    match name {
        "web" => Ok(Role::Web),
        "worker" => Ok(Role::Worker),
        other => Err(format!("`{other}` is no role: web, worker")),
    }
}

fn bar(length: u64, what: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} {bar:32} {pos}/{len} {eta}").unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style).with_message(what)
}

async fn service(config: &Config) -> Result<(Service, Store), String> {
    let store = boot::open(config, &mut |_, _| {}).await.map_err(|e| e.to_string())?;
    let mut settings = config.service();
    if settings.public_url.is_empty() {
        settings.public_url = format!("http://{}", config.server.listen);
    }
    let service = Service::new(store.clone(), Arc::new(SystemClock), settings).await.map_err(|e| e.to_string())?;
    Ok((service, store))
}

async fn check(config: &Config) -> Outcome {
    say("configuration  ok");
    // The configuration was read, or we would not be here.
    let (mut asked, mut wrong) = (1, 0);
    let mut verdict = |what: &str, result: Result<String, String>| {
        asked += 1;
        match result {
            Ok(how) => say(&format!("{what:<14} ok ({how})")),
            Err(why) => {
                wrong += 1;
                say(&format!("{what:<14} FAILED: {why}"));
            }
        }
    };
    let database = async {
        let store = Store::open(&config.store()).await.map_err(|e| e.to_string())?;
        let pending = store.pending().await.map_err(|e| e.to_string())?;
        store.ping().await.map_err(|e| e.to_string())?;
        let secrets = if pending.is_empty() { store.prove_key().await.map_err(|e| e.to_string()) } else { Ok(()) };
        let secrets = secrets.map(|()| store.vault().summary());
        store.close().await.map_err(|e| e.to_string())?;
        Ok((if pending.is_empty() { "up to date".to_owned() } else { format!("{} migrations to run", pending.len()) }, secrets))
    };
    match database.await {
        Ok((state, secrets)) => {
            verdict("database", Ok(state));
            verdict("secrets", secrets);
        }
        Err(why) => verdict("database", Err(why)),
    }
    verdict("storage", storage(config).await);
    let url = &config.server.public_url;
    let fits =
        url.is_empty() || url.strip_prefix("https://").or(url.strip_prefix("http://")).is_some_and(|h| !h.is_empty() && !h.contains(' '));
    verdict(
        "public URL",
        match (fits, url.as_str()) {
            (true, "") => Ok("none: the address listened on".to_owned()),
            (true, url) if url.starts_with("http://") => Ok(format!("{url}, without HTTPS: for a machine of one's own only")),
            (true, url) => Ok(url.to_owned()),
            (false, url) => Err(format!("`{url}` is no address such as https://chat.example.com")),
        },
    );
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} of {asked} checks failed")) }
}

async fn storage(config: &Config) -> Result<String, String> {
    let place = config.file_place()?;
    place.prove(Arc::new(SystemClock)).await?;
    Ok(format!("{place} can be written, read and cleared"))
}

async fn admin(command: Admin, config: &Config) -> Outcome {
    let (service, store) = service(config).await?;
    match command {
        Admin::CreateAccount { account, name, email, password_stdin: _, locale } => {
            let language = Language::from_tag(&locale).ok_or_else(|| format!("`{locale}` is no language we speak: pt-BR, en"))?;
            let mut password = String::new();
            std::io::stdin().take(1024).read_to_string(&mut password).map_err(|e| format!("the password could not be read: {e}"))?;
            let password = password.trim_end_matches(['\r', '\n']).to_owned();
            let draft = SignUpDraft { account, name, email, password, language };
            let made = service.create_account(&draft).await.map_err(|e| e.to_string())?;
            let line = serde_json::json!({ "account_id": made.account, "user_id": made.user, "api_token": made.token });
            say(&line.to_string());
        }
        Admin::CreatePlatformApp { name } => {
            let (id, token) = service.create_platform_app(&name).await.map_err(|e| e.to_string())?;
            say(&serde_json::json!({ "platform_app_id": id, "name": name, "api_token": token }).to_string());
        }
        Admin::ResetPassword { email } => match service.make_reset_link(&email).await.map_err(|e| e.to_string())? {
            Some(link) => say(&link),
            None => return Err(format!("nobody here has the e-mail {email}")),
        },
    }
    drop(service);
    store.close().await.map_err(|e| e.to_string())
}

async fn demo(config: &Config, size: DemoSize) -> Outcome {
    let (service, store) = service(config).await?;
    let bar = bar(u64::from(size.messages), "messages");
    let made = service.demo(size, |done| bar.set_position(done)).await.map_err(|e| e.to_string())?;
    bar.finish_and_clear();
    say(&serde_json::json!({ "account_id": made.account, "user_id": made.user, "email": made.email, "password": made.password })
        .to_string());
    drop(service);
    store.close().await.map_err(|e| e.to_string())
}

async fn rotate_key(config: &Config, how: service::Rotation) -> Outcome {
    let store = Store::open(&config.store()).await.map_err(|e| e.to_string())?;
    if !store.pending().await.map_err(|e| e.to_string())?.is_empty() {
        return Err("the database is not up to date: run `recado migrate` first".to_owned());
    }
    let count = store.rotate_key(how).await.map_err(|e| e.to_string())?;
    say(&format!("{count} secrets are sealed anew ({}).", store.vault().summary()));
    store.close().await.map_err(|e| e.to_string())
}
