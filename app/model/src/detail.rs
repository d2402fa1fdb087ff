//! What a message carries beside text and files: quotes, reactions, places, cards, mail heads. Plain data; how a channel writes it is not known here.

use crate::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The message another one answers, as it was when it was quoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quote {
    /// Which message.
    pub message: MessageId,
    /// Who wrote it.
    pub author: Author,
    /// Its first characters; empty when it was taken back or is only a file.
    pub text: String,
    /// The kind of its first file.
    pub file: Option<AttachmentKind>,
}

/// What one person put under a message; a later one of the same person replaces it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reaction {
    /// Who.
    pub by: Author,
    /// An emoji, or the channel's own word for one.
    pub emoji: String,
}

/// What a message is beside text and files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// A place on the map.
    Location(Place),
    /// Address cards.
    Contacts(Vec<ContactCard>),
    /// Its picture is a sticker: no bubble around it.
    Sticker,
    /// About a story of ours.
    Story {
        /// Where the story can be seen, while it lasts.
        url: Option<String>,
        /// Whether it answers the story; else it mentions us in one.
        reply: bool,
    },
    /// Somebody's post or link.
    Share {
        /// Where it is.
        url: Option<String>,
    },
    /// Came by way of an advertisement or a link.
    Referral(Referral),
    /// A text the provider approved beforehand.
    Template(TemplateUse),
    /// Something the product cannot show; the customer's own device can.
    Unsupported {
        /// The provider's word for it.
        kind: String,
    },
    /// The head of a mail; its HTML is asked for apart.
    Mail(Box<MailHead>),
    /// Buttons or a list to choose from.
    Choices(Vec<Choice>),
    /// Cards in a row.
    Cards(Vec<Card>),
    /// Questions to fill in, with the answers once given.
    Form(Vec<FormQuestion>),
    /// What the customer chose: the value behind the text.
    Chosen {
        /// The value or payload.
        value: String,
    },
    /// Articles of the help centre.
    Articles(Vec<Card>),
    /// A call that was made or missed.
    Call {
        /// Whether nobody answered.
        missed: bool,
        /// Seconds it lasted.
        seconds: Option<i64>,
    },
}

/// A place on the map. Degrees are kept as the text the provider sent, so that equality and precision hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Degrees north.
    pub latitude: String,
    /// Degrees east.
    pub longitude: String,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// One address card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactCard {
    /// The person's or company's name.
    pub name: String,
    /// Their numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub phones: Vec<String>,
    /// Their e-mail addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
}

/// Which advertisement or link brought the customer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// Its heading or reference.
    pub title: Option<String>,
    /// Its text.
    pub text: Option<String>,
    /// Where it leads.
    pub url: Option<String>,
    /// The provider's id of it.
    pub source: Option<String>,
}

/// An approved text with its blanks filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateUse {
    /// Its name at the provider.
    pub name: String,
    /// Its language tag at the provider, such as `pt_BR`.
    pub language: String,
    /// What stands in each blank, by the blank's name or number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
    /// Address of the picture, video or document in its header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// What that address leads to; without it, its name decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_kind: Option<crate::AttachmentKind>,
}

/// A text the provider approved, as agents choose it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateView {
    /// Its name at the provider.
    pub name: String,
    /// What people call it, where that is not its name.
    pub title: String,
    /// Its language tag at the provider.
    pub language: String,
    /// Its category at the provider.
    pub category: String,
    /// The line above it; empty for none.
    pub header: String,
    /// Whether a picture, video or document stands above it, by address.
    pub media: Option<AttachmentKind>,
    /// Its words, with `{{…}}` where values go.
    pub body: String,
    /// The line below it.
    pub footer: String,
    /// What its buttons say.
    pub buttons: Vec<String>,
    /// The keys of the values it wants, in order.
    pub params: Vec<String>,
}

/// The head of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailHead {
    /// Who sent it.
    pub from: String,
    /// To whom.
    pub to: Vec<String>,
    /// Who got a copy.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<String>,
    /// Who got a copy unseen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bcc: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// Whether cleaned HTML is kept beside the text.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub html: bool,
    /// Where in the text the quoted older mail begins, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted_from: Option<u32>,
    /// Whose mail it passes on, while nobody has taken them for the sender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarded: Option<String>,
    /// What is put below its words as it leaves; told to whoever writes it, not kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signature: String,
}

/// One thing to choose.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What it says.
    pub title: String,
    /// What it means; sent back when chosen.
    pub value: String,
    /// Opens this address instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Whether the customer chose it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub chosen: bool,
}

/// One card of a row, or one article.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its heading.
    pub title: String,
    /// A line or two.
    pub text: String,
    /// Address of its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<String>,
    /// Where it leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its buttons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
}

/// One question of a form in a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormQuestion {
    /// Its key.
    pub name: String,
    /// Its words.
    pub label: String,
    /// `text`, `text_area`, `email`, `select`, as the public API names them.
    pub kind: String,
    /// Whether it must be answered.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub required: bool,
    /// What can be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
    /// What was answered; empty where the form came back without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
}

impl Detail {
    /// Whether it asks or shows something by itself, so that its message needs no words.
    #[must_use]
    pub const fn is_rich(&self) -> bool {
        matches!(self, Self::Choices(_) | Self::Cards(_) | Self::Form(_) | Self::Articles(_))
    }

    /// Whether what it asked was answered.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        match self {
            Self::Choices(choices) => choices.iter().any(|choice| choice.chosen),
            Self::Cards(cards) => cards.iter().flat_map(|card| &card.choices).any(|choice| choice.chosen),
            Self::Form(questions) => questions.iter().any(|question| question.answer.is_some()),
            _ => false,
        }
    }
}
