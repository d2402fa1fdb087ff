//! Which addresses may be called: every public one, and those private ones the operator names. It decides; `http` connects to what was decided.

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

/// What the operator allows beyond public addresses.
#[derive(Clone, Debug, Default)]
pub struct Allow {
    /// Networks that may be called although they are private.
    pub networks: Vec<IpNet>,
    /// Names that may lead to private addresses.
    pub hosts: Vec<String>,
    /// Origins (`http://127.0.0.1:8081`) that may be called wherever they are: the base addresses of the operator's own configuration.
    pub origins: Vec<String>,
}

impl Allow {
    /// Allows what an address of the operator's own configuration names: its origin, and its name wherever it leads.
    pub fn name(&mut self, address: &str) {
        let Ok(url) = reqwest::Url::parse(address) else { return };
        self.origins.push(url.origin().ascii_serialization());
        if let Some(host) = url.domain() {
            self.hosts.push(host.to_owned());
        }
    }
}

/// An address that may not be called. Says nothing of what it found.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("this address may not be called from here")]
pub(super) struct Blocked;

#[derive(Clone, Debug)]
pub(super) struct Guard(pub(super) Arc<Allow>);

impl Guard {
    pub(super) fn permits(&self, address: IpAddr) -> bool {
        public(address) || self.0.networks.iter().any(|net| net.contains(&address.to_canonical()))
    }

    pub(super) fn names_origin(&self, url: &reqwest::Url) -> bool {
        !self.0.origins.is_empty() && self.0.origins.contains(&url.origin().ascii_serialization())
    }

    pub(super) fn names(&self, host: &str) -> bool {
        self.0.hosts.iter().any(|name| name.eq_ignore_ascii_case(host.trim_end_matches('.')))
    }
}

/// Looks a name up and hands on only the addresses that may be called, so that the connection goes to what was checked.
impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let named = guard.names(&host);
            let found = tokio::net::lookup_host((host.as_str(), 0)).await?;
            let good: Vec<SocketAddr> = found.filter(|address| named || guard.permits(address.ip())).collect();
            if good.is_empty() {
                return Err(Blocked.into());
            }
            let addresses: Addrs = Box::new(good.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether an address belongs to the public internet (RFC 6890 and its updates).
fn public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => public_v4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => public_v4(v4),
            None => public_v6(v6),
        },
    }
}

fn public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127, ..)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
            | (224.., ..)
    );
    !special
}

fn public_v6(address: Ipv6Addr) -> bool {
    let [a, b, ..] = address.segments();
    // Only global unicast is public, less documentation, 6to4, Teredo and the rest of 2001::/23; NAT64 lies outside of it.
    (0x2000..0x4000).contains(&a) && a != 0x2002 && !(a == 0x2001 && (b < 0x0200 || b == 0x0db8)) && !(a == 0x3fff && b < 0x1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_may_be_called() {
        let guard = Guard(Arc::new(Allow::default()));
        for bad in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.1.2.3",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "ff02::1",
            "2002:7f00:1::",
            "2001::1",
            "2001:db8::1",
            "::127.0.0.1",
        ] {
            assert!(!guard.permits(bad.parse().unwrap()), "{bad}");
        }
        for good in ["1.1.1.1", "149.154.167.220", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "2a00:1450::1"] {
            assert!(guard.permits(good.parse().unwrap()), "{good}");
        }
    }

    #[test]
    fn the_operator_may_name_networks() {
        let guard =
            Guard(Arc::new(Allow { networks: vec!["10.0.0.0/8".parse().unwrap()], hosts: vec!["bot-api".into()], ..Allow::default() }));
        assert!(guard.permits("10.9.9.9".parse().unwrap()) && guard.permits("::ffff:10.9.9.9".parse().unwrap()));
        assert!(!guard.permits("127.0.0.1".parse().unwrap()));
        assert!(guard.names("Bot-API") && !guard.names("bot-api.example"));
    }
}
