//! `recado import`: what the command line says while somebody moves in. What is brought, and how, is the service's business.

use super::{Outcome, say, service};
use crate::boot;
use crate::config::Config;
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use service::{Blobs, FilePlace, ImportFrom, ImportReport, Service, Store, StoreSettings, SystemClock};
use std::path::PathBuf;
use std::sync::Arc;

/// Where from.
#[derive(Subcommand)]
pub(super) enum Import {
    /// Bring accounts, people, inboxes, contacts and conversations of a Chatwoot installation, with their ids and numbers.
    Chatwoot(Chatwoot),
}

/// How.
#[derive(Args)]
pub(super) struct Chatwoot {
    /// Its PostgreSQL database, which is only read: postgres://user:password@host/chatwoot_production.
    #[arg(long)]
    database_url: String,
    /// Its folder of files (Active Storage's `storage`), or a copy of it.
    #[arg(long, conflicts_with = "attachments_url")]
    attachments_dir: Option<PathBuf>,
    /// An address under which each file lies by its key, such as a bucket's.
    #[arg(long)]
    attachments_url: Option<String>,
    /// Read all of it and report, into a database that is thrown away; ours stays as it is.
    #[arg(long)]
    dry_run: bool,
    /// Most rows of one write; fewer suit a slow disk.
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(i64).range(1..=1000))]
    batch: i64,
    /// Write the report to this file, as JSON.
    #[arg(long)]
    report: Option<PathBuf>,
}

/// Bars that come one after the other.
#[derive(Default)]
struct Bars(Option<(String, ProgressBar)>);

impl Bars {
    fn show(&mut self, what: &str, done: u64, total: u64) {
        if self.0.as_ref().is_none_or(|(shown, _)| shown != what) {
            self.end();
            let style = ProgressStyle::with_template("{msg:22} {bar:32} {pos}/{len} {eta}");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
            self.0 = Some((what.to_owned(), ProgressBar::new(total).with_style(style).with_message(what.to_owned())));
        }
        if let Some((_, bar)) = &self.0 {
            bar.set_length(total);
            bar.set_position(done);
        }
    }

    fn end(&mut self) {
        if let Some((_, bar)) = self.0.take() {
            bar.finish();
        }
    }
}

pub(super) async fn import(from: Import, config: &Config) -> Outcome {
    let Import::Chatwoot(from) = from;
    let blobs = match (&from.attachments_dir, &from.attachments_url) {
        (Some(folder), _) if !folder.is_dir() => return Err(format!("{} is no folder", folder.display())),
        (Some(folder), _) => Blobs::Folder(folder.clone()),
        (None, Some(base)) => Blobs::Web(base.clone()),
        (None, None) => Blobs::Nowhere,
    };
    let all = ImportFrom { url: from.database_url, blobs, piece: from.batch, dry: from.dry_run };
    let report = if all.dry { dry(config, &all).await? } else { real(config, &all).await? };
    say(&report.lines());
    if let Some(file) = &from.report {
        let text = serde_json::to_string_pretty(&report).map_err(|e| e.to_string())?;
        std::fs::write(file, text).map_err(|e| format!("{}: {e}", file.display()))?;
    }
    say(if from.dry_run { "Nothing was written here." } else { "All of it is here. Ids and numbers go on behind the last." });
    Ok(())
}

async fn run(service: &Service, from: &ImportFrom) -> Result<ImportReport, String> {
    let mut bars = Bars::default();
    let report = service.import_chatwoot(from, &mut |what, done, total| bars.show(what, done, total)).await;
    bars.end();
    report.map_err(|e| e.to_string())
}

async fn real(config: &Config, from: &ImportFrom) -> Result<ImportReport, String> {
    let (service, store) = service(config).await?;
    let report = run(&service, from).await;
    drop(service);
    store.close().await.map_err(|e| e.to_string())?;
    report
}

/// The same, for a database in a folder of its own that goes afterwards: what it reports is what would happen.
async fn dry(config: &Config, from: &ImportFrom) -> Result<ImportReport, String> {
    let folder = std::env::temp_dir().join(format!("recado-import-{}", uuid::Uuid::now_v7().simple()));
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let report = thrown_away(config, &folder, from).await;
    std::fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    report
}

async fn thrown_away(config: &Config, folder: &std::path::Path, from: &ImportFrom) -> Result<ImportReport, String> {
    let store =
        Store::open(&StoreSettings::of(format!("sqlite://{}", folder.join("dry.db").display()))).await.map_err(|e| e.to_string())?;
    store.migrate(&mut |_, _| {}).await.map_err(|e| boot::BootError::Migrate(e).to_string())?;
    let mut settings = config.service();
    settings.files = FilePlace::Folder(folder.join("files"));
    let service = Service::new(store.clone(), Arc::new(SystemClock), settings).await.map_err(|e| e.to_string())?;
    let report = run(&service, from).await;
    drop(service);
    store.close().await.map_err(|e| e.to_string())?;
    report
}
