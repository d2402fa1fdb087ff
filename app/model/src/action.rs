//! Actions: one thing each that can be done to a conversation, by hand, by a macro, or by a rule. What they do is the service's business.

use crate::*;
use serde::{Deserialize, Serialize};

/// One thing that can be done to a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Gives it to somebody, or to nobody.
    Assign(Option<UserId>),
    /// Gives it to whoever runs this.
    AssignMe,
    /// Gives it to a team, or takes it from one.
    AssignTeam(Option<TeamId>),
    /// Sets where it stands.
    Status(Status),
    /// Lets it sleep for so many milliseconds from when this is run.
    SnoozeFor(i64),
    /// Sets how much it presses.
    Priority(Option<Priority>),
    /// Puts labels on it.
    AddLabels(Vec<LabelId>),
    /// Takes labels off it.
    RemoveLabels(Vec<LabelId>),
    /// Mutes it, or no longer.
    Mute(bool),
    /// Lets a colleague follow it.
    AddParticipant(UserId),
    /// Writes to the customer.
    Send(String),
    /// Writes to colleagues.
    Note(String),
}

/// Actions saved under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MacroView {
    /// Its id.
    pub id: MacroId,
    /// Its name.
    pub name: String,
    /// Whether everybody may run it.
    pub shared: bool,
    /// Who made it.
    pub by: UserId,
    /// What it does, in order.
    pub actions: Vec<Action>,
}

/// A macro as it is written. Agents' own are never shared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MacroDraft {
    /// As in [`MacroView`].
    pub name: String,
    /// As in [`MacroView`].
    pub shared: bool,
    /// As in [`MacroView`].
    pub actions: Vec<Action>,
}

/// A saved text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannedView {
    /// Its id.
    pub id: CannedId,
    /// What one types after `/`; unique in the account.
    pub code: String,
    /// The text, with `{{variables}}`.
    pub text: String,
    /// Files that go with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<AttachmentView>,
}

/// What becomes of a saved text's files; usually they stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CannedFiles {
    /// Those that go.
    pub remove: Vec<AttachmentId>,
    /// Uploads that come, by their keys.
    pub add: Vec<String>,
}

/// Long work one can watch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationView {
    /// Its id.
    pub id: OperationId,
    /// What work.
    pub kind: OperationKind,
    /// How much there is to do.
    pub total: i64,
    /// How much is done, failures included.
    pub done: i64,
    /// How much of that could not be done.
    pub failed: i64,
    /// Whether it is over.
    pub finished: bool,
    /// Whether it can be undone.
    pub undoable: bool,
    /// What could not be done: the row or number, and why; at most a hundred.
    pub report: Vec<(i64, String)>,
}

/// What work an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OperationKind {
    /// Actions on many conversations.
    Bulk,
    /// Taking such actions back.
    Undo,
    /// Contacts from a file.
    Import,
}

/// Which conversations many actions are for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// These.
    Ids(Vec<ConversationId>),
    /// All of a list.
    List(ListFilter),
    /// All a filter finds.
    Matching(Filter),
}

/// A contact file to be imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportDraft {
    /// The file's text, decoded.
    pub text: String,
    /// What each column holds: `name`, `email`, `phone`, `identifier`, an attribute's key, or empty to leave it out.
    pub columns: Vec<String>,
    /// Whether the first row names the columns.
    pub heading: bool,
    /// Labels for everybody in it.
    #[serde(default)]
    pub labels: Vec<LabelId>,
}
