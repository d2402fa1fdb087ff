//! Lists that a filter makes: what the address asks for, what the server found, and the folders that keep filters.
//! What passes a filter is the server's judgement alone: an event makes the list ask again, it is never guessed here.

use super::Store;
use crate::json::{self, Raw};
use crate::routes::{Place, Sought, query_of, query_of_sought};
use crate::store::ask::{ask_text, post, read};
use api::Fault;
use kit::i18n::fault_text;
use kit::spawn;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use model::*;
use serde::Deserialize;
use std::time::Duration;

/// How long after an event a filter is asked again; what follows meanwhile is answered by the same question.
const REST: Duration = Duration::from_millis(350);

/// A folder as the list of scopes needs it; its filter stays the text it came as, so that the first route carries no filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its id.
    pub id: FolderId,
    /// Its name.
    pub name: String,
    /// Whether everybody sees it.
    pub shared: bool,
    /// Who made it.
    pub by: UserId,
    /// How much it finds, at most a thousand.
    pub count: i64,
    filter: String,
    order: ListOrder,
}

impl Folder {
    /// Its filter as JSON.
    #[must_use]
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// In which order it comes.
    #[must_use]
    pub const fn order(&self) -> ListOrder {
        self.order
    }
}

#[derive(Deserialize)]
struct Line {
    id: FolderId,
    draft: Draft,
    by: UserId,
    count: Option<i64>,
}

#[derive(Deserialize)]
struct Draft {
    name: String,
    entity: Entity,
    shared: bool,
    filter: Raw,
    #[serde(default)]
    order: ListOrder,
}

/// What a filter found so far.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What the address asks for.
    pub sought: Sought,
    /// The filter as JSON, once it is known.
    pub filter: Option<String>,
    /// In which order.
    pub order: ListOrder,
    /// How much there is, at most a thousand, once it is counted.
    pub count: Option<i64>,
    /// Whether the folder asked for is none.
    pub missing: bool,
    ids: Vec<ConversationId>,
    bottom: Option<ListCursor>,
    more: bool,
}

impl Found {
    /// Nothing yet of what the address asks for.
    #[must_use]
    pub const fn nothing(sought: Sought) -> Self {
        let order = match sought.order {
            Some(order) => order,
            None => ListOrder::Newest,
        };
        Self { sought, filter: None, order, count: None, missing: false, ids: Vec::new(), bottom: None, more: false }
    }
}

impl Store {
    /// The address of this list, perhaps with a conversation open.
    #[must_use]
    pub fn address(self, number: Option<i64>) -> String {
        if let Some(query) = self.found.with(|found| found.as_ref().map(|found| query_of_sought(&found.sought))) {
            return format!("{}{query}", Place::Conversations { inbox: None, number }.href(self.account));
        }
        let filter = self.filter();
        format!("{}{}", Place::Conversations { inbox: filter.inbox, number }.href(self.account), query_of(&filter, None))
    }

    /// Shows what a filter finds, or the plain list again.
    pub fn seek(self, sought: Option<Sought>) {
        let Some(sought) = sought else {
            if self.found.with_untracked(Option::is_some) {
                self.found.set(None);
                self.list_loading.set(false);
                self.drop_picks();
                self.sort();
            }
            return;
        };
        let filter = match (&sought.filter, sought.folder) {
            (Some(filter), _) => Some((filter.clone(), sought.order.unwrap_or_default())),
            (None, Some(id)) => self.folders.with_untracked(|folders| {
                let known = folders.as_ref()?.iter().find(|folder| folder.id == id)?;
                Some((known.filter.clone(), sought.order.unwrap_or(known.order)))
            }),
            (None, None) => None,
        };
        let same = self.found.with_untracked(|found| {
            found.as_ref().is_some_and(|found| {
                found.sought == sought
                    && filter.as_ref().is_none_or(|(text, order)| found.filter.as_ref() == Some(text) && found.order == *order)
            })
        });
        let known = filter.is_some();
        let missing = !known && self.folders.with_untracked(Option::is_some);
        if same && !missing {
            return;
        }
        let mut next = Found::nothing(sought);
        next.missing = missing;
        if let Some((text, order)) = filter {
            (next.filter, next.order) = (Some(text), order);
        }
        self.found.set(Some(next));
        self.drop_picks();
        self.list_loading.set(!missing);
        self.sort();
        if known {
            self.ask_found(None);
        }
    }

    /// Asks for a page of what the filter finds; without a position, for the first one and the count.
    pub(super) fn ask_found(self, below: Option<ListCursor>) {
        let Some((filter, order)) = self.found.with_untracked(|found| found.as_ref().and_then(|f| Some((f.filter.clone()?, f.order))))
        else {
            return;
        };
        let account = self.account;
        let (wanted, from) = (json::write(&order).unwrap_or_default(), json::write(&below).unwrap_or_default());
        let page = format!(r#"{{"account":{account},"filter":{filter},"order":{wanted},"below":{from}}}"#);
        let still = move |filter: &str| {
            self.found.with_untracked(|found| found.as_ref().is_some_and(|f| f.filter.as_deref() == Some(filter) && f.order == order))
        };
        spawn(async move {
            let answer = read::<Stamped<Page<ListRow>>>(post(<api::Filtered as ServerFn>::PATH, page).await);
            if !still(&filter) {
                return;
            }
            self.list_loading.set(false);
            match answer {
                Ok(page) => self.take_found(below, page),
                Err(fault) => self.toasts.fail(fault_text(self.locale.now(), &fault.0)),
            }
            if below.is_none() {
                let body = format!(r#"{{"account":{account},"filters":[{filter}]}}"#);
                let count = read::<Vec<i64>>(post(<api::CountFiltered as ServerFn>::PATH, body).await);
                if let (Ok(count), true) = (count, still(&filter)) {
                    self.found.update(|found| {
                        if let Some(found) = found {
                            found.count = count.first().copied();
                        }
                    });
                }
            }
        });
    }

    fn take_found(self, below: Option<ListCursor>, page: Stamped<Page<ListRow>>) {
        let Some(order) = self.found.with_untracked(|found| found.as_ref().map(|found| found.order)) else { return };
        let fresh: Vec<ConversationId> = page.data.rows.iter().map(|row| row.conversation.id).collect();
        let bottom = page.data.rows.last().map(|row| ListCursor::of(&row.conversation, order));
        let more = page.data.more;
        self.merge(page.seq, |part| part.rows.extend(page.data.rows.into_iter().map(|row| (row.conversation.id, row))));
        self.found.update(|found| {
            let Some(found) = found else { return };
            if below.is_some() {
                found.ids.retain(|id| !fresh.contains(id));
                found.ids.extend(fresh);
                (found.bottom, found.more) = (bottom.or(found.bottom), more);
                return;
            }
            // The first page is asked again when something happened; what was loaded below it stays.
            let beyond = |id: &ConversationId| {
                more && !fresh.contains(id)
                    && self.row(*id).is_some_and(|row| Some(row.with_untracked(|r| ListCursor::of(&r.conversation, order))) > bottom)
            };
            let rest: Vec<_> = found.ids.iter().copied().filter(beyond).collect();
            if rest.is_empty() {
                (found.bottom, found.more) = (bottom, more);
            }
            found.ids = fresh.into_iter().chain(rest).collect();
        });
        self.sort();
    }

    /// The rows of the filtered list in order, and whether more lie beyond; none while the plain list shows.
    pub(super) fn found_rows(self) -> Option<(Vec<ConversationId>, bool)> {
        let (mut rows, order, more) =
            self.found.with_untracked(|found| found.as_ref().map(|found| (found.ids.clone(), found.order, found.more)))?;
        self.desk.with_value(|desk| {
            rows.retain(|id| desk.rows.contains_key(id));
            rows.sort_by_cached_key(|id| desk.rows.get(id).map(|row| order.key(&row.conversation)));
        });
        Some((rows, more))
    }

    /// Where the filtered list goes on.
    pub(super) fn found_bottom(self) -> Option<ListCursor> {
        self.found.with_untracked(|found| found.as_ref().filter(|found| found.more).and_then(|found| found.bottom))
    }

    /// Loads the folders and what they hold.
    pub fn load_folders(self) {
        spawn(async move {
            let lines: Result<Vec<Line>, Fault> = read(ask_text(api::Folders { account: self.account }).await);
            let Ok(lines) = lines else { return };
            let folders: Vec<_> = lines
                .into_iter()
                .filter(|line| line.draft.entity == Entity::Conversation)
                .map(|Line { id, draft, by, count }| Folder {
                    id,
                    by,
                    name: draft.name,
                    shared: draft.shared,
                    count: count.unwrap_or_default(),
                    filter: draft.filter.0,
                    order: draft.order,
                })
                .collect();
            if self.folders.with_untracked(|old| old.as_ref() != Some(&folders)) {
                self.folders.set(Some(folders));
            }
        });
    }

    /// Something happened that filters may see differently: they are asked again, once for all that happens meanwhile.
    pub(super) fn stir(self) {
        let asks = self.found.with_untracked(Option::is_some)
            || self.folders.with_untracked(|all| all.as_ref().is_some_and(|all| !all.is_empty()));
        if !asks || self.stirred.get_value() {
            return;
        }
        self.stirred.set_value(true);
        set_timeout(
            move || {
                self.stirred.set_value(false);
                self.ask_found(None);
                if self.folders.with_untracked(|all| all.as_ref().is_some_and(|all| !all.is_empty())) {
                    self.load_folders();
                }
            },
            REST,
        );
    }
}
