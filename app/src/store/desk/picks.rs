//! Which rows of the list are picked for many at once, and what was done last and can be taken back.
//! What is done to the picked ones is the bulk bar's business.

use super::Store;
use crate::store::ask::ask_text;
use kit::i18n::{Text, fault_text, text};
use kit::spawn;
use leptos::prelude::*;
use model::{Action, ConversationId, ListRow, OperationId, Status};

/// What was done last, by what leads back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// Actions on one conversation.
    Act(ConversationId, Vec<Action>),
    /// An operation on many.
    Operation(OperationId),
}

impl Store {
    /// Picks a row or lets go of it; with `range`, all from the row picked last.
    pub fn pick(self, id: ConversationId, range: bool) {
        self.all_picked.set(false);
        let order = self.order.get_untracked();
        let at = |id: ConversationId| order.iter().position(|row| *row == id);
        let from = self.pick_anchor.get_value().and_then(at);
        self.picked.update(|picked| match (range, from, at(id)) {
            (true, Some(from), Some(to)) => {
                for row in &order[from.min(to)..=from.max(to)] {
                    if !picked.contains(row) {
                        picked.push(*row);
                    }
                }
            }
            _ if picked.contains(&id) => picked.retain(|row| *row != id),
            _ => picked.push(id),
        });
        self.pick_anchor.set_value(Some(id));
    }

    /// Lets go of all picked rows.
    pub fn drop_picks(self) {
        self.pick_anchor.set_value(None);
        if self.picked.with_untracked(|picked| !picked.is_empty()) {
            self.picked.set(Vec::new());
        }
        if self.all_picked.get_untracked() {
            self.all_picked.set(false);
        }
    }

    /// Remembers how to take back what is about to be done to a conversation, and offers it where the row may leave the list.
    pub(super) fn remember(self, conversation: ConversationId, actions: &[Action]) {
        let Some(row) = self.row(conversation) else { return };
        let back: Vec<Action> = row.with_untracked(|row| actions.iter().filter_map(|action| back(row, action)).collect());
        if back.is_empty() {
            return;
        }
        self.undo.set_value(Some(Undo::Act(conversation, back)));
        if let Some(words) = actions.iter().find_map(done) {
            self.offer_undo(words.in_(self.locale.now()).to_owned());
        }
    }

    /// Says what was done, with a button that takes it back.
    pub fn offer_undo(self, words: String) {
        self.toasts.offer(words, text::UNDO_LABEL.in_(self.locale.now()), move || self.undo_last());
    }

    /// Remembers an operation as what was done last.
    pub fn remember_operation(self, id: OperationId) {
        self.undo.set_value(Some(Undo::Operation(id)));
    }

    /// Takes back what was done last; once.
    pub fn undo_last(self) {
        let Some(last) = self.undo.try_update_value(Option::take).flatten() else { return };
        let account = self.account;
        let call = match last {
            Undo::Act(conversation, actions) => ask_text(api::Act { account, conversation, actions }),
            Undo::Operation(operation) => ask_text(api::UndoOperation { account, operation }),
        };
        spawn(async move {
            match call.await.0 {
                Ok(_) => self.toasts.say(text::UNDO_DONE.in_(self.locale.now())),
                Err(fault) => self.toasts.fail(fault_text(self.locale.now(), &fault.0)),
            }
        });
    }
}

/// What leads back from an action, as the row stands before it; none where it changes nothing or cannot be taken back.
fn back(row: &ListRow, action: &Action) -> Option<Action> {
    let now = &row.conversation;
    Some(match action {
        Action::Assign(to) if *to != now.assignee => Action::Assign(now.assignee),
        Action::AssignMe => Action::Assign(now.assignee),
        Action::AssignTeam(to) if *to != now.team => Action::AssignTeam(now.team),
        Action::Status(to) if *to != now.status => Action::Status(now.status),
        Action::SnoozeFor(_) => Action::Status(now.status),
        Action::Priority(to) if *to != now.priority => Action::Priority(now.priority),
        Action::AddLabels(labels) => Action::RemoveLabels(
            Some(labels.iter().filter(|label| !now.labels.contains(label)).copied().collect()).filter(|all: &Vec<_>| !all.is_empty())?,
        ),
        Action::RemoveLabels(labels) => Action::AddLabels(
            Some(labels.iter().filter(|label| now.labels.contains(label)).copied().collect()).filter(|all: &Vec<_>| !all.is_empty())?,
        ),
        Action::Mute(on) if *on != now.muted => Action::Mute(now.muted),
        _ => return None,
    })
}

/// The words for what may make a row leave the list.
const fn done(action: &Action) -> Option<Text> {
    Some(match action {
        Action::Status(Status::Resolved) => text::UNDO_RESOLVED,
        Action::Status(Status::Snoozed { .. }) | Action::SnoozeFor(_) => text::UNDO_SNOOZED,
        Action::Status(Status::Pending) => text::UNDO_PENDING,
        Action::Mute(true) => text::UNDO_MUTED,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::*;

    fn row() -> ListRow {
        let conversation = serde_json::json!({
            "id": 1, "number": 1, "inbox": 1, "contact": {"id": 1, "name": "", "hint": null}, "status": Status::Open, "assignee": 7,
            "preview": null, "last_message_at": 0, "created_at": 0, "incoming": 0, "waiting_since": null, "contact_seen_at": null,
            "last_incoming_at": null, "labels": [2],
        });
        ListRow { conversation: serde_json::from_value(conversation).unwrap(), seen: 0, draft: false }
    }

    #[test]
    fn what_was_done_leads_back_to_where_it_stood() {
        let label = LabelId;
        for (done, undone) in [
            (Action::Status(Status::Resolved), Some(Action::Status(Status::Open))),
            (Action::Status(Status::Open), None),
            (Action::Assign(None), Some(Action::Assign(Some(UserId(7))))),
            (Action::AddLabels(vec![label(2), label(3)]), Some(Action::RemoveLabels(vec![label(3)]))),
            (Action::AddLabels(vec![label(2)]), None),
            (Action::RemoveLabels(vec![label(2), label(3)]), Some(Action::AddLabels(vec![label(2)]))),
            (Action::Send("oi".into()), None),
        ] {
            assert_eq!(back(&row(), &done), undone, "{done:?}");
        }
    }
}
