//! Start and stop: opens the store, builds the service, listens, and leaves in order. Each stage says what went wrong in one sentence.

use crate::config::{Config, LogFormat, Role};
use crate::http::{self, Edges};
use service::{Service, Store, SystemClock};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long a stop may take.
const GRACE: Duration = Duration::from_millis(4500);

/// Why the server did not start or had to end.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// The database could not be opened.
    #[error("the database could not be opened: {0}")]
    Open(#[source] service::StoreError),
    /// The database could not be brought up to date.
    #[error("the database could not be brought up to date: {0}")]
    Migrate(#[source] service::StoreError),
    /// The service could not start.
    #[error("the service could not start: {0}")]
    Service(#[from] service::Error),
    /// The address could not be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(std::net::SocketAddr, #[source] std::io::Error),
    /// The browser bundles are missing.
    #[error("{0}")]
    Assets(String),
    /// The listener broke.
    #[error("the listener broke: {0}")]
    Serve(#[source] std::io::Error),
}

/// Sets up the log, once per process.
pub fn log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log.level).unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second call in one process (tests) changes nothing.
    let _already = match config.log.format {
        LogFormat::Text => builder.compact().try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}

/// Opens the store and brings it up to date.
///
/// # Errors
/// Those of the database.
pub async fn open(config: &Config, progress: &mut (dyn FnMut(usize, usize) + Send)) -> Result<Store, BootError> {
    let store = Store::open(&config.store()).await.map_err(BootError::Open)?;
    store.migrate(progress).await.map_err(BootError::Migrate)?;
    Ok(store)
}

/// Runs until the process is told to stop. `started` hears the address.
///
/// # Errors
/// Those of each stage.
pub async fn serve(config: Config, started: impl FnOnce(&str)) -> Result<(), BootError> {
    let store = open(&config, &mut |_, _| {}).await?;
    let service = Service::new(store.clone(), Arc::new(SystemClock), config.service()).await?;
    let (stop, stopped) = watch::channel(false);
    let mut workers = tokio::task::JoinSet::new();
    let (clerk, over) = (service.clone(), stopped.clone());
    workers.spawn(async move { clerk.run_allotment(over).await });
    if config.server.roles.contains(&Role::Worker) {
        let (service, stopped) = (service.clone(), stopped.clone());
        let (reader, ending) = (service.clone(), stopped.clone());
        let (taker, halted) = (service.clone(), stopped.clone());
        workers.spawn(async move { service.run_jobs(stopped).await });
        workers.spawn(async move { reader.run_mailboxes(ending).await });
        if let Some(place) = config.mail.place() {
            let listener = TcpListener::bind(place).await.map_err(|e| BootError::Listen(place, e))?;
            workers.spawn(crate::listener::run(taker, listener, halted));
        }
    }
    if config.server.roles.contains(&Role::Web) {
        let listener = TcpListener::bind(config.server.listen).await.map_err(|e| BootError::Listen(config.server.listen, e))?;
        let address = listener.local_addr().map_err(|e| BootError::Listen(config.server.listen, e))?;
        let own = format!("http://{address}");
        if config.server.public_url.is_empty() {
            service.set_public_url(own.clone());
        }
        let edges = Edges::new(&config);
        let router = http::router(service.clone(), edges, http::Assets::load(&config.server.site).map_err(BootError::Assets)?);
        started(&own);
        let leaving = service.clone();
        let quit = async move {
            signal().await;
            tracing::info!("stopping: no new work, streams go elsewhere");
            leaving.dismiss_streams();
            // The receivers may be gone already; then there is nobody to tell.
            let _gone = stop.send(true);
        };
        let (door, carried) = http::Door::new(listener);
        let app = router.into_make_service_with_connect_info::<http::Peer>();
        let serving = async {
            axum::serve(door, app).with_graceful_shutdown(quit).await?;
            carried.ended().await;
            Ok(())
        };
        let mut late = stopped.clone();
        tokio::select! {
            done = serving => done.map_err(BootError::Serve)?,
            () = async { let _closed = late.wait_for(|s| *s).await; tokio::time::sleep(GRACE).await; } => {
                tracing::warn!("some connections did not end in time and are cut");
            }
        }
    } else {
        started("no address: this process only works");
        signal().await;
        let _gone = stop.send(true);
    }
    if tokio::time::timeout(GRACE, async { while workers.join_next().await.is_some() {} }).await.is_err() {
        tracing::warn!("some jobs did not end in time; their leases run out and they are done again");
    }
    drop(service);
    store.close().await.map_err(BootError::Open)
}

async fn signal() {
    let interrupt = tokio::signal::ctrl_c();
    match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
        }
        Err(_) => drop(interrupt.await),
    }
}
