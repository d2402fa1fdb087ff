//! Inboxes and webhooks. Keys that stand in pasted snippets and in clients' addresses are kept; whoever is a provider's customer must be connected
//! here once, because the provider still calls the other house.

use super::field::Row;
use super::forms::{CHANNELS, beside, form, kind_of};
use super::{ImportError, Move, Place, Result, keep, rows};
use crate::hours;
use crate::{Error, secret};
use model::*;
use std::collections::BTreeMap;
use store::Tx;
use store::inbox::Inbox;
use store::webhook::Webhook;

/// One inbox made ready, and what is to be said of it.
fn ready(row: &Row, channel: &Row, language: Language, now: Timestamp, report: &mut super::ImportReport) -> Inbox {
    let (class, name) = (row.words("channel_type"), row.words("name"));
    let kind = kind_of(&class, channel);
    let mut form = form(kind, channel);
    beside(&mut form, row, channel);
    if kind == "api" && class != "Channel::Api" {
        report.left(
            "inboxes",
            "no such channel here: they came as API inboxes, readable and answerable by API",
            format!("{name} ({class})"),
        );
    }
    if !form.sealed.is_empty() {
        let sealed = form.sealed.join(", ");
        report.left("inbox secrets", "encrypted by the source with a key of its own: type them in again", format!("{name}: {sealed}"));
    }
    let built = channels::find(kind);
    if let Some(channel) = built {
        let mut given = form.settings.clone();
        given.extend(form.secrets.clone());
        if let Err(wrong) = channels::accept(&channel.descriptor().form, language, &BTreeMap::new(), &given) {
            let fields: Vec<_> = wrong.iter().map(|(field, _)| field.as_str()).collect();
            report.left("inbox settings", "to be looked over when the inbox is connected", format!("{name}: {}", fields.join(", ")));
        }
        for field in &channel.descriptor().form {
            let initial = field.initial.in_(language);
            if !initial.is_empty() {
                form.settings.entry(field.key.to_string()).or_insert_with(|| initial.to_owned());
            }
        }
    }
    let own = matches!(kind, "website" | "api");
    if !own {
        report.left("connections", "the provider still calls the source: open the inbox's settings here and connect it", &name);
    }
    Inbox {
        id: InboxId(row.id()),
        account: AccountId(row.refers("account_id").unwrap_or_default()),
        kind: kind.to_owned(),
        name,
        public_key: channel.text("website_token").or_else(|| channel.text("identifier")).unwrap_or_else(secret::public_key),
        account_key: built.and_then(|channel| channel.account(&form.settings)),
        settings: form.settings,
        secrets: form.secrets,
        state: if own { InboxState::Connected } else { InboxState::Moved { since: now } },
        health: InboxHealth::default(),
    }
}

/// Keeps when people are there; false where that cannot be understood.
fn keep_hours(inbox: &mut Inbox, row: &Row, week: &[Row]) -> bool {
    let on = row.on("working_hours_enabled");
    let mut kept = BusinessHours { on, ..hours::of(&inbox.settings) };
    if let Some(zone) = row.text("timezone") {
        kept.zone = zone;
    }
    for one in week {
        let Some((at, day)) = hours::day(&one.0) else { return !on };
        kept.days[at] = day;
    }
    let good = hours::check(&kept).is_ok();
    if good {
        hours::keep(&mut inbox.settings, &kept);
    }
    good || !on
}

impl Move<'_> {
    /// One piece of inboxes, with their channels and members.
    pub(super) async fn boxes(&self, page: Vec<Row>, mut place: Place) -> Result<Place> {
        let from = ImportError::Source;
        let mut channels = BTreeMap::new();
        for (class, table, _) in CHANNELS {
            let ids: Vec<i64> = page.iter().filter(|r| r.words("channel_type") == class).filter_map(|r| r.refers("channel_id")).collect();
            for row in self.source.of(table, "id", &ids).await.map_err(from)?.into_iter().map(Row) {
                channels.insert((class, row.id()), row);
            }
        }
        let ids: Vec<i64> = page.iter().map(Row::id).collect();
        let mut members: BTreeMap<i64, Vec<UserId>> = BTreeMap::new();
        for row in self.source.of("inbox_members", "inbox_id", &ids).await.map_err(from)?.into_iter().map(Row) {
            members.entry(row.refers("inbox_id").unwrap_or_default()).or_default().extend(row.refers("user_id").map(UserId));
        }
        let mut weeks: BTreeMap<i64, Vec<Row>> = BTreeMap::new();
        for row in self.source.of("working_hours", "inbox_id", &ids).await.map_err(from)?.into_iter().map(Row) {
            weeks.entry(row.refers("inbox_id").unwrap_or_default()).or_default().push(row);
        }
        let now = self.service.now();
        let mut made = Vec::new();
        for row in &page {
            let account = row.refers("account_id").unwrap_or_default();
            let Some(language) = self.known.accounts.get(&account) else {
                place.report.left("inboxes", "their account is gone", row.id());
                continue;
            };
            let class = row.words("channel_type");
            let channel = channels
                .iter()
                .find(|((known, id), _)| *known == class && Some(*id) == row.refers("channel_id"))
                .map(|(_, channel)| channel.clone())
                .unwrap_or_default();
            let mut inbox = ready(row, &channel, Language::from_tag(language).unwrap_or_default(), now, &mut place.report);
            if !keep_hours(&mut inbox, row, weeks.get(&row.id()).map_or(&[], Vec::as_slice)) {
                place.report.left("working hours", "not as they can be kept here: set them in the inbox", &inbox.name);
            }
            let most = row.object("auto_assignment_config").int("max_assignment_limit").filter(|most| (1..=10_000).contains(most));
            if row.on("enable_auto_assignment") {
                let why = "as they did there, they give what is open and nobody's to whoever is online: switch it off in the inbox if that is not wanted";
                place.report.left("inboxes that hand out", why, &inbox.name);
            }
            let allot = Allotment { on: row.on("enable_auto_assignment"), most };
            made.push((inbox, allot, members.remove(&row.id()).unwrap_or_default(), row.made()));
        }
        self.write(async move |tx: &mut Tx| {
            let mut count = 0;
            for (mut inbox, allot, members, at) in made {
                if rows::inbox(tx, &inbox, allot, &members, at).await? {
                    count += 1;
                    continue;
                }
                let why = "another inbox here connects the same account or has the same key: it came without";
                place.report.left("inbox connections", why, &inbox.name);
                (inbox.account_key, inbox.public_key) = (None, secret::public_key());
                if !rows::inbox(tx, &inbox, allot, &members, at).await? {
                    return Err(Error::Unexpected(format!("inbox {} cannot be made", inbox.id)));
                }
                count += 1;
            }
            place.report.came("inboxes", count);
            keep(tx, &place).await?;
            Ok(place)
        })
        .await
    }
}

impl Move<'_> {
    /// One piece of webhooks. Their secrets are ours, so receivers that check signatures must learn them.
    pub(super) async fn webhooks(&self, page: Vec<Row>, mut place: Place) -> Result<Place> {
        let known = self.known.clone();
        self.write(async move |tx: &mut Tx| {
            let mut made = 0;
            for row in &page {
                let (account, url) = (row.refers("account_id").unwrap_or_default(), row.words("url"));
                let inbox = row.refers("inbox_id");
                let there = inbox.is_none_or(|inbox| known.inboxes.get(&inbox).is_some_and(|(of, _)| *of == account));
                let address = crate::bots::address("url", &url).ok().filter(|_| there && known.accounts.contains_key(&account));
                let Some(address) = address else {
                    place.report.left("webhooks", "their account or inbox is gone, or their address may not be called", url);
                    continue;
                };
                let blank = crate::webhooks::blank(AccountId(account), "account");
                let hook = Webhook { id: row.id(), inbox_id: inbox, url: address, subscriptions: events(row), ..blank };
                if rows::webhook(tx, &hook, row.made()).await? {
                    made += 1;
                    let why = "they came with secrets of ours: receivers that check signatures must learn them";
                    place.report.left("webhooks' secrets", why, &hook.url);
                } else {
                    place.report.left("webhooks", "another has the same address", url);
                }
            }
            place.report.came("webhooks", made);
            keep(tx, &place).await?;
            Ok(place)
        })
        .await
    }
}

/// The events an endpoint hears, as far as they happen here; the usual ones where none is named.
fn events(row: &Row) -> String {
    let wanted: Vec<String> = row.list("subscriptions").iter().filter_map(super::field::text).collect();
    let known: Vec<&str> = model::HOOK_EVENTS.into_iter().filter(|event| wanted.iter().any(|w| w == event)).collect();
    if known.is_empty() { serde_json::json!(model::HOOK_EVENTS[..8]).to_string() } else { serde_json::json!(known).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inboxes::{IDENTITY_KEY, IDENTITY_REQUIRED};
    use serde_json::{Value, json};

    fn row(value: Value) -> Row {
        Row(value.as_object().unwrap().clone())
    }

    fn one(class: &str, channel: Value) -> (Inbox, super::super::ImportReport) {
        let mut report = super::super::ImportReport::default();
        let inbox = row(json!({ "id": 3, "account_id": 1, "name": "Caixa", "channel_type": class, "channel_id": 9 }));
        (ready(&inbox, &row(channel), Language::Portuguese, Timestamp(5), &mut report), report)
    }

    #[test]
    fn a_snippets_token_and_the_sites_signatures_go_on() {
        let (inbox, report) = one(
            "Channel::WebWidget",
            json!({ "website_token": "abcTOKEN", "hmac_token": "k", "hmac_mandatory": true, "website_url": "https://loja.example/x" }),
        );
        assert_eq!(
            (inbox.public_key.as_str(), inbox.kind.as_str(), inbox.settings["domain"].as_str()),
            ("abcTOKEN", "website", "loja.example")
        );
        assert_eq!((inbox.secrets[IDENTITY_KEY].as_str(), inbox.settings[IDENTITY_REQUIRED].as_str()), ("k", "true"));
        assert!(inbox.state.is_connected() && report.left.is_empty(), "{report:?}");
    }

    #[test]
    fn a_providers_inbox_waits_to_be_connected() {
        let (inbox, report) = one("Channel::Telegram", json!({ "bot_token": "123:abc" }));
        assert_eq!((inbox.kind.as_str(), inbox.account_key.as_deref()), ("telegram", Some("123")));
        assert_eq!(inbox.secrets["token"], "123:abc");
        assert!(!inbox.settings.values().any(|value| value.contains("abc")) && !inbox.state.is_connected());
        assert_eq!(report.left[0].what, "connections");
    }

    #[test]
    fn what_has_no_channel_here_becomes_an_api_inbox_and_is_named() {
        let (inbox, report) = one("Channel::Whatsapp", json!({ "provider": "default", "provider_config": { "api_key": "x" } }));
        assert_eq!(inbox.kind, "api");
        assert_eq!(report.left[0].names, ["Caixa (Channel::Whatsapp)"]);
        let (cloud, _) = one(
            "Channel::Whatsapp",
            json!({ "provider": "whatsapp_cloud", "provider_config": { "api_key": "x", "phone_number_id": "7", "business_account_id": "8" } }),
        );
        assert_eq!((cloud.kind.as_str(), cloud.account_key.as_deref()), ("whatsapp", Some("7")));
    }

    #[test]
    fn sealed_secrets_are_asked_for_again() {
        let (inbox, report) = one(
            "Channel::Email",
            json!({ "email": "a@loja.example", "imap_enabled": true, "imap_address": "imap.loja.example", "imap_password": "{\"p\":\"x\",\"h\":{}}" }),
        );
        assert!(!inbox.secrets.contains_key("imap_password"));
        assert_eq!(report.left[0].names, ["Caixa: imap_password"]);
    }
}
