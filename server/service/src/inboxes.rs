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
const PASTE: &str = "by_hand";
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
        state: inbox.state.clone(),
    }
}

/// What an inbox whose channel this release does not know can carry.
fn nothing() -> Capabilities {
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
        more: Abilities::default(),
    }
}

/// The language an account speaks to its customers.
pub(crate) async fn language(c: &impl Sql, account: AccountId) -> Result<Language> {
    Ok(store::account::load(c, account).await?.ok_or_else(Error::missing)?.language)
}

/// Puts a form's values where they belong: secrets apart, for they never go to a browser.
fn take_values(inbox: &mut Inbox, channel: &dyn channels::Channel, values: BTreeMap<String, String>) {
    let form = &channel.descriptor().form;
    for (key, value) in values {
        let hidden = form.iter().any(|field| field.key == key.as_str() && field.input == FieldInput::Secret);
        let place = if hidden { &mut inbox.secrets } else { &mut inbox.settings };
        place.insert(key, value);
    }
}

/// Why a provider would not have it, in its own words.
pub(crate) fn refused(error: channels::SendError) -> Error {
    use channels::SendError as E;
    tracing::info!(%error, "a provider did not accept an inbox");
    Error::Provider(match error {
        E::Refused { text: Some(words), .. } => words,
        E::Retry { why, .. } | E::Refused { why, .. } | E::WindowClosed { why } | E::Disconnected { why } | E::Unknown { why } => why,
        E::Partial { why, .. } => why.to_string(),
    })
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
                guide: about.guide.clone(),
                form: about.form.clone(),
                login: self.has_login(*channel),
                ways: self.login_ways(*channel),
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
        let given = channels::accept(&channel.descriptor().form, language, &BTreeMap::new(), &draft.settings).map_err(Error::Invalid)?;
        let now = self.now();
        let mut made = Inbox {
            id: InboxId(0),
            account: scope.account(),
            kind: channel.descriptor().kind.to_owned(),
            name: given.get("name").cloned().unwrap_or_default(),
            public_key: secret::public_key(),
            settings: BTreeMap::new(),
            secrets: BTreeMap::from([(IDENTITY_KEY.to_owned(), secret::token())]),
            account_key: None,
            state: InboxState::Connected,
            health: InboxHealth::default(),
        };
        take_values(&mut made, channel, given);
        self.learn(channel, &mut made).await?;
        // Some providers call back while they are being connected: the inbox must be there by then.
        let first = made.clone();
        let add = async move |tx: &mut Tx, t: &Tenant| {
            let id = inbox::insert(tx, &first, now).await?;
            inbox::set_members(tx, t.account, id, &[t.user]).await?;
            Ok(id)
        };
        made.id = tenant.write(add).await?;
        if let Err(refused) = self.arrange(channel, &mut made).await {
            let id = made.id;
            tenant.write(async move |tx: &mut Tx, t: &Tenant| Ok(inbox::delete(tx, t.account, id).await?)).await?;
            return Err(refused);
        }
        let make = async move |tx: &mut Tx, t: &Tenant| {
            inbox::update(tx, &made).await?;
            tx.note(t.account, now, Audience::of(made.id), Change::Inbox { inbox: Box::new(view_of(&made)) });
            crate::desk::tick(tx, t.account, now, |list| list.inbox = true).await?;
            Ok(made)
        };
        let made = tenant.write(make).await?;
        self.detail(made, vec![scope.user()], Allotment::default()).await
    }

    /// Checks an inbox's credentials with its provider; what is learnt on the way is kept in it.
    async fn learn(&self, channel: &dyn channels::Channel, inbox: &mut Inbox) -> Result<()> {
        let wiring = self.wiring(&inbox.kind, &inbox.public_key);
        let health = channel.check(&self.link_of(&wiring, inbox)).await.map_err(refused)?;
        inbox.settings.extend(health.learnt);
        inbox.account_key = channel.account(&inbox.settings);
        Ok(())
    }

    /// Arranges an inbox's deliveries with its provider, or keeps what a person must paste there.
    async fn arrange(&self, channel: &dyn channels::Channel, inbox: &mut Inbox) -> Result<()> {
        let wiring = self.wiring(&inbox.kind, &inbox.public_key);
        let connected = channel.connect(&self.link_of(&wiring, inbox)).await.map_err(refused)?;
        inbox.settings.extend(connected.settings);
        inbox.secrets.extend(connected.secrets);
        let paste: Vec<Paste> = connected.by_hand.into_iter().map(|paste| Paste { label: paste.label, value: paste.value }).collect();
        inbox.settings.insert(PASTE.to_owned(), serde_json::to_string(&paste).unwrap_or_default());
        inbox.account_key = channel.account(&inbox.settings);
        Ok(())
    }

    /// The same for changed values of an inbox that exists.
    async fn reconnect(&self, scope: &Scope, id: InboxId, given: &BTreeMap<String, String>) -> Result<Inbox> {
        let look = async move |c: &Reader, t: &Tenant| {
            Ok((inbox::load(c, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?, language(c, t.account).await?))
        };
        let (mut found, language) = self.enter(scope, Permission::ManageInboxes)?.read(look).await?;
        let channel = channels::find(&found.kind).ok_or_else(Error::missing)?;
        let form = &channel.descriptor().form;
        let mut start = found.settings.clone();
        for field in form.iter().filter(|field| field.input == FieldInput::Secret) {
            start.extend(found.secrets.get(field.key.as_ref()).map(|kept| (field.key.to_string(), kept.clone())));
        }
        // A secret left empty stays what it is: it was never shown.
        let given = given
            .iter()
            .filter(|(key, value)| !value.trim().is_empty() || !form.iter().any(|f| f.key == key.as_str() && f.input == FieldInput::Secret))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        let values = channels::accept(form, language, &start, &given).map_err(Error::Invalid)?;
        found.name = values.get("name").cloned().unwrap_or_default();
        take_values(&mut found, channel, values);
        self.learn(channel, &mut found).await?;
        self.arrange(channel, &mut found).await?;
        Ok(found)
    }

    /// Asks the provider whether an inbox works; one that does is connected again, and what waited leaves.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`; `Provider` in the provider's words.
    pub async fn check_inbox(&self, scope: &Scope, id: InboxId) -> Result<InboxDetail> {
        self.update_inbox(scope, id, InboxChange { settings: Some(BTreeMap::new()), ..InboxChange::default() }).await
    }

    /// One inbox as administrators configure it.
    ///
    /// # Errors
    /// `Forbidden`, `Missing`.
    pub async fn inbox(&self, scope: &Scope, id: InboxId) -> Result<InboxDetail> {
        let look = async move |c: &Reader, t: &Tenant| {
            let mut found = inbox::load(c, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?;
            found.health.waiting = inbox::waiting(c, t.account, id).await?;
            let members = inbox::members(c, t.account, id).await?;
            Ok((found, members, store::allot::rule(c, t.account, id).await?))
        };
        let (found, members, allotment) = self.enter(scope, Permission::ManageInboxes)?.read(look).await?;
        self.detail(found, members, allotment).await
    }

    async fn detail(&self, inbox: Inbox, members: Vec<UserId>, allotment: Allotment) -> Result<InboxDetail> {
        let channel = channels::find(&inbox.kind).ok_or_else(Error::missing)?;
        let form = channel.descriptor().form.clone();
        let shown = |key: &str| form.iter().any(|f| f.key == key && f.input != FieldInput::Secret);
        let website = (inbox.kind == "website").then(|| crate::website::detail(&inbox, &self.settings().public_url));
        Ok(InboxDetail {
            settings: inbox.settings.iter().filter(|(k, _)| shown(k)).map(|(k, v)| (k.clone(), v.clone())).collect(),
            inbox: view_of(&inbox),
            form,
            members,
            health: inbox.health.clone(),
            hook: (!channel.is_journal()).then(|| format!("{}/hooks/{}/{}", self.settings().public_url, inbox.kind, inbox.public_key)),
            paste: inbox.settings.get(PASTE).and_then(|kept| serde_json::from_str(kept).ok()).unwrap_or_default(),
            login: self.has_login(channel),
            ways: self.login_ways(channel),
            website,
            program: if inbox.kind == "api" { Some(self.program(&inbox).await?) } else { None },
            allotment,
            hours: crate::hours::of(&inbox.settings),
        })
    }

    /// What the program behind an API inbox is to be told.
    async fn program(&self, inbox: &Inbox) -> Result<ProgramDetail> {
        let (service, id) = (self.clone(), inbox.id);
        let look = async move |c: &Reader| service.secret_view(c, SecretOf::Inbox(id)).await;
        Ok(ProgramDetail {
            address: format!("{}/public/api/v1/inboxes/{}", self.settings().public_url, inbox.public_key),
            identifier: inbox.public_key.clone(),
            identity_key: crate::website::identity_key(inbox),
            identity_required: crate::website::identity_required(inbox),
            callback: inbox.settings.get("webhook_url").cloned().unwrap_or_default(),
            secret: self.0.store.read(look).await?,
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
        if change.allotment.and_then(|allotment| allotment.most).is_some_and(|most| !(1..=10_000).contains(&most)) {
            return Err(Error::field("most", Violation::Malformed));
        }
        if let Some(hours) = &change.hours {
            crate::hours::check(hours)?;
        }
        if let Some(form) = &change.pre_chat {
            crate::website::check_pre_chat(form)?;
        }
        let connected = match &change.settings {
            Some(given) => Some(self.reconnect(scope, id, given).await?),
            None => None,
        };
        let update = async move |tx: &mut Tx, t: &Tenant| {
            let mut found = inbox::load(tx, t.account, t.inbox(id)?).await?.ok_or_else(Error::missing)?;
            if let Some(connected) = connected {
                // What the form and the provider said; what others changed meanwhile beside the form stays.
                found.name = connected.name;
                found.settings.extend(connected.settings);
                found.secrets.extend(connected.secrets);
                found.account_key = connected.account_key;
                inbox::set_state(tx, t.account, id, &InboxState::Connected).await?;
                found.state = InboxState::Connected;
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
            if let Some(hours) = &change.hours {
                crate::hours::keep(&mut found.settings, hours);
            }
            inbox::update(tx, &found).await?;
            if let Some(allotment) = change.allotment {
                store::allot::set_rule(tx, t.account, id, allotment).await?;
            }
            found.health.waiting = inbox::waiting(tx, t.account, id).await?;
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
            Ok((found, members, store::allot::rule(tx, t.account, id).await?))
        };
        let (found, members, allotment) = self.enter(scope, Permission::ManageInboxes)?.write(update).await?;
        self.detail(found, members, allotment).await
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
