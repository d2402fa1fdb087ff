//! A private PostgreSQL for tests and benchmarks: on a free port, in a temporary folder, gone at the end.
//! A cluster that already runs on the machine is never touched.

use crate::place::Place;
use crate::run::{Result, ask};
use crate::tools;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A running cluster; dropping it stops and removes it.
pub struct Cluster {
    server: Child,
    bin: PathBuf,
    folder: PathBuf,
    as_postgres: bool,
    port: u16,
}

impl Cluster {
    /// Starts one. Tests give up durability for speed, since they make a database each; benchmarks must not.
    pub fn start(place: &Place, durable: bool) -> Result<Self> {
        let bin = programs(place)?;
        // PostgreSQL refuses to run as root.
        let as_postgres = tools::is_root(place);
        let port = free_port()?;
        let folder = std::env::temp_dir().join(format!("recado-postgres-{port}"));
        let data = folder.join("data");
        let path = |path: &Path| path.to_string_lossy().into_owned();
        let make = |program: &str, args: &[&str]| done(person(as_postgres, Path::new(program)).args(args));
        make("mkdir", &["-p", "-m", "700", &path(&folder)])?;
        make(&path(&bin.join("initdb")), &["-D", &path(&data), "-U", "recado", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"])?;
        let mut server = person(as_postgres, &bin.join("postgres"));
        server.args(["-D", &path(&data), "-p", &port.to_string(), "-k", &path(&folder)]);
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=400"]);
        if !durable {
            server.args(["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]);
        }
        let server =
            server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().map_err(|e| format!("postgres: {e}"))?;
        let cluster = Self { server, bin, folder, as_postgres, port };
        cluster.create_database()?;
        Ok(cluster)
    }

    /// The address of its empty database.
    pub fn url(&self) -> String {
        format!("postgres://recado@127.0.0.1:{}/recado", self.port)
    }

    /// Also the test that it is up: it answers within a second.
    fn create_database(&self) -> Result<()> {
        let port = self.port.to_string();
        let mut last = Ok(());
        for _ in 0..150 {
            let mut create = person(self.as_postgres, &self.bin.join("createdb"));
            last = done(create.args(["-h", "127.0.0.1", "-p", &port, "-U", "recado", "recado"]));
            if last.is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        last
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let data = self.folder.join("data");
        let mut stop = person(self.as_postgres, &self.bin.join("pg_ctl"));
        let stopped = done(stop.arg("-D").arg(data).args(["-m", "immediate", "stop"]));
        if let Err(problem) = stopped.and_then(|()| self.server.wait().map(drop).map_err(|e| e.to_string())) {
            crate::run::complain(&format!("The private PostgreSQL did not stop: {problem}"));
        }
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// Where `initdb` and the others are; Debian keeps them off `PATH`.
fn programs(place: &Place) -> Result<PathBuf> {
    let look = || {
        let asked = ask(place, "pg_config", &["--bindir"]).map(PathBuf::from);
        let mut debian: Vec<PathBuf> =
            std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|entry| entry.path().join("bin")).collect();
        debian.sort();
        asked.into_iter().chain(debian.into_iter().rev()).find(|bin| bin.join("initdb").is_file())
    };
    if let Some(bin) = look() {
        return Ok(bin);
    }
    tools::apt(place, &["postgresql"])
        .map_err(|why| format!("PostgreSQL is missing ({why}). Install its server package and run this again."))?;
    look().ok_or("PostgreSQL was installed, but its initdb is not where it should be.".into())
}

/// The system picks a port nobody listens on.
fn free_port() -> Result<u16> {
    TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr()).map(|address| address.port()).map_err(|e| e.to_string())
}

fn person(as_postgres: bool, program: &Path) -> Command {
    let mut command = if as_postgres {
        let mut other = Command::new("runuser");
        other.args(["-u", "postgres", "--"]).arg(program);
        other
    } else {
        Command::new(program)
    };
    command.current_dir(std::env::temp_dir());
    command
}

fn done(command: &mut Command) -> Result<()> {
    let name = command.get_args().map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ");
    let output = command.stdin(Stdio::null()).output().map_err(|e| format!("{name}: {e}"))?;
    if output.status.success() { Ok(()) } else { Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim())) }
}
