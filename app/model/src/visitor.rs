//! What the website widget and the server say to each other. A visitor sees their own conversation and never a note.

use crate::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the launcher and the frame need before anybody has written: public, the same for every visitor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WidgetConfig {
    /// The site's name.
    pub name: String,
    /// `#rrggbb`.
    pub colour: String,
    /// Heading of the chat.
    pub heading: String,
    /// Line under the heading.
    pub tagline: String,
    /// Expected answer time: `minutes`, `hours` or `day`; or, while nobody is there, a sentence that says when somebody is.
    pub reply_time: String,
    /// Language of the inbox, for pages that name none.
    pub language: Language,
    /// Faces of the team: name and, where there is a photo, its address.
    pub team: Vec<(String, Option<String>)>,
    /// Whether somebody is there now.
    pub online: bool,
    /// The form before the first message.
    pub pre_chat: PreChat,
    /// The switches.
    pub features: WidgetFeatures,
    /// What the channel carries.
    pub capabilities: Capabilities,
}

/// `POST /widget/v1/session`: opens or resumes a visitor's session. The token, if any, comes as `Authorization: Bearer`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorHello {
    /// The inbox's public token.
    pub inbox: String,
    /// The site's own identity for this person, if it called `setUser`.
    #[serde(default)]
    pub identity: Option<IdentityClaim>,
    /// The page the widget stands on.
    #[serde(default)]
    pub page: Option<String>,
    /// The visitor's language.
    #[serde(default)]
    pub language: Option<String>,
}

/// Who the site says this visitor is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityClaim {
    /// The site's id for the person.
    pub identifier: String,
    /// Lower-case hex HMAC-SHA256 of the identifier under the inbox's identity key.
    #[serde(default)]
    pub hash: Option<String>,
    /// Display name.
    #[serde(default)]
    pub name: Option<String>,
    /// E-mail.
    #[serde(default)]
    pub email: Option<String>,
    /// Phone.
    #[serde(default)]
    pub phone: Option<String>,
    /// Anything else.
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

/// The answer to [`VisitorHello`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorSession {
    /// The bearer token to keep; absent while nothing must be stored yet (no message, no identity).
    pub token: Option<String>,
    /// The widget's settings.
    pub config: WidgetConfig,
    /// The visitor's last conversation.
    pub thread: Option<VisitorThread>,
    /// The position to follow the stream from.
    pub seq: Seq,
    /// What is known of the visitor, so that it is not asked again.
    pub known: BTreeMap<String, String>,
}

/// A visitor's conversation as they see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorThread {
    /// The newest messages, oldest first.
    pub messages: Vec<VisitorMessage>,
    /// Whether older ones exist.
    pub more: bool,
    /// How many the visitor has not seen.
    pub unread: i64,
    /// Whether the conversation is resolved now; a new message opens it again.
    pub resolved: bool,
}

/// One message as the visitor sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorMessage {
    /// Its id; grows in the order of the thread.
    pub id: MessageId,
    /// The visitor's own key, when they wrote it.
    pub key: Option<ClientKey>,
    /// Whether the visitor wrote it.
    pub mine: bool,
    /// Name of the agent, when one wrote it; none for the greeting.
    pub author: Option<String>,
    /// Photo of the agent.
    pub photo: Option<String>,
    /// Plain text.
    pub text: String,
    /// Its files, with signed links.
    pub files: Vec<AttachmentView>,
    /// How far the visitor's own message got: `Sent`, or `Read` once an agent has seen it.
    pub state: MessageState,
    /// When it was written.
    pub at: Timestamp,
    /// What stands below the words (choices, cards, articles, a form): the JSON of a tree of elements, put up as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rich: Option<String>,
}

/// `POST /widget/v1/answer`: what a visitor chose or filled in. Each message takes one answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorAnswer {
    /// The inbox's public token.
    pub inbox: String,
    /// The message that asks.
    pub message: MessageId,
    /// What was answered.
    pub values: Vec<AnswerValue>,
}

/// One answer: the name of a form's question or none, and the value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerValue {
    /// The question's name, in a form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the choice said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What it means, or what was written.
    pub value: String,
}

/// `POST /widget/v1/messages`: what a visitor sends. One key sends once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorDraft {
    /// The inbox's public token.
    pub inbox: String,
    /// The visitor's key.
    pub key: ClientKey,
    /// Plain text.
    pub text: String,
    /// Keys of uploads.
    #[serde(default)]
    pub files: Vec<String>,
    /// Answers of the pre-chat form, with the first message.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
    /// The page the widget stands on.
    #[serde(default)]
    pub page: Option<String>,
    /// The visitor's language.
    #[serde(default)]
    pub language: Option<String>,
}

/// The answer to [`VisitorDraft`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitorSent {
    /// The bearer token, when this message made the visitor's session.
    pub token: Option<String>,
    /// The message as stored.
    pub message: VisitorMessage,
    /// The position to follow the stream from.
    pub seq: Seq,
}

/// What the visitor's stream carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VisitorEvent {
    /// A message was added or changed.
    Message {
        /// The message.
        message: VisitorMessage,
    },
    /// An agent has seen the visitor's messages up to this one.
    Seen {
        /// The last one seen.
        up_to: MessageId,
    },
    /// An agent types, or stopped.
    Typing {
        /// Their name.
        name: String,
        /// Whether they type now.
        on: bool,
    },
    /// The conversation was resolved or opened again.
    Resolved {
        /// Whether it is resolved now.
        on: bool,
    },
    /// Too old to resume: load afresh.
    Reset,
}
