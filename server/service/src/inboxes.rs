//! Inboxes: the channel grid, creating, configuring and removing. What a website inbox hands out stands in `website`.

use crate::people::note_access;
use crate::{Error, Result, Scope, Service, Tenant, secret};
use channels::website;
use model::*;
use std::borrow::Cow;
use std::collections::BTreeMap;
use store::inbox::{self, Inbox};
use store::{Audience, Reader, Sql, Tx};

/// Keys kept beside the form's own; a form's values never write them.
pub(crate) const PRE_CHAT: &str = "pre_chat";
pub(crate) const DOMAINS: &str = "allowed_domains";
pub(crate) const IDENTITY_REQUIRED: &str = "identity_required";
pub(crate) const IDENTITY_KEY: &str = "identity_key";

/// An inbox as its members see it.
pub(crate) fn view_of(inbox: &Inbox) -> InboxView {
    let channel = channels::find(&inbox.kind);
    InboxView {
        id: inbox.id,
        name: inbox.name.clone(),
        kind: ChannelKind(Cow::Owned(inbox.kind.clone())),
        icon: channel.map_or_else(String::new, |c| c.descriptor().icon.to_owned()),
        capabilities: channel.map_or_else(nothing, |c| c.capabilities(&inbox.settings)),
    }
}

/// What an inbox whose channel this release does not know can carry.
const fn nothing() -> Capabilities {
    Capabilities {
        text_limit: 0,
        image: 0,
        video: 0,
        audio: 0,
        document: 0,
        files: 0,
        delivered: false,
        read: false,
        typing: false,
        reply_window_hours: None,
    }
}

/// The language an account speaks to its customers.
async fn language(c: &impl Sql, account: AccountId) -> Result<Language> {
    Ok(store::account::load(c, account).await?.ok_or_else(Error::missing)?.language)
}

impl Service {
    /// The channel grid.
    ///
    /// # Errors
    /// `Forbidden`.
    pub async fn channels(&self, scope: &Scope) -> Result<Vec<ChannelCard>> {
        let tenant = self.enter(scope, Permission::ManageInboxes)?;
        let inboxes = tenant.read(async move |c: &Reader, t: &Tenant| Ok(inbox::all(c, t.account).await?)).await?;
        let built = channels::all().iter().map(|channel| {
            let about = channel.descriptor();
            ChannelCard {
                kind: ChannelKind(Cow::Borrowed(about.kind)),
                name: about.name.clone(),
                needs: about.needs.clone(),
                icon: about.icon.into(),
                available: true,
                connected: inboxes.iter().filter(|i| i.kind == about.kind).count() as i64,
                form: about.form.clone(),
            }
        });
        Ok(built.chain(channels::coming()).collect())
    }

    /// Creates an inbox; its maker is its first member.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid`, `Missing` for a channel that does not exist.
    pub async fn create_inbox(&self, scope: &Scope, draft: InboxDraft) -> Result<InboxDetail> {
        let channel = channels::find(&draft.kind.0).ok_or_else(Error::missing)?;
        let tenant = self.enter(scope, Permission::ManageInboxes)?;
        let language = tenant.read(async move |c: &Reader, t: &Tenant| language(c, t.account).await).await?;
        let settings = channels::accept(&channel.descriptor().form, language, &BTreeMap::new(), &draft.settings).map_err(Error::Invalid)?;
        let now = self.now();
        let mut made = Inbox {
            id: InboxId(0),
            account: scope.account(),
            kind: channel.descriptor().kind.to_owned(),
            name: settings.get("name").cloned().unwrap_or_default(),
            public_key: secret::public_key(),
            settings,
            secrets: BTreeMap::from([(IDENTITY_KEY.to_owned(), secret::token())]),
        };
        let make = async move |tx: &mut Tx, t: &Tenant| {
            made.id = inbox::insert(tx, &made, now).await?;
            inbox::set_members(tx, t.account, made.id, &[t.user]).await?;
            tx.note(t.account, now, Audience::of(made.id), Change::Inbox { inbox: Box::new(view_of(&made)) });
            crate::desk::tick(tx, t.account, now, |list| list.inbox = true).await?;
            Ok(made)
        };
        let made = tenant.write(make).await?;
        self.detail(made, vec![scope.user()])
    }

    /// One inbox as administrators configure it.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn inbox(&self, scope: &Scope, id: InboxId) -> Result<InboxDetail> {
        let look = async move |c: &Reader, t: &Tenant| {
            let found = inbox::load(c, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?;
            let members = inbox::members(c, t.account, id).await?;
            Ok((found, members))
        };
        let (found, members) = self.enter(scope, Permission::ManageInboxes)?.read(look).await?;
        self.detail(found, members)
    }

    fn detail(&self, inbox: Inbox, members: Vec<UserId>) -> Result<InboxDetail> {
        let channel = channels::find(&inbox.kind).ok_or_else(Error::missing)?;
        let form = channel.descriptor().form.clone();
        let shown = |key: &str| form.iter().any(|f| f.key == key && f.input != FieldInput::Secret);
        let website = (inbox.kind == "website").then(|| crate::website::detail(&inbox, &self.settings().public_url));
        Ok(InboxDetail {
            settings: inbox.settings.iter().filter(|(k, _)| shown(k)).map(|(k, v)| (k.clone(), v.clone())).collect(),
            inbox: view_of(&inbox),
            form,
            members,
            website,
        })
    }

    /// Changes an inbox; absent parts stay. Members who come or go see it at once.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`, `Invalid`.
    pub async fn update_inbox(&self, scope: &Scope, id: InboxId, change: InboxChange) -> Result<InboxDetail> {
        let now = self.now();
        if let Some(domains) = &change.allowed_domains {
            crate::website::check_domains(domains)?;
        }
        if let Some(form) = &change.pre_chat {
            crate::website::check_pre_chat(form)?;
        }
        let update = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = inbox::load(tx, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?;
            let channel = channels::find(&found.kind).ok_or_else(Error::missing)?;
            if let Some(given) = &change.settings {
                let language = language(tx, t.account).await?;
                found.settings = channels::accept(&channel.descriptor().form, language, &found.settings, given).map_err(Error::Invalid)?;
                found.name = found.settings.get("name").cloned().unwrap_or_default();
            }
            let mut keep = |key: &str, value: Option<String>| {
                if let Some(value) = value {
                    found.settings.insert(key.to_owned(), value);
                }
            };
            keep(PRE_CHAT, change.pre_chat.as_ref().map(|form| serde_json::to_string(form).unwrap_or_default()));
            keep(website::FEATURES, change.features.map(website::write_features));
            keep(DOMAINS, change.allowed_domains.as_ref().map(|list| list.join(" ")));
            keep(IDENTITY_REQUIRED, change.identity_required.map(|on| on.to_string()));
            inbox::update(tx, &found).await?;
            tx.note(t.account, now, Audience::of(id), Change::Inbox { inbox: Box::new(view_of(&found)) });
            if let Some(members) = &change.members {
                let before = inbox::members(tx, t.account, id).await?;
                inbox::set_members(tx, t.account, id, members).await?;
                let after = inbox::members(tx, t.account, id).await?;
                let moved = before.iter().filter(|u| !after.contains(u)).chain(after.iter().filter(|u| !before.contains(u)));
                for user in moved {
                    note_access(tx, t.account, *user, now);
                }
            }
            let members = inbox::members(tx, t.account, id).await?;
            Ok((found, members))
        };
        let (found, members) = self.enter(scope, Permission::ManageInboxes)?.write(update).await?;
        self.detail(found, members)
    }

    /// Removes an inbox with its conversations; the name guards against slips.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`; `Invalid` when the name is another.
    pub async fn delete_inbox(&self, scope: &Scope, id: InboxId, name: &str) -> Result<()> {
        let (name, now) = (name.trim().to_owned(), self.now());
        let delete = async move |tx: &mut Tx, t: &Tenant| {
            let found = inbox::load(tx, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?;
            if found.name != name {
                return Err(Error::field("name", Violation::Malformed));
            }
            let paths = inbox::delete(tx, t.account, id).await?;
            tx.note(t.account, now, Audience::everybody(), Change::InboxRemoved { inbox: id });
            Ok(paths)
        };
        let paths = self.enter(scope, Permission::ManageInboxes)?.write(delete).await?;
        self.remove_files(paths).await;
        Ok(())
    }
}
