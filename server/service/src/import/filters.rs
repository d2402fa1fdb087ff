//! Saved filters, which are folders here: their conditions are read as those of an API client are.

use super::field::Row;
use super::{Move, Place, Result, keep, rows};
use crate::rest_filter::filter_of;
use model::*;
use serde_json::Value;
use std::collections::BTreeMap;
use store::Tx;

/// The rows of a filter, in either shape they were kept in; none for what is no list of conditions.
fn conditions(query: &Row) -> Option<Vec<Value>> {
    query.0.get("payload")?.as_array().cloned().filter(|rows| !rows.is_empty())
}

impl Move<'_> {
    /// One piece of saved filters: each is its person's own folder.
    pub(super) async fn filters(&self, page: Vec<Row>, mut place: Place) -> Result<Place> {
        let known = self.known.clone();
        self.write(async move |tx: &mut Tx| {
            let (mut made, mut words) = (0, BTreeMap::new());
            for row in &page {
                let (account, user) = (row.refers("account_id").unwrap_or_default(), row.refers("user_id").unwrap_or_default());
                let name = row.words("name");
                let report = &mut place.report;
                if !known.members.contains(&(account, user)) {
                    report.left("saved filters", "their account or person is gone", name);
                    continue;
                }
                let entity = match row.int("filter_type") {
                    Some(0) | None => Entity::Conversation,
                    Some(1) => Entity::Contact,
                    Some(_) => {
                        report.left("saved filters", "those of reports are not offered here yet", name);
                        continue;
                    }
                };
                if let std::collections::btree_map::Entry::Vacant(empty) = words.entry(account) {
                    let of = AccountId(account);
                    empty.insert((store::label::all(tx, of).await?, store::saved::attributes(tx, of).await?));
                }
                let (labels, attributes) = words[&account].clone();
                let filter = conditions(&row.object("query")).and_then(|rows| filter_of(entity, &rows, labels, attributes).ok());
                let Some(filter) = filter else {
                    report.left("saved filters", "they ask for what is not kept here", name);
                    continue;
                };
                let name = if name.trim().is_empty() { format!("{}", row.id()) } else { name.trim().chars().take(100).collect() };
                let draft = FolderDraft { name, entity, shared: false, filter, order: ListOrder::default() };
                let view = FolderView { id: FolderId(row.id()), draft, by: UserId(user), count: None };
                rows::folder(tx, AccountId(account), &view, row.made()).await?;
                made += 1;
            }
            place.report.came("saved filters", made);
            keep(tx, &place).await?;
            Ok(place)
        })
        .await
    }
}
