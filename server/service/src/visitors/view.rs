//! What a visitor sees of messages and changes: their own thread, agents by name, files by signed links.

use super::Visitor;
use crate::{Error, Result, Service};
use model::*;
use std::collections::HashMap;
use store::{Reader, person};

impl Service {
    /// Messages as the visitor sees them. `all_seen` tells whether an agent has read everything.
    pub(super) async fn visitor_messages(&self, account: AccountId, rows: Vec<MessageView>, all_seen: bool) -> Result<Vec<VisitorMessage>> {
        let mut authors: Vec<_> = rows.iter().filter_map(|m| if let Author::User { id } = m.author { Some(id) } else { None }).collect();
        authors.sort_unstable();
        authors.dedup();
        let some_gone = rows.iter().any(|m| m.deleted_at.is_some());
        let look = async move |c: &Reader| {
            let language = if some_gone { store::account::load(c, account).await?.map(|of| of.language) } else { None };
            let mut faces = HashMap::new();
            for user in authors {
                if let Some(agent) = person::load(c, user).await? {
                    faces.insert(user, (agent.name, person::photo(c, user).await?));
                }
            }
            Ok::<_, Error>((faces, language.unwrap_or_default()))
        };
        let (faces, language) = self.0.store.read(look).await?;
        let now = self.now();
        // Their pictures come through us: whoever keeps them learns nothing of the visitor.
        let picture = |at: &str| self.0.links.picture(at, now);
        let view = |m: MessageView| {
            let rich = m.detail.filter(|detail| detail.is_rich() && m.kind == MessageKind::Outgoing && m.deleted_at.is_none());
            let mine = m.kind == MessageKind::Incoming;
            let face = if let Author::User { id } = m.author { faces.get(&id) } else { None };
            VisitorMessage {
                id: m.id,
                key: m.key.filter(|_| mine),
                mine,
                author: face.map(|(name, _)| name.clone()).or(m.bot),
                photo: face.and_then(|(_, photo)| photo.as_ref()).map(|p| format!("/avatars/{p}")),
                text: if m.deleted_at.is_some() { gone(language).to_owned() } else { m.text },
                files: m.files.into_iter().map(|f| self.0.links.with_link(account, f, now)).collect(),
                state: if mine && all_seen { MessageState::Read } else { MessageState::Sent },
                at: m.at,
                rich: rich.map(|detail| super::drawn::drawn(m.id, &detail, picture)),
            }
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

/// What stands in the place of a message that was deleted. Said here and not by the widget, which has no bytes for it.
const fn gone(language: Language) -> &'static str {
    if matches!(language, Language::Portuguese) { "Mensagem apagada" } else { "Message deleted" }
}

/// A journal's change as the visitor's stream carries it; none when it does not concern them.
pub(crate) async fn visitor_event(service: &Service, visitor: &Visitor, change: &Change) -> Option<VisitorEvent> {
    match change {
        Change::Message { message } if matches!(message.kind, MessageKind::Incoming | MessageKind::Outgoing) => {
            let one = service.visitor_messages(visitor.address().account, vec![(**message).clone()], false).await;
            match one {
                Ok(mut messages) => messages.pop().map(|message| VisitorEvent::Message { message }),
                Err(error) => {
                    tracing::warn!(%error, "a message could not be shown to its visitor; their stream starts afresh");
                    Some(VisitorEvent::Reset)
                }
            }
        }
        Change::Conversation { was: Some(was), now, .. } if (was.status == StatusKind::Resolved) != (now.status == Status::Resolved) => {
            Some(VisitorEvent::Resolved { on: now.status == Status::Resolved })
        }
        _ => None,
    }
}
