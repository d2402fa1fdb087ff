//! Searching: words with operators in Portuguese and English, and what is found. How it is found is the store's business.

use crate::*;
use serde::{Deserialize, Serialize};

/// What was typed, understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// Words that must all be found; the last may be a beginning.
    pub words: Vec<String>,
    /// Words in this order beside each other.
    pub phrases: Vec<String>,
    /// Words that must not be found.
    pub without: Vec<String>,
    /// `de:` / `from:`: the author's or contact's name or address.
    pub from: Option<String>,
    /// `para:` / `to:`: the contact's name or address.
    pub to: Option<String>,
    /// `canal:` / `channel:`: the inbox's name or kind.
    pub channel: Option<String>,
    /// `tag:` / `etiqueta:` / `label:`.
    pub label: Option<String>,
    /// `status:`.
    pub status: Option<StatusKind>,
    /// `atribuído:` / `assignee:`: a colleague's name, or `eu` / `me`.
    pub assignee: Option<String>,
    /// `antes:` / `before:`: the day, as days since 1970.
    pub before: Option<i64>,
    /// `depois:` / `after:`: the day, as days since 1970.
    pub after: Option<i64>,
    /// `tem:` / `has:`.
    pub has: Option<Has>,
    /// `é:não-lida` / `is:unread`.
    pub unread: bool,
}

/// What a message may have in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Has {
    /// A file.
    File,
    /// An address of the web.
    Link,
    /// A sound.
    Audio,
}

impl Query {
    /// Understands what was typed. What is no operator is a word, whatever it looks like.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for token in tokens(text).into_iter().take(30) {
            let (minus, body) = match token.text.strip_prefix('-') {
                Some(rest) if !token.quoted && !rest.is_empty() => (true, rest),
                _ => (false, token.text.as_str()),
            };
            if token.quoted {
                query.phrases.push(token.text);
            } else if minus {
                query.without.push(body.to_owned());
            } else if !query.operator(body) {
                query.words.push(body.to_owned());
            }
        }
        query
    }

    fn operator(&mut self, body: &str) -> bool {
        let Some((name, value)) = body.split_once(':') else { return false };
        let value = value.trim_matches('"').trim();
        if value.is_empty() {
            return false;
        }
        let text = || Some(value.to_owned());
        match lower(name).as_str() {
            "de" | "from" => self.from = text(),
            "para" | "to" => self.to = text(),
            "canal" | "channel" => self.channel = text(),
            "tag" | "etiqueta" | "label" => self.label = Some(lower(value)),
            "status" => match status(value) {
                Some(status) => self.status = Some(status),
                None => return false,
            },
            "atribuído" | "atribuido" | "assignee" => self.assignee = text(),
            "antes" | "before" => match day(value) {
                Some(day) => self.before = Some(day),
                None => return false,
            },
            "depois" | "after" => match day(value) {
                Some(day) => self.after = Some(day),
                None => return false,
            },
            "tem" | "has" => match lower(value).as_str() {
                "anexo" | "arquivo" | "file" | "attachment" => self.has = Some(Has::File),
                "link" => self.has = Some(Has::Link),
                "áudio" | "audio" => self.has = Some(Has::Audio),
                _ => return false,
            },
            "é" | "e" | "is" => match lower(value).as_str() {
                "não-lida" | "nao-lida" | "unread" => self.unread = true,
                _ => return false,
            },
            _ => return false,
        }
        true
    }

    /// Whether it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn status(word: &str) -> Option<StatusKind> {
    Some(match lower(word).as_str() {
        "aberta" | "aberto" | "open" => StatusKind::Open,
        "pendente" | "pending" => StatusKind::Pending,
        "adiada" | "adiado" | "snoozed" => StatusKind::Snoozed,
        "resolvida" | "resolvido" | "resolved" => StatusKind::Resolved,
        _ => return None,
    })
}

/// `2026-11-22` or `22/11/2026` as days since 1970 (the civil calendar, Howard Hinnant's `days_from_civil`).
fn day(text: &str) -> Option<i64> {
    let numbers = |by: char| text.split(by).map(|p| p.parse::<i64>().ok()).collect::<Option<Vec<_>>>();
    let (year, month, day) = match (numbers('-'), numbers('/')) {
        (Some(p), _) if p.len() == 3 => (p[0], p[1], p[2]),
        (_, Some(p)) if p.len() == 3 => (p[2], p[1], p[0]),
        _ => return None,
    };
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

struct Token {
    text: String,
    quoted: bool,
}

/// Words and quoted runs; a quote after `name:` belongs to that operator.
fn tokens(text: &str) -> Vec<Token> {
    let (mut found, mut word, mut inside) = (Vec::new(), String::new(), false);
    for c in text.chars().take(400) {
        match c {
            '"' if inside => {
                inside = false;
                if word.contains(":\"") {
                    word.push('"');
                } else if !word.is_empty() {
                    found.push(Token { text: std::mem::take(&mut word), quoted: true });
                }
            }
            '"' if word.is_empty() => inside = true,
            '"' if word.ends_with(':') => {
                word.push('"');
                inside = true;
            }
            c if c.is_whitespace() && !inside => {
                if !word.is_empty() {
                    found.push(Token { text: std::mem::take(&mut word), quoted: false });
                }
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        found.push(Token { text: word, quoted: false });
    }
    found
}

/// One thing found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageHit {
    /// The conversation it stands in.
    pub conversation: ConversationId,
    /// Its number.
    pub number: i64,
    /// With whom.
    pub contact: ContactBrief,
    /// Through which inbox.
    pub inbox: InboxId,
    /// The message.
    pub message: MessageId,
    /// What kind it is.
    pub kind: MessageKind,
    /// Who wrote it.
    pub author: Author,
    /// A part of it around what was found.
    pub text: String,
    /// When.
    pub at: Timestamp,
}

/// What a search found, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchView {
    /// Messages, notes, subjects and file names.
    pub messages: Vec<MessageHit>,
    /// Whether more messages lie beyond; ask again below the last one's id.
    pub more: bool,
    /// Contacts, on the first page.
    pub contacts: Vec<ContactView>,
    /// Conversations by number, on the first page.
    pub conversations: Vec<ConversationView>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_are_understood_in_both_languages() {
        let pt = Query::parse(
            r#"nota fiscal de:"Rui Alves" canal:site tag:VIP status:aberta atribuído:eu tem:áudio é:não-lida -spam "dois dias""#,
        );
        let en = Query::parse(
            r#"nota fiscal from:"Rui Alves" channel:site label:VIP status:open assignee:eu has:audio is:unread -spam "dois dias""#,
        );
        assert_eq!(pt, en);
        assert_eq!(
            (pt.words, pt.phrases, pt.without),
            (vec!["nota".into(), "fiscal".into()], vec!["dois dias".into()], vec!["spam".into()])
        );
        assert_eq!((pt.from.as_deref(), pt.has, pt.unread), (Some("Rui Alves"), Some(Has::Audio), true));
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(Query::parse("antes:1970-01-02").before, Some(1));
        assert_eq!(Query::parse("depois:22/11/2026").after, Query::parse("after:2026-11-22").after);
        assert_eq!(Query::parse("after:2026-11-22").after, Some(20_779));
    }

    #[test]
    fn what_is_no_operator_is_a_word() {
        for text in ["http://x.example", "12:30", "status:talvez", "antes:ontem", "de:", "-", "é:longe"] {
            assert_eq!(Query::parse(text).words, [text], "{text}");
        }
        assert!(Query::parse("  ").is_empty());
    }
}
