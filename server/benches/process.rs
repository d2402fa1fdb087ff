//! A server as a process of its own: started, watched from outside, told to stop. Which server it is, its caller says.

use crate::Outcome;
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tokio::signal::unix::{SignalKind, signal};

/// A running server, killed when dropped.
pub struct Process {
    child: Child,
    /// Where it listens.
    pub address: SocketAddr,
    /// When it was started.
    pub begun: Instant,
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only where it is gone already.
        let _gone = self.child.kill();
        let _reaped = self.child.wait();
    }
}

impl Process {
    /// Starts it and waits until it says where it listens, as the last word of its first line.
    pub fn start(command: &mut Command) -> Outcome<Self> {
        let begun = Instant::now();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut line)?;
        }
        let said = line.trim().rsplit(' ').next().unwrap_or_default();
        let address = said.strip_prefix("http://").unwrap_or(said).parse();
        match address {
            Ok(address) => Ok(Self { child, address, begun }),
            Err(_) => {
                let _gone = child.kill();
                let _reaped = child.wait();
                Err(format!("{command:?} did not start: {line}").into())
            }
        }
    }

    /// Memory it holds now, in bytes, as the system counts it (`VmRSS`).
    pub fn memory(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
        Ok(kib * 1024.0)
    }

    /// Tells it to stop, and waits until it has.
    pub fn stop(mut self) -> Outcome<()> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).ok_or("no such process")?;
        kill_process(pid, Signal::TERM)?;
        let until = Instant::now() + Duration::from_secs(10);
        while self.child.try_wait()?.is_none() {
            if Instant::now() > until {
                return Err("the server did not stop".into());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }
}

/// Waits until somebody interrupts us.
pub async fn told_to_stop() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// Raises the number of open files as far as this machine lets, for this process and those it starts; answers the new limit.
pub fn raise_files(wanted: u64) -> u64 {
    let now = getrlimit(Resource::Nofile);
    let most = now.maximum.unwrap_or(u64::MAX);
    for limit in [wanted, most.min(wanted)] {
        let asked = Rlimit { current: Some(limit), maximum: Some(limit.max(most)) };
        if now.current.is_none_or(|c| c >= limit) || setrlimit(Resource::Nofile, asked).is_ok() {
            return limit;
        }
    }
    now.current.unwrap_or(wanted)
}
