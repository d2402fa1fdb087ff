//! Bots: who answers in an inbox before people do, and the rules of one that needs no program: a menu by number or keyword.
//! What a customer's words lead to is the service's business.

use crate::InboxId;
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
