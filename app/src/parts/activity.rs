//! The product's own lines in a thread, in the reader's words.
//! What happened is decided by the server.

use crate::store::Store;
use kit::i18n::{Language, text};
use model::{Activity, StatusKind, UserId};

/// One activity as a sentence, tracked.
#[must_use]
pub fn activity_line(store: Store, language: Language, activity: &Activity) -> String {
    let name = |user: UserId| {
        if user == store.me {
            return text::COMMON_YOU.in_(language).to_owned();
        }
        store.agent(user).map_or_else(|| text::ACTIVITY_SOMEBODY.in_(language).to_owned(), |agent| agent.name)
    };
    match activity {
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
