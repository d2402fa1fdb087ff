//! The bell wakes whoever waits for news; it carries none. A lost ring costs latency, never data, so listeners also look by themselves.

use model::AccountId;
use std::collections::BTreeSet;
use tokio::sync::{broadcast, mpsc};

/// Rings a slow listener may fall behind before it is told [`Ring::Lost`].
const BEHIND: usize = 1024;

/// The longest signal: PostgreSQL carries 8,000 bytes.
pub const LONGEST_SIGNAL: usize = 7 * 1024;

/// Why the bell rang.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ring {
    /// This account's journal grew.
    Account(AccountId),
    /// There may be a job to do.
    Jobs,
    /// Something true only now, said on any node and heard on all; the store does not look inside.
    Signal(String),
    /// Rings were missed: look at everything.
    Lost,
}

/// Wakes listeners on this node and, with PostgreSQL, on all others.
#[derive(Clone)]
pub struct Bell {
    here: broadcast::Sender<Ring>,
    away: Option<mpsc::UnboundedSender<Ring>>,
}

/// One listener's rings from the moment it subscribed.
pub struct Rings(broadcast::Receiver<Ring>);

/// What a commit has to ring.
#[derive(Debug, Default)]
pub(crate) struct Due {
    pub(crate) accounts: BTreeSet<AccountId>,
    pub(crate) jobs: bool,
}

impl Due {
    pub(crate) fn add(&mut self, mut other: Self) {
        self.accounts.append(&mut other.accounts);
        self.jobs |= other.jobs;
    }
}

impl Bell {
    pub(crate) fn new(away: Option<mpsc::UnboundedSender<Ring>>) -> Self {
        Self { here: broadcast::Sender::new(BEHIND), away }
    }

    /// Begins to listen.
    #[must_use]
    pub fn subscribe(&self) -> Rings {
        Rings(self.here.subscribe())
    }

    /// Tells every node something true only now. What is longer than [`LONGEST_SIGNAL`] is heard on this node alone.
    pub fn signal(&self, text: String) {
        self.tell(Ring::Signal(text));
    }

    pub(crate) fn ring(&self, due: Due) {
        due.accounts.into_iter().for_each(|account| self.tell(Ring::Account(account)));
        if due.jobs {
            self.tell(Ring::Jobs);
        }
    }

    /// Rings on this node only: for what another node said.
    pub(crate) fn ring_here(&self, ring: Ring) {
        // Without a listener there is nobody to miss it.
        let _unheard = self.here.send(ring);
    }

    fn tell(&self, ring: Ring) {
        if let Some(away) = &self.away {
            let _closing = away.send(ring.clone());
        }
        self.ring_here(ring);
    }
}

impl Rings {
    /// The next ring; none once the store is closed and gone.
    pub async fn next(&mut self) -> Option<Ring> {
        match self.0.recv().await {
            Ok(ring) => Some(ring),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(Ring::Lost),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
