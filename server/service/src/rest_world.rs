//! What every answer of the REST API needs to be worded: the account's names, read once, and threads with all that clients see of them.
//! How they are worded stands in `rest_shape`.

use crate::{Error, Result, Service};
use model::*;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use store::bot::Bot;
use store::contact::{self, ContactInbox};
use store::conversation::{self, Conversation};
use store::inbox::Inbox;
use store::platform::{self, Bearer};
use store::{Sight, Sql, message, person};

/// An account's names.
pub(crate) struct World {
    pub service: Service,
    pub account: AccountId,
    pub name: String,
    pub public_url: String,
    pub now: Timestamp,
    pub labels: BTreeMap<LabelId, LabelView>,
    pub agents: Vec<AgentView>,
    /// Who has a screen or a stream open.
    pub here: Vec<UserId>,
    pub teams: Vec<TeamView>,
    pub inboxes: BTreeMap<InboxId, Inbox>,
    pub allotments: BTreeMap<InboxId, Allotment>,
    pub bots: BTreeMap<i64, Bot>,
    pub attributes: Vec<AttributeView>,
    /// Of the inboxes and bots whose secret was given anew.
    pub signing: BTreeMap<SecretOf, store::signing::Signing>,
}

/// What API clients attach to a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct MessageExtra {
    /// The bot that wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bot: Option<i64>,
    /// `input_select`, `cards`, …; none for plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_type: Option<String>,
    /// As given, `submitted_values` among them once the customer chose.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub content_attributes: Map<String, Value>,
    /// The client's own id, echoed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub echo_id: Option<Value>,
    /// The outside system's id of a message sent by us.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
}

/// A message with what clients see of it.
pub(crate) struct Said {
    pub message: MessageView,
    pub source: Option<String>,
    pub extra: MessageExtra,
}

/// A conversation with what clients see of it.
pub(crate) struct Thread {
    pub conversation: Conversation,
    pub contact: Who,
    pub address: ContactInbox,
    pub uuid: String,
    pub attributes: BTreeMap<String, String>,
    pub additional: Map<String, Value>,
    /// How many incoming messages some agent has read.
    pub seen: i64,
    /// The last message of any kind.
    pub last: Option<Said>,
    /// The last one that is no activity, where that is another.
    pub said: Option<Said>,
    /// The last one the customer may see.
    pub shown: Option<Said>,
}

/// A contact with what clients attached.
#[derive(Clone)]
pub(crate) struct Who {
    pub contact: ContactView,
    pub additional: Map<String, Value>,
}

impl World {
    pub(crate) async fn load(service: &Service, c: &impl Sql, account: AccountId) -> Result<Self> {
        let row = store::account::load(c, account).await?.ok_or_else(Error::missing)?;
        Ok(Self {
            service: service.clone(),
            account,
            name: row.name,
            public_url: service.settings().public_url.clone(),
            now: service.now(),
            labels: store::label::all(c, account).await?.into_iter().map(|l| (l.id, l)).collect(),
            agents: person::agents(c, account, None).await?,
            here: service.0.hub.here(account),
            teams: store::team::all(c, account).await?,
            inboxes: store::inbox::all(c, account).await?.into_iter().map(|i| (i.id, i)).collect(),
            allotments: store::allot::rules(c, account).await?,
            bots: store::bot::all(c, account).await?.into_iter().map(|b| (b.id, b)).collect(),
            attributes: store::saved::attributes(c, account).await?,
            signing: store::signing::all(c, account).await?.into_iter().collect(),
        })
    }

    pub(crate) fn agent(&self, user: UserId) -> Option<&AgentView> {
        self.agents.iter().find(|a| a.id == user)
    }

    pub(crate) fn titles(&self, labels: &[LabelId]) -> Vec<&str> {
        labels.iter().filter_map(|id| self.labels.get(id)).map(|l| l.title.as_str()).collect()
    }

    /// The labels of these titles; unknown ones are left out.
    pub(crate) fn labels_of(&self, titles: &[String]) -> Vec<LabelId> {
        let known = |title: &String| self.labels.values().find(|l| l.title == title.trim().to_lowercase()).map(|l| l.id);
        titles.iter().filter_map(known).collect()
    }

    /// What clients see of these messages.
    pub(crate) async fn said(&self, c: &impl Sql, messages: Vec<MessageView>) -> Result<Vec<Said>> {
        let ids: Vec<_> = messages.iter().map(|m| m.id).collect();
        let numbers: Vec<_> = ids.iter().map(|id| id.0).collect();
        let mut sources = platform::sources(c, self.account, &ids).await?;
        let mut extras = platform::extras(c, self.account, Bearer::Message, &numbers).await?;
        let said = |message: MessageView| {
            let extra: MessageExtra = extras.remove(&message.id.0).and_then(|e| serde_json::from_str(&e).ok()).unwrap_or_default();
            let source = sources.remove(&message.id.0).or_else(|| extra.source_id.clone());
            Said { message, source, extra }
        };
        Ok(messages.into_iter().map(said).collect())
    }

    /// Contacts with what clients attached to them.
    pub(crate) async fn who(&self, c: &impl Sql, contacts: Vec<ContactView>) -> Result<Vec<Who>> {
        let ids: Vec<_> = contacts.iter().map(|k| k.id.0).collect();
        let mut extras = platform::extras(c, self.account, Bearer::Contact, &ids).await?;
        let with = |contact: ContactView| {
            let additional = extras.remove(&contact.id.0).and_then(|e| serde_json::from_str(&e).ok()).unwrap_or_default();
            Who { contact, additional }
        };
        Ok(contacts.into_iter().map(with).collect())
    }

    /// These conversations as far as a reader may see them, in the order given.
    pub(crate) async fn threads(&self, c: &impl Sql, sight: &Sight, ids: &[ConversationId]) -> Result<Vec<Thread>> {
        let mut tails = platform::tails(c, self.account, ids).await?;
        let numbers: Vec<_> = ids.iter().map(|id| id.0).collect();
        let mut extras = platform::extras(c, self.account, Bearer::Conversation, &numbers).await?;
        let mut threads = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(conversation) = conversation::load(c, self.account, sight, *id).await? else { continue };
            let Some(tail) = tails.remove(&id.0) else { continue };
            let contact = contact::load(c, self.account, conversation.view.contact.id).await?.ok_or_else(Error::missing)?;
            let contact = self.who(c, vec![contact]).await?.pop().ok_or_else(Error::missing)?;
            let address = contact::address_by_id(c, self.account, conversation.contact_inbox).await?.ok_or_else(Error::missing)?;
            let mut last = None;
            if let Some(id) = tail.last
                && let Some(found) = message::load(c, self.account, MessageId(id)).await?
            {
                last = self.said(c, vec![found]).await?.pop();
            }
            let mut said = None;
            if tail.said != tail.last
                && let Some(id) = tail.said
                && let Some(found) = message::load(c, self.account, MessageId(id)).await?
            {
                said = self.said(c, vec![found]).await?.pop();
            }
            let mut shown = None;
            if let Some(id) = tail.shown
                && let Some(found) = message::load(c, self.account, MessageId(id)).await?
            {
                shown = self.said(c, vec![found]).await?.pop();
            }
            let seen = conversation::marks_of(c, self.account, *id).await?.iter().map(|m| m.seen).max().unwrap_or(0);
            threads.push(Thread {
                uuid: tail.uuid,
                attributes: serde_json::from_str(&tail.attributes).unwrap_or_default(),
                additional: extras.remove(&id.0).and_then(|e| serde_json::from_str(&e).ok()).unwrap_or_default(),
                conversation,
                contact,
                address,
                seen,
                last,
                said,
                shown,
            });
        }
        Ok(threads)
    }
}
