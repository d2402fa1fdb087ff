//! How often something may be tried, by whom. In process and failing closed; the machine's many nodes each count for themselves.

use crate::{Clock, Error, Result};
use governor::clock::{Clock as _, Reference};
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// The service's clock, as governor wants it.
#[derive(Clone)]
struct Turned(Arc<dyn Clock>);

impl governor::clock::Clock for Turned {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(Duration::from_millis(self.0.now().0.max(0).cast_unsigned()))
    }
}

type Keyed = RateLimiter<String, DashMapStateStore<String>, Turned, governor::middleware::NoOpMiddleware<Nanos>>;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Limit {
    /// Wrong passwords, by e-mail and network: 5 in 5 minutes.
    SignIn,
    /// Attempts on any person, by network: 60 in 5 minutes.
    SignInNetwork,
    /// Attempts on one person from anywhere: 100 an hour, so that a thousand addresses do not help.
    SignInPerson,
    /// New accounts, by network: 20 an hour.
    SignUp,
    /// One-time links tried, by network: 30 in 5 minutes.
    Link,
    /// Links mailed to one address: 5 an hour, so that nobody's mailbox is filled.
    Forgotten,
    /// New visitors of the widget, by network: 600 an hour (offices share an address).
    Visitor,
    /// Messages of one visitor: 200 a minute.
    VisitorMessage,
    /// Uploads of one visitor or agent: 60 a minute.
    Upload,
    /// Identity claims, by network: 120 a minute.
    Identity,
    /// Mails that test the way into one inbox: 10 in ten minutes.
    MailTrial,
    /// Chats opened, by network: 600 an hour.
    Opened,
}

impl Limit {
    const ALL: [Self; 12] = [
        Self::SignIn,
        Self::SignInNetwork,
        Self::SignInPerson,
        Self::SignUp,
        Self::Link,
        Self::Forgotten,
        Self::Visitor,
        Self::VisitorMessage,
        Self::Upload,
        Self::Identity,
        Self::MailTrial,
        Self::Opened,
    ];

    const fn quota(self) -> (u32, u64) {
        match self {
            Self::SignIn => (5, 300),
            Self::SignInNetwork => (60, 300),
            Self::SignInPerson => (100, 3600),
            Self::SignUp => (20, 3600),
            Self::Link => (30, 300),
            Self::Forgotten => (5, 3600),
            Self::Visitor | Self::Opened => (600, 3600),
            Self::VisitorMessage => (200, 60),
            Self::Upload => (60, 60),
            Self::Identity => (120, 60),
            Self::MailTrial => (10, 600),
        }
    }
}

/// The counters of this node.
pub struct Limits {
    clock: Turned,
    limiters: Vec<Keyed>,
}

impl Limits {
    /// Fresh counters on this clock.
    pub fn new(clock: &Arc<dyn Clock>) -> Self {
        let clock = Turned(clock.clone());
        let make = |limit: Limit| {
            let (count, seconds) = limit.quota();
            let burst = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
            let period = Duration::from_secs(seconds) / count;
            let quota = Quota::with_period(period).unwrap_or_else(|| Quota::per_second(burst)).allow_burst(burst);
            RateLimiter::new(quota, DashMapStateStore::default(), clock.clone())
        };
        Self { limiters: Limit::ALL.into_iter().map(make).collect(), clock }
    }

    /// Counts one attempt.
    ///
    /// # Errors
    /// `TooMany` with the seconds to wait.
    pub fn take(&self, limit: Limit, key: &str) -> Result<()> {
        self.limiters[limit as usize].check_key(&key.to_owned()).map_err(|refused: NotUntil<Nanos>| {
            let wait = refused.earliest_possible().duration_since(self.clock.now());
            Error::TooMany(Duration::from(wait).as_secs().max(1).try_into().unwrap_or(u32::MAX))
        })
    }

    /// Forgets the keys that are back at rest, so that memory stays flat.
    pub fn sweep(&self) {
        for limiter in &self.limiters {
            limiter.retain_recent();
        }
    }
}

/// The network of an address: a whole IPv4 address, or an IPv6 /64, which one customer gets.
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TestClock;
    use model::Timestamp;

    #[test]
    fn five_wrong_passwords_then_a_wait_that_ends() {
        let clock = Arc::new(TestClock::at(Timestamp(1_000_000)));
        let limits = Limits::new(&(clock.clone() as Arc<dyn Clock>));
        for _ in 0..5 {
            limits.take(Limit::SignIn, "ana").unwrap();
        }
        assert!(matches!(limits.take(Limit::SignIn, "ana"), Err(Error::TooMany(1..=60))));
        limits.take(Limit::SignIn, "bia").unwrap();
        clock.turn(61_000);
        limits.take(Limit::SignIn, "ana").unwrap();
    }

    #[test]
    fn addresses_of_one_ipv6_network_count_together() {
        assert_eq!(network("2001:db8::1".parse().unwrap()), network("2001:db8::ffff:2".parse().unwrap()));
        assert_eq!(network("::ffff:10.0.0.1".parse().unwrap()), "10.0.0.1");
    }
}
