//! Labels, teams and custom attributes: how an account sorts its work. Who has what stands on conversations and contacts.

use crate::*;
use serde::{Deserialize, Serialize};

/// A tag on conversations and contacts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelView {
    /// Its id.
    pub id: LabelId,
    /// Lower-case letters, digits, `-` and `_`; unique in the account.
    pub title: String,
    /// `#rrggbb`.
    pub colour: String,
    /// What it is for.
    pub description: String,
    /// Whether it stands in everybody's sidebar.
    pub sidebar: bool,
}

/// A label as administrators write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelDraft {
    /// As in [`LabelView`].
    pub title: String,
    /// As in [`LabelView`].
    pub colour: String,
    /// As in [`LabelView`].
    pub description: String,
    /// As in [`LabelView`].
    pub sidebar: bool,
}

impl LabelDraft {
    /// The title as it is kept: trimmed, lower-case, blanks as `-`; none when other signs remain.
    #[must_use]
    pub fn clean_title(&self) -> Option<String> {
        let title: String = lower(self.title.trim()).split_whitespace().collect::<Vec<_>>().join("-");
        let fits = !title.is_empty() && title.chars().count() <= 60 && title.chars().all(is_word);
        fits.then_some(title)
    }
}

/// Agents who share work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamView {
    /// Its id.
    pub id: TeamId,
    /// Its name, unique in the account.
    pub name: String,
    /// What it does.
    pub description: String,
    /// Whether what it is given is handed to a member at once.
    pub auto_assign: bool,
    /// Who is in it, in the order of their ids.
    pub members: Vec<UserId>,
}

/// A team as administrators write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamDraft {
    /// As in [`TeamView`].
    pub name: String,
    /// As in [`TeamView`].
    pub description: String,
    /// As in [`TeamView`].
    pub auto_assign: bool,
    /// The whole set of members.
    pub members: Vec<UserId>,
}

/// What a custom attribute belongs to, and what a filter is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// Conversations.
    #[default]
    Conversation,
    /// Contacts.
    Contact,
}

/// What a custom attribute holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttributeKind {
    /// A line of text.
    #[default]
    Text,
    /// A number.
    Number,
    /// An address of the web.
    Link,
    /// A day, as `2026-11-22`.
    Date,
    /// One of several words.
    List,
    /// Yes or no, as `true` or `false`.
    Checkbox,
}

/// A custom attribute's definition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeView {
    /// Its id.
    pub id: AttributeId,
    /// What it says about itself.
    pub draft: AttributeDraft,
}

/// A custom attribute's definition as administrators write it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttributeDraft {
    /// What it belongs to; never changes.
    pub entity: Entity,
    /// Its key in programs: letters, digits and `_`; never changes.
    pub key: String,
    /// Its name for people.
    pub label: String,
    /// What it holds; never changes.
    pub kind: AttributeKind,
    /// The words of a list.
    pub options: Vec<String>,
    /// What it is for.
    pub description: String,
}

impl AttributeDraft {
    /// Whether a value fits the kind; the empty one always does, and removes the attribute.
    #[must_use]
    pub fn accepts(&self, value: &str) -> bool {
        value.is_empty()
            || match self.kind {
                AttributeKind::Text => value.chars().count() <= 1000,
                AttributeKind::Number => value.parse::<f64>().is_ok_and(f64::is_finite),
                AttributeKind::Link => (value.starts_with("http://") || value.starts_with("https://")) && value.len() <= 2000,
                AttributeKind::Date => date(value),
                AttributeKind::List => self.options.iter().any(|option| option == value),
                AttributeKind::Checkbox => matches!(value, "true" | "false"),
            }
    }
}

/// Whether it reads like a day of the calendar (ISO 8601, `YYYY-MM-DD`).
fn date(value: &str) -> bool {
    let parts: Vec<_> = value.split('-').collect();
    let number = |part: &str, width: usize| {
        (part.len() == width && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse::<u32>().unwrap_or_default())
    };
    match parts.as_slice() {
        [year, month, day] => {
            number(year, 4).is_some()
                && number(month, 2).is_some_and(|m| (1..=12).contains(&m))
                && number(day, 2).is_some_and(|d| (1..=31).contains(&d))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_cleaned_or_refused() {
        let title =
            |t: &str| LabelDraft { title: t.into(), colour: String::new(), description: String::new(), sidebar: true }.clean_title();
        assert_eq!(title("  Pós Venda "), Some("pós-venda".into()));
        for bad in ["", "a/b", "<b>", "a,b"] {
            assert_eq!(title(bad), None, "{bad}");
        }
    }

    #[test]
    fn values_must_fit_their_kind() {
        let fits = |kind, value| AttributeDraft { kind, options: vec!["ouro".into()], ..AttributeDraft::default() }.accepts(value);
        assert!(fits(AttributeKind::Date, "2026-02-28") && fits(AttributeKind::Number, "-1.5") && fits(AttributeKind::List, "ouro"));
        assert!(!fits(AttributeKind::Date, "2026-13-01") && !fits(AttributeKind::Number, "inf") && !fits(AttributeKind::List, "prata"));
        assert!(!fits(AttributeKind::Link, "javascript:alert(1)") && fits(AttributeKind::Link, ""));
    }
}
