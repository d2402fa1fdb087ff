//! Bots: who answers in an inbox before people do, and the rules of one that needs no program: a menu by number or keyword.
//! What a customer's words lead to is the service's business.

use crate::{InboxId, Timestamp};
use serde::{Deserialize, Serialize};

/// Most choices of a menu.
pub const MOST_CHOICES: usize = 20;
/// Most characters of anything a rule bot says.
pub const MOST_SAID: usize = 2_000;

/// A bot as administrators see it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotView {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Where its events go; empty for none.
    pub url: String,
    /// What it does by itself; none for a program that answers by the API.
    pub rules: Option<BotRules>,
    /// Where it answers.
    pub inboxes: Vec<InboxId>,
    /// The token its program calls the API with.
    pub token: String,
    /// The secret that signs what it is told.
    pub secret: crate::SecretView,
    /// Whether it belongs to the whole installation, and is not this account's to change.
    pub shared: bool,
}

/// A bot as administrators write it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotEdit {
    /// Its name.
    pub name: String,
    /// Where its events go; empty for none.
    pub url: String,
    /// What it does by itself.
    pub rules: Option<BotRules>,
    /// Where it answers: in no other inbox afterwards.
    pub inboxes: Vec<InboxId>,
}

/// What a rule bot says and does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BotRules {
    /// Said first, with the menu below it.
    pub greeting: String,
    /// The menu, in order: the first is 1.
    pub choices: Vec<BotChoice>,
    /// Said when nothing fits, with the menu below it.
    pub unknown: String,
    /// After so many messages in a row that nothing fits, people take over; at least 1.
    pub tries: u32,
    /// Said when people take over.
    pub handover: String,
    /// Said instead outside of the hours; empty for the same.
    pub closed: String,
    /// When people are there; none for always.
    pub hours: Option<BotHours>,
}

/// One line of the menu.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BotChoice {
    /// What the menu calls it.
    pub title: String,
    /// Words that mean it as well.
    pub keywords: Vec<String>,
    /// What is said then; may be empty when something happens.
    pub answer: String,
    /// What happens then.
    pub then: BotStep,
}

/// What follows an answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BotStep {
    /// The bot goes on.
    #[default]
    Stay,
    /// People take over.
    HandOver,
    /// The answer asks for an e-mail address; once it is there, people take over.
    AskEmail,
    /// The conversation is resolved.
    Resolve,
}

/// When people are there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BotHours {
    /// The time zone's name in the IANA database.
    pub zone: String,
    /// Days of the week, Monday first.
    pub days: [bool; 7],
    /// From this minute of the day on.
    pub from: u32,
    /// Up to this minute of the day, without it.
    pub to: u32,
}

/// The time figures are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// So many days until now.
    Days(u32),
    /// Between two moments, both of them in it.
    Between(Timestamp, Timestamp),
}

/// What bots did: of the conversations in which their part began within the time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotFigures {
    /// Conversations they had a part in.
    pub conversations: i64,
    /// Messages they sent in these.
    pub messages: i64,
    /// Of the conversations, those resolved while a bot had them: nobody answered by hand.
    pub resolved: i64,
    /// Of the conversations, those people took over, by whatever way.
    pub handed: i64,
}

impl BotFigures {
    /// A share of the conversations in whole percent, rounded down: numerator and denominator are one set, so never above 100.
    #[must_use]
    pub const fn percent(&self, of: i64) -> i64 {
        if self.conversations == 0 { 0 } else { of * 100 / self.conversations }
    }
}

/// What each bot did, and all together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotSums {
    /// All together: a conversation two bots had a part in counts once.
    pub whole: BotFigures,
    /// Each that did something, busiest first.
    pub bots: Vec<BotLine>,
}

/// One bot's figures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BotLine {
    /// Which.
    pub id: i64,
    /// What it is called; empty for one that is gone.
    pub name: String,
    /// What it did.
    pub figures: BotFigures,
}
