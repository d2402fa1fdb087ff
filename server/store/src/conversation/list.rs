//! Lists of conversations: by tabs, by filters, of a contact. Nothing here writes.

use super::*;

/// A contact's conversations that the caller may see, newest first.
///
/// # Errors
/// Those of the database.
pub async fn of_contact(
    c: &impl Sql,
    account: AccountId,
    sight: &Sight,
    viewer: UserId,
    contact: ContactId,
) -> Result<Vec<ListRow>, Error> {
    let condition = format!("v.account_id = $2 AND v.contact_id = $3{}", sight.condition("v"));
    rows(c, &condition, "v.id DESC", vals![viewer.0, account.0, contact.0], 50).await
}

/// What a caller's list asks.
#[derive(Clone, Debug)]
pub struct ListQuery<'q> {
    /// Which account.
    pub account: AccountId,
    /// What the caller may see.
    pub sight: &'q Sight,
    /// Who asks.
    pub viewer: UserId,
    /// Which rows.
    pub filter: ListFilter,
    /// Strictly below this position.
    pub below: Option<ListCursor>,
    /// The present, for conditions that count days.
    pub now: Timestamp,
    /// At most so many.
    pub limit: i64,
}

/// A page of the list, in its order. Every shape of it that a tab asks is answered from an index: where the filter leaves the status or
/// the inbox open, each is asked apart for its first rows, because one walk over all of them could pass most of the account by.
///
/// # Errors
/// Those of the database.
pub async fn list(c: &impl Sql, query: &ListQuery<'_>) -> Result<Page<ListRow>, Error> {
    let filter = &query.filter;
    let mut values = vals![query.viewer.0, query.account.0];
    let mut fixed = "v.account_id = $2".to_owned();
    let mut with = |text: &str, value: i64| {
        values.push(value.into());
        fixed.push_str(&text.replace('#', &format!("${}", values.len())));
    };
    match filter.tab {
        Tab::Mine => with(" AND v.assignee_id = #", query.viewer.0),
        Tab::Unassigned => with(" AND v.assignee_id IS NULL AND 0 < #", 1),
        Tab::All => {}
    }
    if let Some(team) = filter.team {
        with(" AND v.team_id = #", team.0);
    }
    if let Some(label) = filter.label {
        with(" AND v.id IN (SELECT conversation_id FROM conversation_label WHERE account_id = $2 AND label_id = #)", label.0);
    }
    if let Some(ListCursor(a, b, d)) = query.below {
        let (tuple, list) = match filter.order {
            ListOrder::Newest => (" AND (v.last_message_at, v.id) < (#", [-a, -b].to_vec()),
            ListOrder::Oldest => (" AND (v.last_message_at, v.id) > (#", [a, b].to_vec()),
            ListOrder::LastCreated => (" AND (v.number) < (#", [-a].to_vec()),
            ListOrder::FirstCreated => (" AND (v.number) > (#", [a].to_vec()),
            ListOrder::Priority => (" AND (COALESCE(v.priority, -1), v.last_message_at, v.id) < (#", [-a, -b, -d].to_vec()),
            ListOrder::LongestWaiting => (" AND (COALESCE(v.waiting_since, 9223372036854775807), v.id) > (#", [a, b].to_vec()),
        };
        for (at, value) in list.iter().enumerate() {
            with(if at == 0 { tuple } else { ", #" }, *value);
        }
        fixed.push(')');
    }
    fixed.push_str(&query.sight.narrow("v"));
    let order = match filter.order {
        ListOrder::Newest => "v.last_message_at DESC, v.id DESC",
        ListOrder::Oldest => "v.last_message_at, v.id",
        ListOrder::LastCreated => "v.number DESC",
        ListOrder::FirstCreated => "v.number",
        ListOrder::Priority => "COALESCE(v.priority, -1) DESC, v.last_message_at DESC, v.id DESC",
        ListOrder::LongestWaiting => "COALESCE(v.waiting_since, 9223372036854775807), v.id",
    };
    let limit = query.limit + 1;
    let arms = arms(query);
    let condition = match arms.as_slice() {
        [one] => format!("{fixed}{one}"),
        several => {
            let arm = |arm: &String| {
                format!("SELECT * FROM (SELECT v.id FROM conversation v WHERE {fixed}{arm} ORDER BY {order} LIMIT {limit}) AS a")
            };
            format!("v.id IN ({})", several.iter().map(arm).collect::<Vec<_>>().join(" UNION ALL "))
        }
    };
    let mut rows = rows(c, &condition, order, values, limit).await?;
    let more = rows.len() as i64 > query.limit;
    rows.truncate(query.limit as usize);
    Ok(Page { rows, more })
}

/// The ways a list is asked: one, or one for each status or inbox it leaves open, so that each begins at the head of an index.
fn arms(query: &ListQuery<'_>) -> Vec<String> {
    let filter = &query.filter;
    // Walks from the newest on find enough at once when nothing but the account is asked; other orders have no index by status.
    let inboxes: Vec<Option<i64>> = match (filter.inbox, &query.sight.inboxes) {
        (Some(inbox), _) if query.sight.contains(inbox) => vec![Some(inbox.0)],
        (Some(_), _) => return vec![" AND 1 = 0".to_owned()],
        (None, Inboxes::All) => vec![None],
        (None, Inboxes::Only(list)) if list.is_empty() => return vec![" AND 1 = 0".to_owned()],
        (None, Inboxes::Only(list)) if list.len() <= 8 && filter.tab != Tab::Mine => list.iter().map(|i| Some(i.0)).collect(),
        (None, Inboxes::Only(_)) => vec![None],
    };
    let indexed = matches!(filter.order, ListOrder::Newest | ListOrder::Oldest);
    let narrowed = filter.tab != Tab::All || inboxes != [None] || filter.team.is_some();
    let statuses: Vec<Option<StatusKind>> = match filter.status {
        Some(status) => vec![Some(status)],
        None if indexed && narrowed && filter.label.is_none() => StatusKind::ALL.into_iter().map(Some).collect(),
        None => vec![None],
    };
    let mut arms = Vec::new();
    for inbox in &inboxes {
        for status in &statuses {
            let mut arm = inbox.map(|inbox| format!(" AND v.inbox_id = {inbox}")).unwrap_or_default();
            if inbox.is_none() {
                arm.push_str(&query.sight.inbox_condition("v.inbox_id"));
            }
            if let Some(status) = status {
                arm.push_str(&format!(" AND v.status = {}", status.number()));
            }
            arms.push(arm);
        }
    }
    arms
}

/// A page of what a filter finds, in an order; what can be asked was checked before.
///
/// # Errors
/// Those of the database.
pub async fn filtered(c: &impl Sql, query: &ListQuery<'_>, filter: &Filter) -> Result<Page<ListRow>, Error> {
    let mut asked = crate::filter::Asked::new(c, query.account, query.viewer, query.now);
    let found = asked.conversations(filter);
    let mut condition = format!("v.account_id = $2{} AND {found}", query.sight.condition("v"));
    let (expression, order) = match query.filter.order {
        ListOrder::Newest => ("-v.last_message_at, -v.id", "v.last_message_at DESC, v.id DESC"),
        ListOrder::Oldest => ("v.last_message_at, v.id", "v.last_message_at, v.id"),
        ListOrder::LastCreated => ("-v.number, 0", "v.number DESC"),
        ListOrder::FirstCreated => ("v.number, 0", "v.number"),
        ListOrder::Priority => {
            ("-COALESCE(v.priority, -1), -v.last_message_at, -v.id", "COALESCE(v.priority, -1) DESC, v.last_message_at DESC, v.id DESC")
        }
        ListOrder::LongestWaiting => {
            ("COALESCE(v.waiting_since, 9223372036854775807), v.id", "COALESCE(v.waiting_since, 9223372036854775807), v.id")
        }
    };
    if let Some(ListCursor(a, b, d)) = query.below {
        let beyond = if query.filter.order == ListOrder::Priority { format!("{a}, {b}, {d}") } else { format!("{a}, {b}") };
        condition.push_str(&format!(" AND ({expression}) > ({beyond})"));
    }
    let mut rows = rows(c, &condition, order, asked.values, query.limit + 1).await?;
    let more = rows.len() as i64 > query.limit;
    rows.truncate(query.limit as usize);
    Ok(Page { rows, more })
}

/// The ids a filter finds, and at most so many; for counting and for work on all of them.
///
/// # Errors
/// Those of the database.
pub async fn matching(
    c: &impl Sql,
    account: AccountId,
    sight: &Sight,
    viewer: UserId,
    filter: &Filter,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<ConversationId>, Error> {
    let mut asked = crate::filter::Asked::new(c, account, viewer, now);
    let found = asked.conversations(filter);
    let sql = format!(
        "SELECT v.id FROM conversation v JOIN contact k ON k.id = v.contact_id WHERE v.account_id = $2 AND 0 <= $1{} AND {found} LIMIT {limit}",
        sight.condition("v")
    );
    Ok(c.all::<Id>(&sql, asked.values).await?.into_iter().map(|r| ConversationId(r.id)).collect())
}

/// One row with the viewer's own mark.
///
/// # Errors
/// Those of the database.
pub async fn row(c: &impl Sql, account: AccountId, viewer: UserId, conversation: Conversation) -> Result<ListRow, Error> {
    let marks = marks_of(c, account, conversation.view.id).await?;
    let mark = marks.iter().find(|m| m.user == viewer);
    Ok(ListRow { conversation: conversation.view, seen: mark.map_or(0, |m| m.seen), draft: mark.is_some_and(|m| m.draft) })
}

async fn rows(c: &impl Sql, condition: &str, order: &str, values: Vec<sea_orm::Value>, limit: i64) -> Result<Vec<ListRow>, Error> {
    #[derive(FromQueryResult)]
    struct Listed {
        #[sea_orm(nested)]
        row: Row,
        seen: Option<i64>,
        draft: Option<i64>,
    }
    let sql = format!(
        "SELECT {COLUMNS}, m.seen, CASE WHEN m.reply_draft <> '' OR m.note_draft <> '' THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS draft \
         FROM conversation v JOIN contact k ON k.id = v.contact_id \
         LEFT JOIN mark m ON m.account_id = v.account_id AND m.conversation_id = v.id AND m.user_id = $1 \
         WHERE {condition} ORDER BY {order} LIMIT {limit}"
    );
    let rows = c.all::<Listed>(&sql, values).await?;
    Ok(rows
        .into_iter()
        .map(|r| ListRow { conversation: Conversation::from(r.row).view, seen: r.seen.unwrap_or(0), draft: r.draft.unwrap_or(0) != 0 })
        .collect())
}
