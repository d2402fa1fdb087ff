//! What the name servers say of the domain an inbox sends from, judged in plain words for whoever sets it up. It changes nothing, and never stands in the
//! way of sending.

use super::KIND;
use crate::{Error, Result, Scope, Service, Tenant};
use channels::email;
use channels::email::dns::{self, Verdict};
use channels::email::txt::{DnsError, Resolver};
use futures::future::join_all;
use model::*;
use std::time::Duration;
use store::{Reader, inbox};

/// How long one question may take; asked twice.
const PATIENCE: Duration = Duration::from_secs(3);

fn view(what: &str, verdict: Verdict) -> RecordView {
    RecordView { what: what.to_owned(), grade: verdict.grade, said: verdict.said, publish: verdict.publish }
}

impl Service {
    /// Asks for SPF, DKIM and DMARC of the inbox's domain, all at once.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`; `Provider` where the name server does not answer.
    pub async fn sending_domain(&self, scope: &Scope, id: InboxId) -> Result<Vec<RecordView>> {
        let tenant = self.enter(scope, Permission::ManageInboxes)?;
        let look = async move |c: &Reader, t: &Tenant| Ok(inbox::load(c, t.account, t.inbox(id)?).await?);
        let found = tenant.read(look).await?.filter(|found| found.kind == KIND).ok_or_else(Error::missing)?;
        let domain = email::domain(&found.settings);
        let relay = {
            let wiring = self.wiring(&found.kind, &found.public_key);
            email::relay(&self.link_of(&wiring, &found)).and_then(|relay| dns::relay_include(&relay.host))
        };
        let resolver = self.settings().resolver.map_or_else(|| Resolver::of_machine(PATIENCE), |at| Resolver::at(at, PATIENCE));
        let policy = format!("_dmarc.{domain}");
        let keys = dns::SELECTORS.iter().map(async |selector| {
            // A key that is not found is not judged; the domain's own record tells whether anybody answers at all.
            (*selector, resolver.txt(&format!("{selector}._domainkey.{domain}")).await.unwrap_or_default())
        });
        let (own, policy, keys) = tokio::join!(resolver.txt(&domain), resolver.txt(&policy), join_all(keys));
        let (own, policy) = (own.map_err(unanswered)?, policy.map_err(unanswered)?);
        Ok(vec![
            view("SPF", dns::spf(&domain, &own, relay)),
            view("DKIM", dns::dkim_usual(&domain, &keys)),
            view("DMARC", dns::dmarc(&domain, &policy)),
        ])
    }
}

fn unanswered(error: DnsError) -> Error {
    Error::Provider(error.to_string())
}
