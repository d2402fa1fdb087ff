//! Accounts, people, and what they set up, under ids that are known elsewhere. Conversations stand in `talk`.

use super::{list, taken};
use crate::demo::many;
use crate::inbox::Inbox;
use crate::sql::{Sql, json, vals, word};
use crate::{Error, Tx};
use model::*;
use std::collections::{BTreeMap, BTreeSet};

/// Lets SQLite keep more of the file at hand for as long as it is open (64 MiB): the places of messages' ids and words lie all over it.
///
/// # Errors
/// Those of the database.
pub async fn begin(tx: &Tx) -> Result<(), Error> {
    if tx.is_sqlite() {
        tx.run("PRAGMA cache_size = -65536", vals![]).await?;
    }
    Ok(())
}

/// Makes an account.
///
/// # Errors
/// Those of the database.
pub async fn account(tx: &Tx, id: AccountId, name: &str, language: Language, checklist: &Checklist, at: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO account (id, name, language, created_at, checklist) VALUES ($1, $2, $3, $4, $5)";
    tx.run(sql, vals![id.0, name, language.tag(), at.0, json(checklist)]).await?;
    Ok(())
}

/// Makes a person; false when the e-mail is another's.
///
/// # Errors
/// Those of the database.
pub async fn person(tx: &Tx, of: &crate::person::Person, language: Language, at: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO person (id, name, email, password, language, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email) DO NOTHING";
    let values = vals![of.id.0, of.name.as_str(), of.email.as_str(), of.password.as_deref(), language.tag(), at.0];
    Ok(tx.run(sql, values).await? > 0)
}

/// A person's standing in an account.
#[derive(Clone, Copy, Debug)]
pub struct Member {
    /// Where.
    pub account: AccountId,
    /// Who.
    pub user: UserId,
    /// As what.
    pub role: Role,
    /// What they set by hand.
    pub availability: Availability,
    /// Whether they are away once they have nothing open.
    pub auto_offline: bool,
    /// Whether they have come.
    pub confirmed: bool,
    /// Since when.
    pub at: Timestamp,
}

/// Adds a person to an account; false when they are in it.
///
/// # Errors
/// Those of the database.
pub async fn member(tx: &Tx, m: &Member) -> Result<bool, Error> {
    let sql = "INSERT INTO membership (account_id, user_id, role, availability, auto_offline, confirmed, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT DO NOTHING";
    let (offline, confirmed) = (i64::from(m.auto_offline), i64::from(m.confirmed));
    Ok(tx.run(sql, vals![m.account.0, m.user.0, m.role.name(), word(&m.availability), offline, confirmed, m.at.0]).await? > 0)
}

/// Keeps an API token under its hash; false when it is known.
///
/// # Errors
/// Those of the database.
pub async fn token(tx: &Tx, user: UserId, token_hash: &str, at: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO api_token (user_id, token_hash, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    Ok(tx.run(sql, vals![user.0, token_hash, at.0]).await? > 0)
}

/// Makes a label; false when the title is taken.
///
/// # Errors
/// Those of the database.
pub async fn label(tx: &Tx, account: AccountId, l: &LabelView, at: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO label (id, account_id, title, colour, description, sidebar, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
    let values = vals![l.id.0, account.0, l.title.as_str(), l.colour.as_str(), l.description.as_str(), i64::from(l.sidebar), at.0];
    Ok(tx.run(sql, values).await? > 0)
}

/// Makes a team; false when the name is taken. Members are added by [`team_member`].
///
/// # Errors
/// Those of the database.
pub async fn team(tx: &Tx, account: AccountId, t: &TeamView, at: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO team (id, account_id, name, description, auto_assign, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let values = vals![t.id.0, account.0, t.name.as_str(), t.description.as_str(), i64::from(t.auto_assign), at.0];
    Ok(tx.run(sql, values).await? > 0)
}

/// Puts somebody in a team.
///
/// # Errors
/// Those of the database.
pub async fn team_member(tx: &Tx, account: AccountId, team: TeamId, user: UserId) -> Result<(), Error> {
    let sql = "INSERT INTO team_member (account_id, team_id, user_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    tx.run(sql, vals![account.0, team.0, user.0]).await?;
    Ok(())
}

/// Keeps a saved text; false when the code is taken.
///
/// # Errors
/// Those of the database.
pub async fn canned(tx: &Tx, account: AccountId, c: &CannedView, at: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO canned (id, account_id, short_code, text, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
    Ok(tx.run(sql, vals![c.id.0, account.0, c.code.as_str(), c.text.as_str(), at.0]).await? > 0)
}

/// Defines an attribute; false when the key is taken.
///
/// # Errors
/// Those of the database.
pub async fn attribute(tx: &Tx, account: AccountId, a: &AttributeView, at: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO attribute (id, account_id, entity, key, label, kind, options, description, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
               ON CONFLICT DO NOTHING";
    let d = &a.draft;
    let (entity, kind) = (word(&d.entity), word(&d.kind));
    let values = vals![a.id.0, account.0, entity, d.key.as_str(), d.label.as_str(), kind, json(&d.options), d.description.as_str(), at.0];
    Ok(tx.run(sql, values).await? > 0)
}

/// Keeps a macro.
///
/// # Errors
/// Those of the database.
pub async fn macro_(tx: &Tx, account: AccountId, m: &MacroView, at: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO macro (id, account_id, name, shared, created_by, actions, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    tx.run(sql, vals![m.id.0, account.0, m.name.as_str(), i64::from(m.shared), m.by.0, json(&m.actions), at.0]).await?;
    Ok(())
}

/// Makes an inbox with its members; false when its public key or its provider's account are another's.
///
/// # Errors
/// Those of the database.
pub async fn inbox(tx: &Tx, i: &Inbox, allot: Allotment, members: &[UserId], at: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO inbox (id, account_id, kind, name, public_key, settings, secrets, created_at, account_key, state, auto_assign, most_open) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
    let state = (!i.state.is_connected()).then(|| json(&i.state));
    let values = vals![
        i.id.0,
        i.account.0,
        i.kind.as_str(),
        i.name.as_str(),
        i.public_key.as_str(),
        json(&i.settings),
        json(&i.secrets),
        at.0,
        i.account_key.as_deref(),
        state,
        i64::from(allot.on),
        allot.most
    ];
    if tx.run(sql, values).await? == 0 {
        return Ok(false);
    }
    crate::inbox::set_members(tx, i.account, i.id, members).await?;
    Ok(true)
}

/// Makes a bot under the hash of its token here, and keeps the tokens it had.
///
/// # Errors
/// Those of the database.
pub async fn bot(tx: &Tx, b: &crate::bot::Bot, token_hash: &str, had: &[String], at: Timestamp) -> Result<(), Error> {
    let sql = "INSERT INTO bot (id, account_id, name, description, url, config, nonce, token_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    let (name, description, url) = (b.name.as_str(), b.description.as_str(), b.url.as_str());
    let values = vals![b.id, b.account_id, name, description, url, b.config.as_str(), b.nonce.as_str(), token_hash, at.0];
    tx.run(sql, values).await?;
    for hash in had {
        tx.run("INSERT INTO bot_token (token_hash, bot_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", vals![hash.as_str(), b.id]).await?;
    }
    Ok(())
}

/// Lets a bot answer in an inbox; false where it has no address to be asked at, or another answers there.
///
/// # Errors
/// Those of the database.
pub async fn bot_inbox(tx: &Tx, account: AccountId, inbox: InboxId, bot: i64) -> Result<bool, Error> {
    let sql = "INSERT INTO bot_inbox (inbox_id, account_id, bot_id) SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), id FROM bot WHERE id = $3 AND url <> '' \
               ON CONFLICT DO NOTHING";
    Ok(tx.run(sql, vals![inbox.0, account.0, bot]).await? > 0)
}

/// Keeps a folder.
///
/// # Errors
/// Those of the database.
pub async fn folder(tx: &Tx, account: AccountId, f: &FolderView, at: Timestamp) -> Result<(), Error> {
    let sql =
        "INSERT INTO folder (id, account_id, entity, name, shared, created_by, filter, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let d = &f.draft;
    let values = vals![f.id.0, account.0, word(&d.entity), d.name.as_str(), i64::from(d.shared), f.by.0, json(d), at.0];
    tx.run(sql, values).await?;
    Ok(())
}

/// Makes an endpoint of an account; false when the account has one of this address for the same.
///
/// # Errors
/// Those of the database.
pub async fn webhook(tx: &Tx, w: &crate::webhook::Webhook, at: Timestamp) -> Result<bool, Error> {
    let sql = "INSERT INTO webhook (id, account_id, inbox_id, kind, name, url, subscriptions, nonce, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
               ON CONFLICT DO NOTHING";
    let (kind, name, url) = (w.kind.as_str(), w.name.as_str(), w.url.as_str());
    let values = vals![w.id, w.account_id, w.inbox_id, kind, name, url, w.subscriptions.as_str(), w.nonce.as_str(), at.0];
    Ok(tx.run(sql, values).await? > 0)
}

/// A contact with what clients attached, as JSON.
#[derive(Clone, Debug)]
pub struct Person {
    /// Where.
    pub account: AccountId,
    /// The contact.
    pub view: ContactView,
    /// What clients attached.
    pub extra: Option<String>,
}

/// A detail that could not be kept, because another contact has it: whose, which, and what.
pub type Lost = (i64, &'static str, String);

/// Makes contacts with labels and search rows. A detail that another contact has goes, and is answered.
///
/// # Errors
/// Those of the database.
pub async fn contacts(tx: &Tx, mut all: Vec<Person>) -> Result<Vec<Lost>, Error> {
    type Get = fn(&mut ContactView) -> &mut Option<String>;
    let fields: [(&'static str, Get); 3] =
        [("email", |c| &mut c.email), ("phone", |c| &mut c.phone), ("identifier", |c| &mut c.identifier)];
    let mut lost = Vec::new();
    let accounts: BTreeSet<i64> = all.iter().map(|p| p.account.0).collect();
    for account in accounts {
        for (column, get) in fields {
            let texts: Vec<String> = all.iter_mut().filter(|p| p.account.0 == account).filter_map(|p| get(&mut p.view).clone()).collect();
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let mut seen = taken(tx, "contact", "account_id", account, column, &texts).await?;
            for one in all.iter_mut().filter(|p| p.account.0 == account) {
                let id = one.view.id.0;
                let field = get(&mut one.view);
                if field.as_ref().is_some_and(|text| !seen.insert(text.clone())) {
                    lost.extend(field.take().map(|text| (id, column, text)));
                }
            }
        }
    }
    let row = |p: &Person| {
        let c = &p.view;
        vals![
            c.id.0,
            p.account.0,
            c.name.as_str(),
            c.email.as_deref(),
            c.phone.as_deref(),
            c.identifier.as_deref(),
            i64::from(c.blocked),
            json(&c.attributes),
            crate::contact::words(c),
            c.created_at.0,
            c.last_activity_at.map(|t| t.0),
            (!c.labels.is_empty()).then(|| json(&c.labels))
        ]
    };
    let columns = "id, account_id, name, email, phone, identifier, blocked, attributes, words, created_at, last_activity_at, labels";
    many(tx, "contact", columns, all.iter().map(row).collect(), false).await?;
    if tx.is_sqlite() {
        let words = all.iter().map(|p| vals![p.view.id.0, crate::contact::words(&p.view)]).collect();
        many(tx, "contact_fts", "rowid, words", words, false).await?;
    }
    let labels = all.iter().flat_map(|p| p.view.labels.iter().map(move |l| vals![p.account.0, l.0, p.view.id.0])).collect();
    many(tx, "contact_label", "account_id, label_id, contact_id", labels, false).await?;
    let extras = all.iter().filter_map(|p| Some(vals![p.view.id.0, p.account.0, p.extra.clone()?])).collect();
    many(tx, "contact_extra", "id, account_id, body", extras, false).await?;
    Ok(lost)
}

/// A contact's address in an inbox.
#[derive(Clone, Debug)]
pub struct Place {
    /// Its id.
    pub id: ContactInboxId,
    /// The inbox.
    pub inbox: InboxId,
    /// The contact.
    pub contact: ContactId,
    /// The provider's id of the person.
    pub source: String,
    /// Another id it is known by.
    pub alias: Option<String>,
    /// Whether a signature has proven who it is.
    pub verified: bool,
    /// Since when.
    pub at: Timestamp,
}

/// Makes addresses of contacts that are here, in inboxes of their account; answers the ids of those that could not be made.
///
/// # Errors
/// Those of the database.
pub async fn addresses(tx: &Tx, all: &[Place], inboxes: &BTreeMap<i64, (i64, String)>) -> Result<Vec<i64>, Error> {
    let accounts = accounts_of(tx, "contact", all.iter().map(|p| p.contact.0)).await?;
    let account = |p: &Place| inboxes.get(&p.inbox.0).map(|(account, _)| *account).filter(|a| accounts.get(&p.contact.0) == Some(a));
    let mut twice = BTreeSet::new();
    for inbox in all.iter().map(|p| p.inbox.0).collect::<BTreeSet<_>>() {
        let here: Vec<&Place> = all.iter().filter(|p| p.inbox.0 == inbox).collect();
        let texts: Vec<&str> = here.iter().map(|p| p.source.as_str()).collect();
        let mut seen = taken(tx, "contact_inbox", "inbox_id", inbox, "source_id", &texts).await?;
        twice.extend(here.iter().filter(|p| !seen.insert(p.source.clone())).map(|p| p.id.0));
    }
    let (good, bad): (Vec<&Place>, Vec<&Place>) = all.iter().partition(|p| account(p).is_some() && !twice.contains(&p.id.0));
    let row = |p: &&Place| vals![p.id.0, account(p).unwrap_or_default(), p.inbox.0, p.contact.0, p.source.as_str(), p.at.0];
    let columns = "id, account_id, inbox_id, contact_id, source_id, created_at";
    many(tx, "contact_inbox", columns, good.iter().map(row).collect(), false).await?;
    for p in &good {
        if let Some(alias) = &p.alias {
            let sql = "INSERT INTO contact_alias (account_id, inbox_id, source_id, contact_inbox_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
            tx.run(sql, vals![account(p).unwrap_or_default(), p.inbox.0, alias.as_str(), p.id.0]).await?;
        }
    }
    let verified = list(good.iter().filter(|p| p.verified).map(|p| p.contact.0));
    tx.run(&format!("UPDATE contact SET verified = 1 WHERE id IN ({verified}) AND identifier IS NOT NULL"), vals![]).await?;
    Ok(bad.iter().map(|p| p.id.0).collect())
}

/// The accounts of these rows that are here.
pub(super) async fn accounts_of(tx: &Tx, table: &str, ids: impl IntoIterator<Item = i64>) -> Result<BTreeMap<i64, i64>, Error> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        id: i64,
        account_id: i64,
    }
    let sql = format!("SELECT id, account_id FROM {table} WHERE id IN ({})", list(ids));
    Ok(tx.all::<Row>(&sql, vals![]).await?.into_iter().map(|r| (r.id, r.account_id)).collect())
}

/// Keeps a line about a contact that is here; false when it is not.
///
/// # Errors
/// Those of the database.
pub async fn note(tx: &Tx, contact: ContactId, n: &ContactNoteView) -> Result<bool, Error> {
    let sql = "INSERT INTO contact_note (id, account_id, contact_id, user_id, text, at) SELECT CAST($1 AS BIGINT), account_id, id, CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS BIGINT) \
               FROM contact WHERE id = $5";
    Ok(tx.run(sql, vals![n.id.0, n.author.0, n.text.as_str(), n.at.0, contact.0]).await? > 0)
}
