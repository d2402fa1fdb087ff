//! Filters: conditions over conversations or contacts joined by AND and OR, and the folders that keep them. How they are asked is the store's business.

use crate::*;
use serde::{Deserialize, Serialize};

/// Conditions, joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// All of these hold; none of them always does.
    All(Vec<Filter>),
    /// One of these holds.
    Any(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// One condition.
    Is(Condition),
}

/// One condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// What is looked at.
    pub field: FilterField,
    /// How it is compared.
    pub op: Operator,
    /// With what; several values mean one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<FilterValue>,
}

/// What a condition looks at. Those of contacts hold for a conversation's contact too.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterField {
    /// A conversation's status, by its public number.
    Status,
    /// Who has it.
    Assignee,
    /// Its inbox.
    Inbox,
    /// Its team.
    Team,
    /// Its number.
    Number,
    /// Its labels; a contact's for contacts.
    Label,
    /// Its priority, by its public number.
    Priority,
    /// When it began; when the contact was made for contacts.
    Created,
    /// When something was last said; when they were last active for contacts.
    Active,
    /// Since when the customer waits.
    Waiting,
    /// Its subject.
    Subject,
    /// The customer's language.
    Language,
    /// The page it began on.
    Page,
    /// A colleague who takes part.
    Participant,
    /// A colleague mentioned in it.
    Mentioned,
    /// No person has answered, or the customer waits.
    Unattended,
    /// The viewer has not read all of it.
    Unread,
    /// A file, sound or link in a message.
    Has,
    /// An attribute of the conversation.
    Attribute(String),
    /// A contact's name.
    Name,
    /// Their e-mail.
    Email,
    /// Their phone.
    Phone,
    /// Their identifier.
    Identifier,
    /// Whether they are blocked.
    Blocked,
    /// An attribute of the contact, `company` and `city` among them.
    ContactAttribute(String),
}

/// How a condition compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operator {
    /// Is one of the values.
    Equal,
    /// Is none of the values; what is absent is none of them.
    NotEqual,
    /// Has the text in it, whatever its case and accents are where the store can.
    Contains,
    /// Has it not.
    Lacks,
    /// Begins with the text.
    Begins,
    /// There is one.
    Present,
    /// There is none.
    Absent,
    /// Is later or larger.
    Greater,
    /// Is earlier or smaller.
    Less,
    /// Is longer ago than so many days (1 to 998).
    OlderThanDays,
}

/// What a condition compares with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FilterValue {
    /// An id, a number, or a moment in milliseconds.
    Number(i64),
    /// A text.
    Text(String),
    /// Whoever looks.
    Me,
}

/// What kind of value a field has; decides which operators it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Id,
    Moment,
    Number,
    Text,
    Flag,
}

impl FilterField {
    const fn shape(&self) -> Shape {
        match self {
            Self::Status
            | Self::Assignee
            | Self::Inbox
            | Self::Team
            | Self::Label
            | Self::Priority
            | Self::Participant
            | Self::Mentioned => Shape::Id,
            Self::Created | Self::Active | Self::Waiting => Shape::Moment,
            Self::Number => Shape::Number,
            Self::Unattended | Self::Unread | Self::Blocked => Shape::Flag,
            Self::Subject
            | Self::Language
            | Self::Page
            | Self::Has
            | Self::Attribute(_)
            | Self::Name
            | Self::Email
            | Self::Phone
            | Self::Identifier
            | Self::ContactAttribute(_) => Shape::Text,
        }
    }

    /// Whether filters over contacts know it.
    const fn of_contacts(&self) -> bool {
        matches!(
            self,
            Self::Label
                | Self::Created
                | Self::Active
                | Self::Name
                | Self::Email
                | Self::Phone
                | Self::Identifier
                | Self::Blocked
                | Self::ContactAttribute(_)
        )
    }

    /// Whether it takes this operator.
    #[must_use]
    pub const fn takes(&self, op: Operator) -> bool {
        use Operator as O;
        match self.shape() {
            Shape::Id => matches!(op, O::Equal | O::NotEqual | O::Present | O::Absent),
            Shape::Moment => matches!(op, O::Greater | O::Less | O::OlderThanDays | O::Present | O::Absent),
            Shape::Number => matches!(op, O::Equal | O::NotEqual | O::Greater | O::Less),
            Shape::Text => matches!(op, O::Equal | O::NotEqual | O::Contains | O::Lacks | O::Begins | O::Present | O::Absent),
            Shape::Flag => matches!(op, O::Present | O::Absent),
        }
    }
}

impl Filter {
    /// The filter that finds everything.
    #[must_use]
    pub const fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// One condition with one value.
    #[must_use]
    pub fn one(field: FilterField, op: Operator, value: Option<FilterValue>) -> Self {
        Self::Is(Condition { field, op, values: value.into_iter().collect() })
    }

    /// Whether it can be asked: known fields, fitting operators and values, at most 50 conditions, five deep.
    #[must_use]
    pub fn is_sound(&self, entity: Entity) -> bool {
        let mut left = 50;
        self.sound(entity, 5, &mut left)
    }

    fn sound(&self, entity: Entity, depth: u32, left: &mut u32) -> bool {
        match self {
            _ if depth == 0 || *left == 0 => false,
            Self::All(list) | Self::Any(list) => list.iter().all(|f| f.sound(entity, depth - 1, left)),
            Self::Not(inner) => inner.sound(entity, depth - 1, left),
            Self::Is(condition) => {
                *left -= 1;
                condition.is_sound(entity)
            }
        }
    }
}

impl Condition {
    fn is_sound(&self, entity: Entity) -> bool {
        let key = match &self.field {
            FilterField::Attribute(key) | FilterField::ContactAttribute(key) => {
                !key.is_empty() && key.len() <= 60 && key.chars().all(is_word)
            }
            _ => true,
        };
        let bare = matches!(self.op, Operator::Present | Operator::Absent);
        let several = matches!(self.op, Operator::Equal | Operator::NotEqual);
        let count = if bare {
            self.values.is_empty()
        } else if several {
            (1..=100).contains(&self.values.len())
        } else {
            self.values.len() == 1
        };
        let values = self.values.iter().all(|value| match (self.field.shape(), value) {
            (Shape::Moment, FilterValue::Number(days)) if self.op == Operator::OlderThanDays => (1..=998).contains(days),
            (Shape::Id | Shape::Moment | Shape::Number, FilterValue::Number(_)) => true,
            (Shape::Id, FilterValue::Me) => {
                matches!(self.field, FilterField::Assignee | FilterField::Participant | FilterField::Mentioned)
            }
            (Shape::Text, FilterValue::Text(text)) => !text.is_empty() && text.chars().count() <= 500,
            _ => false,
        });
        key && count && values && self.field.takes(self.op) && (entity == Entity::Conversation || self.field.of_contacts())
    }
}

/// A saved filter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderView {
    /// Its id.
    pub id: FolderId,
    /// What it says.
    pub draft: FolderDraft,
    /// Who made it.
    pub by: UserId,
    /// How much it finds, at most a thousand; for conversations.
    pub count: Option<i64>,
}

/// A saved filter as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderDraft {
    /// Its name.
    pub name: String,
    /// What it is about; never changes.
    pub entity: Entity,
    /// Whether everybody sees it; only administrators' are.
    pub shared: bool,
    /// What it finds.
    pub filter: Filter,
    /// In which order.
    #[serde(default)]
    pub order: ListOrder,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_can_be_asked_is_sound() {
        let one = |field, op, values: &[FilterValue]| Filter::Is(Condition { field, op, values: values.to_vec() });
        let (number, text) = (FilterValue::Number(1), FilterValue::Text("a".into()));
        for good in [
            Filter::everything(),
            one(FilterField::Status, Operator::Equal, &[number.clone(), FilterValue::Number(2)]),
            one(FilterField::Assignee, Operator::Equal, &[FilterValue::Me]),
            one(FilterField::Attribute("plano".into()), Operator::Contains, std::slice::from_ref(&text)),
            Filter::Not(Box::new(one(FilterField::Unread, Operator::Present, &[]))),
        ] {
            assert!(good.is_sound(Entity::Conversation), "{good:?}");
        }
        for bad in [
            one(FilterField::Status, Operator::Contains, std::slice::from_ref(&number)),
            one(FilterField::Inbox, Operator::Equal, &[FilterValue::Me]),
            one(FilterField::Name, Operator::Equal, std::slice::from_ref(&number)),
            one(FilterField::Attribute("a' OR 1=1 --".into()), Operator::Equal, std::slice::from_ref(&text)),
            one(FilterField::Created, Operator::OlderThanDays, &[FilterValue::Number(0)]),
            one(FilterField::Name, Operator::Present, &[text]),
        ] {
            assert!(!bad.is_sound(Entity::Conversation), "{bad:?}");
        }
        assert!(!one(FilterField::Status, Operator::Equal, &[number]).is_sound(Entity::Contact));
        let deep = (0..9).fold(Filter::everything(), |inner, _| Filter::Not(Box::new(inner)));
        assert!(!deep.is_sound(Entity::Conversation));
    }
}
