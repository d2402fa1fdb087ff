//! Users, their accounts, and what they may set about themselves.

use crate::*;
use serde::{Deserialize, Serialize};

/// The languages Recado speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Brazilian Portuguese, the first.
    #[default]
    #[serde(rename = "pt-BR")]
    Portuguese,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The BCP 47 tag.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Portuguese => "pt-BR",
            Self::English => "en",
        }
    }

    /// The language of a BCP 47 tag, if we speak it: any `pt` or `en`, in either separator.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("pt") {
            Some(Self::Portuguese)
        } else if primary.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else {
            None
        }
    }

    /// The first language of an `Accept-Language` header that we speak, by its order and weights (RFC 9110 §12.5.4); Portuguese where none fits.
    #[must_use]
    pub fn negotiate(header: &str) -> Self {
        let mut best = (0_u32, None);
        for part in header.split(',') {
            let mut pieces = part.split(';');
            let tag = pieces.next().unwrap_or_default().trim();
            let weight = pieces.find_map(|p| p.trim().strip_prefix("q=")).and_then(|q| q.trim().parse::<f32>().ok()).unwrap_or(1.0);
            let weight = (weight.clamp(0.0, 1.0) * 1000.0) as u32;
            if let Some(language) = Self::from_tag(tag)
                && weight > best.0
            {
                best = (weight, Some(language));
            }
        }
        best.1.unwrap_or_default()
    }
}

/// How the interface is lit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the device says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Which key sends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendKey {
    /// Enter sends, Shift+Enter breaks the line.
    #[default]
    Enter,
    /// Ctrl or ⌘ with Enter sends, Enter breaks the line.
    CtrlEnter,
}

/// Whether an agent takes conversations, as they set it by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Availability {
    /// Takes conversations.
    #[default]
    Online,
    /// Here, but not for new ones.
    Busy,
    /// Away.
    Offline,
}

/// A colleague, as everybody in the account sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentView {
    /// Who.
    pub id: UserId,
    /// Display name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Their standing.
    pub role: Role,
    /// What they set by hand.
    pub availability: Availability,
    /// Whether they count as away without an open screen.
    #[serde(default)]
    pub auto_offline: bool,
    /// Whether they have a photo, at `/avatars/{user}?v={photo}`; the value changes with the photo.
    pub photo: Option<String>,
    /// Whether the invitation has been accepted.
    pub confirmed: bool,
}

impl AgentView {
    /// How they stand to colleagues: what they set by hand, unless they are away and did not ask to be counted as here.
    #[must_use]
    pub const fn standing(&self, here: bool) -> Availability {
        if self.auto_offline && !here { Availability::Offline } else { self.availability }
    }
}

/// One account of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MembershipView {
    /// Which account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// The user's standing there.
    pub role: Role,
    /// The user's availability there.
    pub availability: Availability,
}

/// Who is signed in, and what they set about themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
    /// Who.
    pub user: UserId,
    /// Display name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Photo version, as in [`AgentView`].
    pub photo: Option<String>,
    /// Language of the interface.
    pub language: Language,
    /// Light, dark or as the device says.
    pub theme: Theme,
    /// Which key sends.
    pub send_key: SendKey,
    /// Rows of the list close together.
    pub compact: bool,
    /// Keys, sounds and the like as JSON, whose words only the interface knows; empty until something was set.
    #[serde(default)]
    pub habits: String,
    /// The accounts, the last used first.
    pub accounts: Vec<MembershipView>,
}

/// What somebody signing up fills in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignUpDraft {
    /// The account's name.
    pub account: String,
    /// The person's name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// Password, at least eight characters.
    pub password: String,
    /// Language of the interface and of the account.
    pub language: Language,
}

/// What a person changes about themselves; absent fields stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileDraft {
    /// New display name.
    pub name: Option<String>,
    /// New language.
    pub language: Option<Language>,
    /// New theme.
    pub theme: Option<Theme>,
    /// New send key.
    pub send_key: Option<SendKey>,
    /// Close rows.
    pub compact: Option<bool>,
    /// Keys, sounds and the like: a JSON object of short texts.
    #[serde(default)]
    pub habits: Option<String>,
}

/// An invitation, as its recipient sees it before accepting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationView {
    /// The account's name.
    pub account: String,
    /// Whom it invites.
    pub email: String,
    /// The name given by the inviter.
    pub name: String,
    /// Whether the person has a password already and need only confirm.
    pub known: bool,
}

/// What inviting somebody answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitedView {
    /// The new colleague.
    pub agent: AgentView,
    /// The link to hand over, where no system mail is configured; else it went by mail.
    pub link: Option<String>,
}

/// The first-run checklist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checklist {
    /// An inbox exists.
    pub inbox: bool,
    /// A customer has written.
    pub message: bool,
    /// An agent has replied.
    pub reply: bool,
    /// Somebody was invited.
    pub invite: bool,
}

impl Checklist {
    /// Whether nothing is left to do.
    #[must_use]
    pub const fn done(&self) -> bool {
        self.inbox && self.message && self.reply && self.invite
    }
}
