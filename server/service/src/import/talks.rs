//! Contacts, their addresses and notes, conversations, and what is settled once messages are here.

use super::field::{Row, text};
use super::{ImportError, Move, Place, Result, keep, rows};
use crate::Error;
use crate::rest_given::{TYPED, remember, texts};
use crate::rest_shape::ADDITIONAL;
use model::*;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use store::Tx;
use store::import::{Person, Place as Address, ReadUntil, Talk};

/// What clients attached, as it is kept; none where there is nothing.
fn kept(extra: Map<String, Value>) -> Option<String> {
    (!extra.is_empty()).then(|| Value::Object(extra).to_string())
}

/// Custom attributes as texts; their types go beside.
fn attributes(given: &Row, extra: &mut Map<String, Value>) -> BTreeMap<String, String> {
    remember(extra, &given.0);
    let kept = texts(&given.0).into_iter().filter(|(_, value)| !value.is_empty());
    kept.map(|(key, value)| (key, value.replace('\0', ""))).collect()
}

/// A telephone number in E.164, which is how both keep them.
fn phone(given: String) -> Option<String> {
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    (given.starts_with('+') && (5..=15).contains(&digits.len())).then(|| format!("+{digits}"))
}

fn contact(row: &Row, labels: Vec<LabelId>, report: &mut super::ImportReport) -> Person {
    let mut extra = row.object("additional_attributes").0;
    extra.remove(TYPED);
    let mut kept_here = attributes(&row.object("custom_attributes"), &mut extra);
    for (theirs, ours) in ADDITIONAL {
        if let Some(value) = extra.get(theirs).and_then(text) {
            extra.remove(theirs);
            kept_here.insert(ours.to_owned(), value);
        }
    }
    for (column, ours) in [("location", "city"), ("country_code", "country_code")] {
        if let Some(value) = row.text(column) {
            kept_here.entry(ours.to_owned()).or_insert(value);
        }
    }
    let number = row.text("phone_number");
    let fits = number.clone().and_then(phone);
    if let (Some(given), None) = (&number, &fits) {
        report.left(
            "contacts' numbers",
            "not in international form: kept as the attribute `phone_number`",
            format!("{}: {given}", row.id()),
        );
        kept_here.insert("phone_number".to_owned(), given.clone());
    }
    let name: Vec<String> = ["name", "middle_name", "last_name"].into_iter().filter_map(|key| row.text(key)).collect();
    let view = ContactView {
        id: ContactId(row.id()),
        name: name.join(" ").trim().to_owned(),
        email: row.text("email").map(|email| email.trim().to_lowercase()),
        phone: fits,
        identifier: row.text("identifier"),
        verified: false,
        blocked: row.on("blocked"),
        attributes: kept_here,
        created_at: row.made(),
        last_activity_at: row.at("last_activity_at"),
        labels,
    };
    Person { account: AccountId(row.refers("account_id").unwrap_or_default()), view, extra: kept(extra) }
}

fn origin(given: &mut Map<String, Value>) -> Origin {
    let browser = Row(given.remove("browser").and_then(|b| b.as_object().cloned()).unwrap_or_default());
    let named = [browser.text("browser_name"), browser.text("browser_version")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let mut take = |key: &str| given.remove(key).as_ref().and_then(text);
    Origin {
        page: take("referer"),
        browser: (!named.is_empty()).then_some(named),
        system: browser.text("platform_name"),
        language: take("browser_language"),
    }
}

impl Move<'_> {
    /// One piece of contacts, with their labels.
    pub(super) async fn contacts(&self, page: Vec<Row>, mut place: Place) -> Result<Place> {
        let ids: Vec<i64> = page.iter().map(Row::id).collect();
        let tags = self.tags("Contact", &ids).await?;
        let mut people = Vec::with_capacity(page.len());
        for row in &page {
            let account = row.refers("account_id").unwrap_or_default();
            if !self.known.accounts.contains_key(&account) {
                place.report.count("contacts", "their account is gone", 1);
                continue;
            }
            let labels = self.labels(account, tags.get(&row.id()), &mut place.report);
            people.push(contact(row, labels, &mut place.report));
        }
        self.write(async move |tx: &mut Tx| {
            place.report.came("contacts", people.len() as i64);
            for (id, what, text) in rows::contacts(tx, people).await? {
                let why = "another contact of the account has it: it stays with the first";
                place.report.left("contacts' details", why, format!("contact {id}: {what} {text}"));
            }
            keep(tx, &place).await?;
            Ok(place)
        })
        .await
    }

    /// One piece of contacts' addresses in inboxes.
    pub(super) async fn addresses(&self, page: Vec<Row>, mut place: Place) -> Result<Place> {
        let ids: Vec<i64> = page.iter().filter_map(|r| r.refers("contact_id")).collect();
        let people = self.source.of("contacts", "id", &ids).await.map_err(ImportError::Source)?;
        let identifiers: BTreeMap<i64, String> =
            people.into_iter().map(Row).filter_map(|p| Some((p.id(), p.text("identifier")?))).collect();
        let inboxes = self.known.inboxes.clone();
        let address = |row: &Row| {
            let (inbox, contact) = (row.refers("inbox_id").unwrap_or_default(), row.refers("contact_id").unwrap_or_default());
            let site = inboxes.get(&inbox).is_some_and(|(_, kind)| kind == "website");
            Address {
                id: ContactInboxId(row.id()),
                inbox: InboxId(inbox),
                contact: ContactId(contact),
                source: row.words("source_id"),
                // Under this name a site's own visitor is looked for once the site says who they are.
                alias: identifiers.get(&contact).filter(|_| site).map(|identifier| format!("user {identifier}")),
                verified: row.on("hmac_verified"),
                at: row.made(),
            }
        };
        let all: Vec<Address> = page.iter().map(address).collect();
        let inboxes = self.known.inboxes.clone();
        self.write(async move |tx: &mut Tx| {
            let bad = rows::addresses(tx, &all, &inboxes).await?;
            place.report.came("contact addresses", (all.len() - bad.len()) as i64);
            for id in bad {
                place.report.left("contact addresses", "their contact or inbox is gone, or another has the same id there", id);
            }
            keep(tx, &place).await?;
            Ok(place)
        })
        .await
    }

    /// One conversation, as far as its own row says; none where its inbox is gone.
    fn talk(&self, row: &Row, labels: Vec<LabelId>, participants: Vec<UserId>, report: &mut super::ImportReport) -> Option<Talk> {
        let account = row.refers("account_id").unwrap_or_default();
        let (number, inbox) = (row.int("display_id").unwrap_or_default(), row.refers("inbox_id").unwrap_or_default());
        if self.known.inboxes.get(&inbox).is_none_or(|(of, _)| *of != account) {
            report.left("conversations", "their inbox is gone", format!("account {account}, number {number}"));
            return None;
        }
        let member = |key: &str| row.refers(key).filter(|user| self.known.members.contains(&(account, *user)));
        if row.refers("assignee_id").is_some() && member("assignee_id").is_none() {
            report.count("assignments", "their person is gone from the account: the conversation is nobody's", 1);
        }
        let mut extra = row.object("additional_attributes").0;
        let origin = origin(&mut extra);
        let subject = extra.remove("mail_subject").as_ref().and_then(text);
        let own = attributes(&row.object("custom_attributes"), &mut extra);
        if let Some(identifier) = row.text("identifier") {
            extra.insert("identifier".to_owned(), identifier.into());
        }
        let status = match row.int("status") {
            Some(1) => Status::Resolved,
            Some(2) => Status::Pending,
            Some(3) => Status::Snoozed { until: row.at("snoozed_until") },
            _ => Status::Open,
        };
        let made = row.made();
        let view = ConversationView {
            id: ConversationId(row.id()),
            number,
            inbox: InboxId(inbox),
            contact: ContactBrief { id: ContactId(row.refers("contact_id").unwrap_or_default()), name: String::new(), hint: None },
            status,
            assignee: member("assignee_id").map(UserId),
            preview: None,
            last_message_at: made,
            created_at: made,
            incoming: 0,
            waiting_since: row.at("waiting_since"),
            contact_seen_at: row.at("contact_last_seen_at"),
            last_incoming_at: None,
            origin,
            priority: row.int("priority").and_then(Priority::from_number),
            labels,
            team: row.refers("team_id").filter(|team| self.known.teams.get(team) == Some(&account)).map(TeamId),
            muted: false,
            subject,
            starter: None,
        };
        Some(Talk {
            account: AccountId(account),
            view,
            address: row.refers("contact_inbox_id").map(ContactInboxId),
            uuid: row.text("uuid").unwrap_or_else(|| uuid::Uuid::new_v4().to_string()),
            first_reply_at: row.at("first_reply_created_at"),
            attributes: own,
            extra: kept(extra),
            participants,
        })
    }

    /// One piece of conversations, with labels and followers.
    pub(super) async fn talks(&self, page: Vec<Row>, mut place: Place) -> Result<Place> {
        let ids: Vec<i64> = page.iter().map(Row::id).collect();
        let tags = self.tags("Conversation", &ids).await?;
        let mut followers: BTreeMap<i64, Vec<(i64, UserId)>> = BTreeMap::new();
        for row in
            self.source.of("conversation_participants", "conversation_id", &ids).await.map_err(ImportError::Source)?.into_iter().map(Row)
        {
            if let (Some(of), Some(user)) = (row.refers("conversation_id"), row.refers("user_id")) {
                followers.entry(of).or_default().push((row.refers("account_id").unwrap_or_default(), UserId(user)));
            }
        }
        let mut all = Vec::with_capacity(page.len());
        for row in &page {
            let account = row.refers("account_id").unwrap_or_default();
            let labels = self.labels(account, tags.get(&row.id()), &mut place.report);
            let people = followers.remove(&row.id()).unwrap_or_default();
            let people = people.into_iter().filter(|(of, u)| self.known.members.contains(&(*of, u.0))).map(|(_, user)| user).collect();
            all.extend(self.talk(row, labels, people, &mut place.report));
        }
        self.write(async move |tx: &mut Tx| {
            let asked = all.len();
            let names: BTreeMap<i64, String> =
                all.iter().map(|t| (t.view.id.0, format!("account {}, number {}", t.account, t.view.number))).collect();
            let bad = rows::conversations(tx, all).await?;
            place.report.came("conversations", (asked - bad.len()) as i64);
            for id in bad {
                let name = names.get(&id).cloned().unwrap_or_default();
                place.report.left("conversations", "their contact is gone", name);
            }
            keep(tx, &place).await?;
            Ok(place)
        })
        .await
    }

    /// One piece of notes about contacts.
    pub(super) async fn notes(&self, page: Vec<Row>, mut place: Place) -> Result<Place> {
        self.write(async move |tx: &mut Tx| {
            let mut made = 0;
            for row in &page {
                let note = ContactNoteView {
                    id: NoteId(row.id()),
                    author: UserId(row.refers("user_id").unwrap_or_default()),
                    text: row.words("content"),
                    at: row.made(),
                };
                if rows::note(tx, ContactId(row.refers("contact_id").unwrap_or_default()), &note).await? {
                    made += 1;
                } else {
                    place.report.count("contact notes", "their contact is gone", 1);
                }
            }
            place.report.came("contact notes", made);
            keep(tx, &place).await?;
            Ok(place)
        })
        .await
    }

    /// One piece of conversations, settled by the messages that came.
    pub(super) async fn settle(&self, page: Vec<Row>, place: Place) -> Result<Place> {
        let read = |row: &Row| {
            // An assignee reads on where the rest of the team has not.
            let at = row.at("agent_last_seen_at").max(row.at("assignee_last_seen_at"));
            ReadUntil { conversation: ConversationId(row.id()), at }
        };
        let all: Vec<ReadUntil> = page.iter().map(read).collect();
        self.write(async move |tx: &mut Tx| {
            rows::settle(tx, &all).await?;
            keep(tx, &place).await?;
            Ok(place)
        })
        .await
    }

    /// An account's counters, and where ids go on.
    pub(super) async fn counters(&self, page: Vec<Row>, place: Place) -> Result<Place> {
        let mut counted = Vec::new();
        for account in page.iter().map(Row::id) {
            let drawn = self.source.counted(&format!("conv_dpid_seq_{account}")).await.map_err(ImportError::Source)?;
            counted.push((AccountId(account), drawn.unwrap_or_default()));
        }
        self.write(async move |tx: &mut Tx| {
            for (account, drawn) in counted {
                rows::recount(tx, account, drawn).await?;
            }
            rows::go_on(tx).await?;
            keep(tx, &place).await?;
            Ok::<_, Error>(place)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_contacts_attributes_are_texts_and_remember_their_types() {
        let row = json!({
            "id": 4, "account_id": 1, "name": "Bia", "last_name": "Lima", "email": "Bia@Loja.example", "phone_number": "+5511987654321",
            "additional_attributes": { "city": "Recife", "company_name": "Aurora", "social_profiles": { "x": "bia" } },
            "custom_attributes": { "plan": "gold", "orders": 3 }, "created_at": "2025-01-01T00:00:00"
        });
        let mut report = super::super::ImportReport::default();
        let made = contact(&Row(row.as_object().unwrap().clone()), Vec::new(), &mut report);
        let k = &made.view;
        assert_eq!(
            (k.name.as_str(), k.email.as_deref(), k.phone.as_deref()),
            ("Bia Lima", Some("bia@loja.example"), Some("+5511987654321"))
        );
        let at = |key: &str| k.attributes.get(key).map(String::as_str);
        assert_eq!((at("city"), at("company"), at("plan"), at("orders")), (Some("Recife"), Some("Aurora"), Some("gold"), Some("3")));
        let extra: Value = serde_json::from_str(&made.extra.unwrap()).unwrap();
        assert_eq!(extra, json!({ "social_profiles": { "x": "bia" }, "__typed": { "orders": 3 } }));
        assert!(report.left.is_empty());
    }

    #[test]
    fn a_number_nobody_can_dial_stays_as_an_attribute() {
        let row = json!({ "id": 4, "account_id": 1, "phone_number": "98765" });
        let mut report = super::super::ImportReport::default();
        let made = contact(&Row(row.as_object().unwrap().clone()), Vec::new(), &mut report);
        assert_eq!((made.view.phone, made.view.attributes["phone_number"].as_str()), (None, "98765"));
        assert_eq!(report.left[0].count, 1);
    }
}
