//! What people, states and channels are called on the screen, and their faces.
//! It reads names and changes none.

use crate::store::Store;
use kit::Draw;
use kit::i18n::{Language, Text, text};
use kit::live;
use kit::{Icon, drawing};
use leptos::prelude::*;
use model::{AgentView, Author, Availability, ContactBrief, ContactId, InboxId, Role, StatusKind, UserId};

/// The words of a priority.
#[must_use]
pub const fn priority_text(priority: Option<model::Priority>) -> Text {
    use model::Priority as P;
    match priority {
        None => text::PRIORITY_NONE,
        Some(P::Low) => text::PRIORITY_LOW,
        Some(P::Medium) => text::PRIORITY_MEDIUM,
        Some(P::High) => text::PRIORITY_HIGH,
        Some(P::Urgent) => text::PRIORITY_URGENT,
    }
}

/// A contact's name; visitors without one are called by their number.
#[must_use]
pub fn contact_name(language: Language, id: ContactId, name: &str) -> String {
    if name.is_empty() { text::CONTACT_VISITOR.with(language, &[("id", &id.to_string())]) } else { name.to_owned() }
}

/// The name of a message's author, tracked.
#[must_use]
pub fn person_name(store: Store, language: Language, author: &Author, contact: &ContactBrief) -> String {
    match author {
        Author::Contact { .. } => contact_name(language, contact.id, &contact.name),
        Author::User { id } if *id == store.me => text::COMMON_YOU.in_(language).to_owned(),
        Author::User { id } => store.agent(*id).map_or_else(|| text::ACTIVITY_SOMEBODY.in_(language).to_owned(), |agent| agent.name),
        Author::System => text::THREAD_SYSTEM.in_(language).to_owned(),
    }
}

/// Address of a person's photo.
#[must_use]
pub fn photo_of(user: UserId, version: Option<&str>) -> Option<String> {
    version.map(|version| format!("/avatars/{user}?v={version}"))
}

/// Address of a colleague's photo.
#[must_use]
pub fn agent_photo(agent: &AgentView) -> Option<String> {
    photo_of(agent.id, agent.photo.as_deref())
}

/// The words for a status, of many.
#[must_use]
pub const fn status_text(status: Option<StatusKind>) -> Text {
    match status {
        Some(StatusKind::Open) => text::STATUS_OPEN,
        Some(StatusKind::Pending) => text::STATUS_PENDING,
        Some(StatusKind::Snoozed) => text::STATUS_SNOOZED,
        Some(StatusKind::Resolved) => text::STATUS_RESOLVED,
        None => text::STATUS_ANY,
    }
}

/// The words for the status of one conversation.
#[must_use]
pub const fn status_one_text(status: StatusKind) -> Text {
    match status {
        StatusKind::Open => text::STATUS_ONE_OPEN,
        StatusKind::Pending => text::STATUS_ONE_PENDING,
        StatusKind::Snoozed => text::STATUS_ONE_SNOOZED,
        StatusKind::Resolved => text::STATUS_ONE_RESOLVED,
    }
}

/// The words for an availability.
#[must_use]
pub const fn availability_text(availability: Availability) -> Text {
    match availability {
        Availability::Online => text::AVAILABILITY_ONLINE,
        Availability::Busy => text::AVAILABILITY_BUSY,
        Availability::Offline => text::AVAILABILITY_OFFLINE,
    }
}

/// The words for a role.
#[must_use]
pub const fn role_text(role: Role) -> Text {
    match role {
        Role::Agent => text::ROLE_AGENT,
        Role::Administrator => text::ROLE_ADMINISTRATOR,
    }
}

/// The glyph of an inbox's channel.
#[component]
pub fn ChannelGlyph(
    /// Which inbox.
    #[prop(into)]
    inbox: Signal<InboxId>,
) -> impl IntoView {
    let store = Store::current();
    view! {
        <span class="glyph" aria-hidden="true">
            {live(move || store.inbox(inbox.get()).map_or_else(|| Icon::MESSAGE_CIRCLE.view(), |inbox| drawing(inbox.icon)))}
        </span>
    }
    .any()
}
