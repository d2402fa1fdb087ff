//! Filters as SQL. Values travel beside the text, never in it; the caller adds account and sight, and checks that a filter is sound.

use crate::contact::fold;
use crate::sql::{Sql, vals};
use model::{AccountId, Condition, Filter, FilterField, FilterValue, Operator, Timestamp, UserId};
use sea_orm::Value;

/// A filter being written: the values gathered so far, `$1` the viewer and `$2` the account.
pub(crate) struct Asked {
    pub(crate) values: Vec<Value>,
    viewer: UserId,
    now: Timestamp,
    sqlite: bool,
}

/// The far end of a `LIKE` pattern.
enum Pattern {
    Anywhere,
    Beginning,
}

impl Asked {
    pub(crate) fn new(c: &impl Sql, account: AccountId, viewer: UserId, now: Timestamp) -> Self {
        Self { values: vals![viewer.0, account.0], viewer, now, sqlite: c.is_sqlite() }
    }

    fn value(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    /// The condition over conversations `v` and their contacts `k`.
    pub(crate) fn conversations(&mut self, filter: &Filter) -> String {
        self.write(filter, true)
    }

    /// The condition over contacts `k`.
    pub(crate) fn contacts(&mut self, filter: &Filter) -> String {
        self.write(filter, false)
    }

    fn write(&mut self, filter: &Filter, conversations: bool) -> String {
        match filter {
            Filter::All(list) if list.is_empty() => "1 = 1".to_owned(),
            Filter::Any(list) if list.is_empty() => "1 = 0".to_owned(),
            Filter::All(list) => self.joined(list, " AND ", conversations),
            Filter::Any(list) => self.joined(list, " OR ", conversations),
            Filter::Not(inner) => format!("NOT ({})", self.write(inner, conversations)),
            Filter::Is(condition) => self.condition(condition, conversations),
        }
    }

    fn joined(&mut self, list: &[Filter], word: &str, conversations: bool) -> String {
        let parts: Vec<_> = list.iter().map(|f| self.write(f, conversations)).collect();
        format!("({})", parts.join(word))
    }

    fn condition(&mut self, condition: &Condition, conversations: bool) -> String {
        use FilterField as F;
        let (field, op) = (&condition.field, condition.op);
        match field {
            F::Status => self.number("v.status", condition),
            F::Assignee => self.number("v.assignee_id", condition),
            F::Inbox => self.number("v.inbox_id", condition),
            F::Team => self.number("v.team_id", condition),
            F::Number => self.number("v.number", condition),
            F::Priority => self.number("v.priority", condition),
            F::Created if conversations => self.number("v.created_at", condition),
            F::Created => self.number("k.created_at", condition),
            F::Active if conversations => self.number("v.last_message_at", condition),
            F::Active => self.number("k.last_activity_at", condition),
            F::Waiting => self.number("v.waiting_since", condition),
            F::Label if conversations => self.link("conversation_label l", "l.conversation_id = v.id", "l.label_id", condition),
            F::Label => self.link("contact_label l", "l.contact_id = k.id", "l.label_id", condition),
            F::Participant => self.link("participant p", "p.conversation_id = v.id", "p.user_id", condition),
            F::Mentioned => self.link("notification n", "n.conversation_id = v.id AND n.kind = 'mentioned'", "n.user_id", condition),
            F::Unattended => flag("(v.first_reply_at IS NULL OR v.waiting_since IS NOT NULL)", op),
            F::Unread => flag(
                "v.incoming > COALESCE((SELECT s.seen FROM mark s WHERE s.account_id = v.account_id AND s.conversation_id = v.id AND s.user_id = $1), 0)",
                op,
            ),
            F::Blocked => flag("k.blocked <> 0", op),
            F::Has => self.has(condition),
            F::Subject => self.text("v.subject", condition),
            F::Language => self.json("v.origin", "language", condition),
            F::Page => self.json("v.origin", "page", condition),
            F::Attribute(key) => self.json("v.attributes", key, condition),
            F::ContactAttribute(key) => self.json("k.attributes", key, condition),
            F::Name => self.text("k.name", condition),
            F::Email => self.text("k.email", condition),
            F::Phone => self.text("k.phone", condition),
            F::Identifier => self.text("k.identifier", condition),
        }
    }

    /// Ids, numbers and moments.
    fn number(&mut self, column: &str, condition: &Condition) -> String {
        let numbers: Vec<_> = condition.values.iter().filter_map(|v| self.as_number(v)).collect();
        let first = numbers.first().copied().unwrap_or_default();
        match condition.op {
            Operator::Present => format!("{column} IS NOT NULL"),
            Operator::Absent => format!("{column} IS NULL"),
            Operator::Equal => format!("{column} IN ({})", crate::sight::numbers(numbers.into_iter())),
            Operator::NotEqual => format!("({column} IS NULL OR {column} NOT IN ({}))", crate::sight::numbers(numbers.into_iter())),
            Operator::Greater => format!("{column} > {first}"),
            Operator::Less => format!("{column} < {first}"),
            Operator::OlderThanDays => format!("{column} < {}", self.now.plus(first.saturating_mul(-86_400_000)).0),
            Operator::Contains | Operator::Lacks | Operator::Begins => "1 = 0".to_owned(),
        }
    }

    const fn as_number(&self, value: &FilterValue) -> Option<i64> {
        match value {
            FilterValue::Number(number) => Some(*number),
            FilterValue::Me => Some(self.viewer.0),
            FilterValue::Text(_) => None,
        }
    }

    /// What stands in a table beside.
    fn link(&mut self, table: &str, on: &str, column: &str, condition: &Condition) -> String {
        let alias = &column[..1];
        let exists = |more: String| format!("EXISTS (SELECT 1 FROM {table} WHERE {alias}.account_id = $2 AND {on}{more})");
        let list = crate::sight::numbers(condition.values.iter().filter_map(|v| self.as_number(v)));
        match condition.op {
            Operator::Present => exists(String::new()),
            Operator::Absent => format!("NOT {}", exists(String::new())),
            Operator::Equal => exists(format!(" AND {column} IN ({list})")),
            Operator::NotEqual => format!("NOT {}", exists(format!(" AND {column} IN ({list})"))),
            _ => "1 = 0".to_owned(),
        }
    }

    fn json(&mut self, column: &str, key: &str, condition: &Condition) -> String {
        // Both databases know this arrow (SQLite since 3.38); PostgreSQL asks for the type.
        let key = self.value(key);
        let column = if self.sqlite { column.to_owned() } else { format!("CAST({column} AS JSON)") };
        self.text(&format!("({column} ->> CAST({key} AS TEXT))"), condition)
    }

    fn text(&mut self, column: &str, condition: &Condition) -> String {
        let texts: Vec<&str> =
            condition.values.iter().filter_map(|v| if let FilterValue::Text(text) = v { Some(text.as_str()) } else { None }).collect();
        let first = texts.first().copied().unwrap_or_default();
        match condition.op {
            Operator::Present => format!("COALESCE({column}, '') <> ''"),
            Operator::Absent => format!("COALESCE({column}, '') = ''"),
            Operator::Equal | Operator::NotEqual => {
                let places: Vec<_> = texts.iter().map(|text| self.value(text.to_lowercase())).collect();
                let not = if condition.op == Operator::NotEqual { "NOT " } else { "" };
                format!("{not}COALESCE(lower({column}), '') IN ({})", places.join(", "))
            }
            Operator::Contains => self.like(column, first, &Pattern::Anywhere),
            Operator::Begins => self.like(column, first, &Pattern::Beginning),
            Operator::Lacks => format!("NOT {}", self.like(column, first, &Pattern::Anywhere)),
            Operator::Greater | Operator::Less | Operator::OlderThanDays => "1 = 0".to_owned(),
        }
    }

    fn like(&mut self, column: &str, text: &str, pattern: &Pattern) -> String {
        let escaped = text.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let pattern = match pattern {
            Pattern::Anywhere => format!("%{escaped}%"),
            Pattern::Beginning => format!("{escaped}%"),
        };
        let place = self.value(pattern);
        format!("COALESCE(lower({column}), '') LIKE {place} ESCAPE '\\'")
    }

    fn has(&mut self, condition: &Condition) -> String {
        let Some(FilterValue::Text(what)) = condition.values.first() else { return "1 = 0".to_owned() };
        let inner = match fold(what).as_str() {
            "file" => "m.files > 0",
            "link" => "(m.text LIKE '%http://%' OR m.text LIKE '%https://%')",
            "audio" => "EXISTS (SELECT 1 FROM attachment f WHERE f.account_id = $2 AND f.message_id = m.id AND f.kind = 'audio')",
            _ => return "1 = 0".to_owned(),
        };
        let not = if matches!(condition.op, Operator::NotEqual | Operator::Lacks) { "NOT " } else { "" };
        format!("{not}EXISTS (SELECT 1 FROM message m WHERE m.account_id = $2 AND m.conversation_id = v.id AND {inner})")
    }
}

fn flag(sql: &str, op: Operator) -> String {
    if op == Operator::Absent { format!("NOT ({sql})") } else { sql.to_owned() }
}
