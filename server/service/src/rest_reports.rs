//! Figures that can be counted from the rows that are there, in the ecosystem's words. What needs a record of its own comes later.

use crate::{Error, Result, Scope, Service, Tenant};
use model::{Permission, Timestamp, Violation};
use serde_json::{Value, json};
use store::Reader;
use store::platform::{self, Daily, Figure};

/// The figure of a name, and whether it is a mean duration.
fn figure(name: &str) -> Option<(Figure, bool)> {
    Some(match name {
        "conversations_count" => (Figure::Conversations, false),
        "incoming_messages_count" => (Figure::Incoming, false),
        "outgoing_messages_count" => (Figure::Outgoing, false),
        "resolutions_count" => (Figure::Resolutions, false),
        "avg_first_response_time" => (Figure::FirstReplies, true),
        "avg_resolution_time" => (Figure::Resolutions, true),
        _ => return None,
    })
}

/// Seconds of the mean, as the ecosystem gives it: a text.
fn mean(rows: &[Daily]) -> String {
    let (count, sum) = rows.iter().fold((0, 0), |(c, s), d| (c + d.count, s + d.sum));
    if count == 0 { "0".to_owned() } else { (sum / count / 1000).to_string() }
}

impl Service {
    /// One figure by day.
    ///
    /// # Errors
    /// `Forbidden`; `Invalid` for a figure nobody counts.
    pub async fn rest_figures(&self, scope: &Scope, name: &str, since: Timestamp, until: Timestamp) -> Result<Vec<Value>> {
        let (figure, durations) = figure(name).ok_or_else(|| Error::field("metric", Violation::Malformed))?;
        let look = async move |c: &Reader, t: &Tenant| Ok(platform::figures(c, t.account, figure, since, until).await?);
        let rows: Vec<Daily> = self.enter(scope, Permission::ManageAccount)?.read(look).await?;
        let shown = |d: &Daily| {
            let value = if durations { mean(std::slice::from_ref(d)) } else { d.count.to_string() };
            json!({ "value": value, "timestamp": d.day * 86_400, "count": d.count })
        };
        Ok(rows.iter().map(shown).collect())
    }

    /// All figures of a time, and of the time of the same length before it.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn rest_summary(&self, scope: &Scope, since: Timestamp, until: Timestamp) -> Result<Value> {
        let look = async move |c: &Reader, t: &Tenant| {
            let before = since.plus(-until.since(since));
            let mut both = Vec::new();
            for (from, to) in [(since, until), (before, since)] {
                let mut all = json!({});
                for name in [
                    "conversations_count",
                    "incoming_messages_count",
                    "outgoing_messages_count",
                    "resolutions_count",
                    "avg_first_response_time",
                    "avg_resolution_time",
                ] {
                    let Some((figure, durations)) = figure(name) else { continue };
                    let rows = platform::figures(c, t.account, figure, from, to).await?;
                    all[name] = if durations { mean(&rows).into() } else { rows.iter().map(|d| d.count).sum::<i64>().into() };
                }
                both.push(all);
            }
            let previous = both.pop().unwrap_or_default();
            let mut all = both.pop().unwrap_or_default();
            all["previous"] = previous;
            Ok(all)
        };
        self.enter(scope, Permission::ManageAccount)?.read(look).await
    }
}
