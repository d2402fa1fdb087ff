//! The product's own lines in a thread, in the reader's words.
//! What happened is decided by the server.

use super::people::priority_text;
use crate::store::Store;
use kit::i18n::{Language, text};
use model::{Activity, Cause, LabelId, StatusKind, UserId};

/// One activity as a sentence, tracked.
#[must_use]
pub fn activity_line(store: Store, language: Language, activity: &Activity) -> String {
    let name = |user: UserId| {
        if user.0 == 0 {
            return text::ACTIVITY_RECADO.in_(language).to_owned();
        }
        if user == store.me {
            return text::COMMON_YOU.in_(language).to_owned();
        }
        store.agent(user).map_or_else(|| text::ACTIVITY_SOMEBODY.in_(language).to_owned(), |agent| agent.name)
    };
    let who = |by: &Option<UserId>| by.map_or_else(|| text::ACTIVITY_RECADO.in_(language).to_owned(), name);
    let labels = |ids: &[LabelId]| ids.iter().filter_map(|id| store.label(*id)).map(|label| label.title).collect::<Vec<_>>().join(", ");
    match activity {
        Activity::Team { by, to: Some(team) } => {
            let team = store.team(*team).map(|team| team.name).unwrap_or_default();
            text::ACTIVITY_TEAM.with(language, &[("name", &who(by)), ("team", &team)])
        }
        Activity::Team { by, to: None } => text::ACTIVITY_NO_TEAM.with(language, &[("name", &who(by))]),
        Activity::Priority { by, to: Some(to) } => {
            text::ACTIVITY_PRIORITY.with(language, &[("name", &who(by)), ("priority", priority_text(Some(*to)).in_(language))])
        }
        Activity::Priority { by, to: None } => text::ACTIVITY_NO_PRIORITY.with(language, &[("name", &who(by))]),
        Activity::Labels { by, added, removed } if removed.is_empty() => {
            text::ACTIVITY_LABELS_ADDED.with(language, &[("name", &who(by)), ("labels", &labels(added))])
        }
        Activity::Labels { by, removed, .. } => {
            text::ACTIVITY_LABELS_REMOVED.with(language, &[("name", &who(by)), ("labels", &labels(removed))])
        }
        Activity::Muted { by, on } => {
            let line = if *on { text::ACTIVITY_MUTED } else { text::ACTIVITY_UNMUTED };
            line.with(language, &[("name", &who(by))])
        }
        Activity::Merged { by, number } => text::ACTIVITY_MERGED.with(language, &[("name", &name(*by)), ("number", &number.to_string())]),
        Activity::Macro { by, name: title } => text::ACTIVITY_MACRO.with(language, &[("name", &name(*by)), ("macro", title)]),
        Activity::Sender { by, to } => text::ACTIVITY_SENDER.with(language, &[("name", &name(*by)), ("to", to)]),
        Activity::NotSent { .. } => text::ACTIVITY_NOT_SENT.in_(language).to_owned(),
        Activity::Moved { cause: Cause::SilentBot, .. } => text::ACTIVITY_BOT_SILENT.in_(language).to_owned(),
        Activity::Moved { cause: Cause::Woke, .. } => text::ACTIVITY_WOKE.in_(language).to_owned(),
        Activity::Moved { to: StatusKind::Open, .. } => text::ACTIVITY_BOT_OPEN.in_(language).to_owned(),
        Activity::Moved { to: StatusKind::Resolved, .. } => text::ACTIVITY_BOT_RESOLVED.in_(language).to_owned(),
        Activity::Moved { to, .. } => activity_line(store, language, &Activity::Status { by: None, to: *to }),
        Activity::Status { by: Some(by), to } => {
            let line = match to {
                StatusKind::Open => text::ACTIVITY_STATUS_OPEN_BY,
                StatusKind::Pending => text::ACTIVITY_STATUS_PENDING_BY,
                StatusKind::Snoozed => text::ACTIVITY_STATUS_SNOOZED_BY,
                StatusKind::Resolved => text::ACTIVITY_STATUS_RESOLVED_BY,
            };
            line.with(language, &[("name", &name(*by))])
        }
        Activity::Status { by: None, to } => match to {
            StatusKind::Open => text::ACTIVITY_STATUS_OPEN,
            StatusKind::Pending => text::ACTIVITY_STATUS_PENDING,
            StatusKind::Snoozed => text::ACTIVITY_STATUS_SNOOZED,
            StatusKind::Resolved => text::ACTIVITY_STATUS_RESOLVED,
        }
        .in_(language)
        .to_owned(),
        Activity::Assigned { by, to: None } => text::ACTIVITY_UNASSIGNED.with(language, &[("name", &name(*by))]),
        Activity::Assigned { by, to: Some(to) } if to == by => text::ACTIVITY_TOOK.with(language, &[("name", &name(*by))]),
        Activity::Assigned { by, to: Some(to) } => text::ACTIVITY_ASSIGNED.with(language, &[("name", &name(*by)), ("to", &name(*to))]),
    }
}
