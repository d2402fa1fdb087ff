//! The ecosystem's filter queries turned into ours: rows of attribute, operator and values joined by AND and OR. How they are asked is the
//! store's business.

use crate::rest_shape::{priority_word, status_word};
use crate::rest_time::moment;
use crate::{Error, Result, Scope, Service};
use model::*;
use serde_json::Value;

/// Names that values may use instead of ids.
struct Names {
    labels: Vec<LabelView>,
    attributes: Vec<AttributeView>,
}

fn wrong(what: &str) -> Error {
    Error::field(what, Violation::Malformed)
}

fn field(entity: Entity, key: &str, names: &Names) -> Result<FilterField> {
    use FilterField as F;
    let custom = |entity| names.attributes.iter().any(|a| a.draft.entity == entity && a.draft.key == key);
    Ok(match (entity, key) {
        (Entity::Conversation, "status") => F::Status,
        (Entity::Conversation, "assignee_id") => F::Assignee,
        (Entity::Conversation, "inbox_id") => F::Inbox,
        (Entity::Conversation, "team_id") => F::Team,
        (Entity::Conversation, "display_id") => F::Number,
        (Entity::Conversation, "priority") => F::Priority,
        (Entity::Conversation, "browser_language" | "conversation_language") => F::Language,
        (Entity::Conversation, "referer" | "referrer") => F::Page,
        (Entity::Conversation, "mail_subject") => F::Subject,
        (Entity::Conversation, "contact_id") => return Err(wrong(key)),
        (_, "labels") => F::Label,
        (_, "created_at") => F::Created,
        (_, "last_activity_at") => F::Active,
        (_, "name") => F::Name,
        (_, "email") => F::Email,
        (_, "phone_number") => F::Phone,
        (_, "identifier") => F::Identifier,
        (_, "blocked") => F::Blocked,
        (_, "city") => F::ContactAttribute("city".to_owned()),
        (_, "country_code") => F::ContactAttribute("country_code".to_owned()),
        (_, "company" | "company_name") => F::ContactAttribute("company".to_owned()),
        (Entity::Conversation, _) if custom(Entity::Conversation) => F::Attribute(key.to_owned()),
        (_, _) if custom(Entity::Contact) => F::ContactAttribute(key.to_owned()),
        _ => return Err(wrong(key)),
    })
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Object(map) => map.get("id").map(text).unwrap_or_default(),
        other => other.to_string(),
    }
}

fn value(field: &FilterField, given: &Value, names: &Names) -> Result<Option<FilterValue>> {
    use FilterField as F;
    let word = text(given);
    let number = |found: Option<i64>| found.map(FilterValue::Number).ok_or_else(|| wrong("values"));
    Ok(Some(match field {
        F::Status if word == "all" => return Ok(None),
        F::Status => number(StatusKind::ALL.into_iter().find(|s| status_word(*s) == word).map(StatusKind::number))?,
        F::Priority => number(Priority::ALL.into_iter().find(|p| priority_word(*p) == word).map(Priority::number))?,
        F::Label => match names.labels.iter().find(|l| l.title == word.to_lowercase()) {
            Some(label) => FilterValue::Number(label.id.0),
            // A label nobody has finds nothing, rather than failing.
            None => FilterValue::Number(0),
        },
        F::Assignee if word == "me" => FilterValue::Me,
        F::Assignee | F::Inbox | F::Team | F::Number => number(word.parse().ok())?,
        F::Created | F::Active => number(moment(&word).map(|t| t.0))?,
        F::Phone => FilterValue::Text(if word.starts_with('+') || word.is_empty() { word } else { format!("+{word}") }),
        _ => FilterValue::Text(word),
    }))
}

fn condition(entity: Entity, row: &Value, names: &Names) -> Result<Filter> {
    let key = row.get("attribute_key").and_then(Value::as_str).ok_or_else(|| wrong("attribute_key"))?;
    let field = field(entity, key, names)?;
    let op = match row.get("filter_operator").and_then(Value::as_str).unwrap_or_default() {
        "equal_to" => Operator::Equal,
        "not_equal_to" => Operator::NotEqual,
        "contains" => Operator::Contains,
        "does_not_contain" => Operator::Lacks,
        "starts_with" => Operator::Begins,
        "is_present" => Operator::Present,
        "is_not_present" => Operator::Absent,
        "is_greater_than" => Operator::Greater,
        "is_less_than" => Operator::Less,
        "days_before" => Operator::OlderThanDays,
        _ => return Err(wrong("filter_operator")),
    };
    if matches!(op, Operator::Present | Operator::Absent) {
        return Ok(Filter::one(field, op, None));
    }
    let given = match row.get("values") {
        Some(Value::Array(list)) => list.clone(),
        Some(Value::Null) | None => return Err(wrong("values")),
        Some(one) => vec![one.clone()],
    };
    if field == FilterField::Blocked {
        let on = given.first().map(text).unwrap_or_default() == "true";
        let op = if on == (op == Operator::Equal) { Operator::Present } else { Operator::Absent };
        return Ok(Filter::one(field, op, None));
    }
    let mut values = Vec::new();
    for one in &given {
        let made = if op == Operator::OlderThanDays {
            Some(FilterValue::Number(text(one).parse().map_err(|_| wrong("values"))?))
        } else {
            value(&field, one, names)?
        };
        match made {
            Some(value) => values.push(value),
            None => return Ok(Filter::everything()),
        }
    }
    // One of several texts is contained: each apart.
    if matches!(op, Operator::Contains | Operator::Lacks | Operator::Begins) && values.len() > 1 {
        let each = values.into_iter().map(|v| Filter::one(field.clone(), op, Some(v))).collect();
        return Ok(if op == Operator::Lacks { Filter::All(each) } else { Filter::Any(each) });
    }
    // Numbers and moments know no set: equality with one value.
    Ok(Filter::Is(Condition { field, op, values }))
}

/// Rows joined as SQL would: AND binds tighter than OR.
fn joined(entity: Entity, rows: &[Value], names: &Names) -> Result<Filter> {
    let mut any: Vec<Vec<Filter>> = vec![Vec::new()];
    for (at, row) in rows.iter().enumerate() {
        let or = at > 0 && rows[at - 1].get("query_operator").and_then(Value::as_str).is_some_and(|word| word.eq_ignore_ascii_case("or"));
        if or {
            any.push(Vec::new());
        }
        if let Some(last) = any.last_mut() {
            last.push(condition(entity, row, names)?);
        }
    }
    let mut parts: Vec<_> = any.into_iter().map(Filter::All).collect();
    Ok(if parts.len() == 1 { parts.remove(0) } else { Filter::Any(parts) })
}

/// Filter rows as a filter, in the words of an account; the same wherever they come from.
///
/// # Errors
/// `Invalid` for what cannot be asked.
pub(crate) fn filter_of(entity: Entity, rows: &[Value], labels: Vec<LabelView>, attributes: Vec<AttributeView>) -> Result<Filter> {
    if rows.len() > 50 {
        return Err(wrong("payload"));
    }
    let made = joined(entity, rows, &Names { labels, attributes })?;
    if made.is_sound(entity) { Ok(made) } else { Err(wrong("payload")) }
}

impl Service {
    /// A client's filter rows as a filter.
    ///
    /// # Errors
    /// `Invalid` for what cannot be asked.
    pub async fn rest_filter(&self, scope: &Scope, entity: Entity, rows: &[Value]) -> Result<Filter> {
        let look = async move |c: &store::Reader, t: &crate::Tenant| {
            Ok((store::label::all(c, t.account).await?, store::saved::attributes(c, t.account).await?))
        };
        let (labels, attributes) = self.enter(scope, Permission::Read)?.read(look).await?;
        filter_of(entity, rows, labels, attributes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn and_binds_tighter_than_or() {
        let names = Names { labels: Vec::new(), attributes: Vec::new() };
        let row = |key: &str, op: &str, values: Value, next: &str| json!({ "attribute_key": key, "filter_operator": op, "values": values, "query_operator": next });
        let rows = [
            row("status", "equal_to", json!(["open"]), "AND"),
            row("inbox_id", "equal_to", json!([1, 2]), "OR"),
            row("assignee_id", "is_not_present", json!([]), ""),
        ];
        let made = joined(Entity::Conversation, &rows, &names).unwrap();
        assert!(matches!(&made, Filter::Any(parts) if matches!(&parts[0], Filter::All(two) if two.len() == 2)));
        assert!(made.is_sound(Entity::Conversation));
        for bad in [
            row("nothing", "equal_to", json!(["x"]), ""),
            row("status", "drops", json!(["open"]), ""),
            json!(7),
            row("status", "equal_to", json!(["closed"]), ""),
        ] {
            assert!(joined(Entity::Conversation, &[bad], &names).is_err());
        }
    }
}
