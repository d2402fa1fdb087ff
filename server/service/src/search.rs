//! Searching everything the caller may see: messages, notes, subjects, file names, contacts. The names typed in operators become ids here.

use crate::{Result, Scope, Service, Tenant};
use model::*;
use store::search::Wanted;
use store::{Reader, contact, conversation, inbox, label, person, search};

/// Hits of one page.
const PAGE: i64 = 20;

impl Service {
    /// What was typed, understood, and what it finds, newest first. `below` asks on after the last message found.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn search(&self, scope: &Scope, text: &str, below: Option<MessageId>) -> Result<SearchView> {
        let query = Query::parse(text);
        if query.is_empty() {
            return Ok(SearchView::default());
        }
        let now = self.now();
        let look = async move |c: &Reader, t: &Tenant| {
            let plain = query.words.iter().chain(&query.phrases).cloned().collect::<Vec<_>>().join(" ");
            let Some(wanted) = wanted(c, t, query.clone(), below).await? else { return Ok(SearchView::default()) };
            let page = search::messages(c, t.account, &t.inboxes, t.user, &wanted, PAGE).await?;
            let mut view = SearchView { messages: page.rows, more: page.more, ..SearchView::default() };
            let operators = Query { words: Vec::new(), phrases: Vec::new(), ..query.clone() };
            if below.is_none() && operators.is_empty() && !plain.is_empty() {
                let asked = contact::ListQuery {
                    account: t.account,
                    search: plain.clone(),
                    filter: Filter::everything(),
                    order: ContactOrder::Active,
                    after: None,
                    limit: 5,
                    now,
                };
                view.contacts = contact::list(c, &asked).await?.rows;
                if let Ok(number) = plain.trim_start_matches('#').parse() {
                    view.conversations.extend(conversation::by_number(c, t.account, &t.inboxes, number).await?.map(|found| found.view));
                }
            }
            Ok(view)
        };
        self.enter(scope, Permission::Read)?.read(look).await
    }
}

/// Names as ids; none when a name is nobody's, so that nothing can be found.
async fn wanted(c: &Reader, t: &Tenant, query: Query, below: Option<MessageId>) -> Result<Option<Wanted>> {
    let mut wanted = Wanted { below, ..Wanted::default() };
    let folded = |text: &str| contact::fold(text);
    if let Some(name) = &query.channel {
        let name = folded(name);
        let all = inbox::all(c, t.account).await?;
        wanted.inboxes = Some(all.iter().filter(|i| folded(&i.name).contains(&name) || i.kind == name).map(|i| i.id).collect());
    }
    if let Some(title) = &query.label {
        let all = label::all(c, t.account).await?;
        wanted.label = all.iter().find(|l| folded(&l.title) == folded(title)).map(|l| l.id);
        if wanted.label.is_none() {
            return Ok(None);
        }
    }
    if let Some(name) = &query.assignee {
        let name = folded(name);
        wanted.assignee = if matches!(name.as_str(), "eu" | "me") {
            Some(t.user)
        } else {
            person::agents(c, t.account, None).await?.iter().find(|a| folded(&a.name).contains(&name) || a.email == name).map(|a| a.id)
        };
        if wanted.assignee.is_none() {
            return Ok(None);
        }
    }
    wanted.query = query;
    Ok(Some(wanted))
}
