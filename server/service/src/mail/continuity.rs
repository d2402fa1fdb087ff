//! A website visitor who left gets what they did not see by mail, after a pause in which they may still see it; their answer by mail joins the same
//! conversation through the signed address. It leaves through the account's own mail inbox, which is where the answer comes in.

use super::{KIND, business, reply_key};
use crate::{Error, Result, Service, Tenant};
use channels::email::compose::Outgoing;
use channels::email::thread::Purpose;
use channels::email::{self, Address};
use model::*;
use serde::{Deserialize, Serialize};
use store::inbox::{self, Inbox};
use store::{Lease, NewJob, Reader, Tx, contact, conversation, mailbox, message, person};

/// The kind of job.
pub(crate) const CONTINUE: &str = "continuity";
/// The switch of a website inbox.
const SETTING: &str = "continuity";
/// How long a visitor has to see a reply before it is mailed, in milliseconds.
pub(crate) const PAUSE: i64 = 2 * 60 * 1000;
/// Attempts before it is given up; the words stay in the chat.
const ATTEMPTS: i64 = 6;
/// Most messages of one mail.
const MOST: i64 = 30;

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Waiting {
    account: AccountId,
    conversation: ConversationId,
    message: MessageId,
}

/// What is to be mailed.
struct Unseen {
    to: Address,
    inbox: Inbox,
    site: Inbox,
    language: Language,
    messages: Vec<(MessageView, String)>,
    earlier: Option<String>,
}

impl Service {
    /// After a reply reached the chat: looks in a while whether it was seen, where the inbox wants that.
    pub(crate) async fn continue_later(&self, tenant: &Tenant, site: &Inbox, said: &MessageView) -> Result<()> {
        let wanted = site.settings.get(SETTING).is_some_and(|on| on == "true");
        if !wanted || !matches!(said.author, Author::User { .. }) {
            return Ok(());
        }
        let waiting = Waiting { account: tenant.account, conversation: said.conversation, message: said.id };
        let job = NewJob {
            lane: format!("{CONTINUE} {} {}", tenant.account, said.conversation),
            kind: CONTINUE,
            key: Some(format!("{CONTINUE} {} {}", tenant.account, said.id)),
            body: serde_json::to_string(&waiting).unwrap_or_default(),
            run_at: self.now().plus(PAUSE),
        };
        tenant.write(async move |tx: &mut Tx, _: &Tenant| Ok(tx.enqueue(job).await?)).await
    }

    /// Mails what a visitor has not seen, each message once.
    pub(crate) async fn continue_by_mail(&self, lease: Lease) -> Result<()> {
        let Ok(waiting) = serde_json::from_str::<Waiting>(&lease.body) else { return self.give_up(&lease, "unreadable body").await };
        let tenant = self.own(waiting.account);
        let found = tenant.read(async move |c: &Reader, t: &Tenant| unseen(c, t, &waiting).await).await?;
        let Some(found) = found.filter(|found| !found.messages.is_empty()) else { return self.done(&tenant, lease).await };
        let domain = email::domain(&found.inbox.settings);
        let last = found.messages.last().map_or(MessageId(0), |(message, _)| message.id);
        let (signer, of) = (&self.0.mail, waiting.conversation);
        let id = signer.message_id(&last.to_string(), &of.to_string(), &domain);
        let reply = signer.reply_address(Purpose::Customer, &reply_key(tenant.account, of), &domain);
        let portuguese = found.language == Language::Portuguese;
        let name = business(&found.site);
        let written = Outgoing {
            from: Address { name: Some(name.clone()), email: email::sender(&found.inbox.settings) },
            to: vec![found.to.clone()],
            reply_to: email::plus_address(&found.inbox.settings, &reply).as_deref().map(Address::bare),
            subject: if portuguese { format!("Resposta de {name}") } else { format!("A reply from {name}") },
            message_id: id.clone(),
            date: self.now().0,
            in_reply_to: found.earlier.clone(),
            references: found.earlier.iter().cloned().collect(),
            markdown: words(&found, portuguese),
            loop_mark: Some(signer.loop_mark(&found.inbox.id.to_string())),
            ..Outgoing::default()
        };
        let sent = match (self.freshened(&found.inbox).await, written.write()) {
            (Ok(fresh), Ok(written)) => {
                let wiring = self.wiring(&fresh.kind, &fresh.public_key);
                match email::relay(&self.link_of(&wiring, &fresh)) {
                    Some(relay) if self.0.http.reachable(&relay.host, relay.port).await.is_ok() => {
                        self.0.http.relays().sender(relay).await.send(&written).await.map_err(|error| error.to_string())
                    }
                    Some(relay) => Err(format!("{} is out of reach", relay.host)),
                    None => Err("no SMTP server is set".to_owned()),
                }
            }
            (Err(error), _) => Err(error.to_string()),
            (_, Err(error)) => Err(error.to_string()),
        };
        if let Err(why) = sent {
            tracing::warn!(conversation = %of, %why, "what a visitor missed was not mailed");
            if lease.attempts >= ATTEMPTS {
                return self.done(&tenant, lease).await;
            }
            let at = self.now().plus(crate::dispatch::delay(lease.attempts, lease.job.0));
            return self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(tx.retry(&lease, at, &why).await?)).await;
        }
        let (site, to) = (found.site.id, found.to.email);
        let messages: Vec<MessageId> = found.messages.iter().map(|(message, _)| message.id).collect();
        let keep = async move |tx: &mut Tx, t: &Tenant| {
            tx.complete(&lease).await?;
            for message in messages {
                // The mark of having been mailed: each message its own, the last one the mail's.
                let source = if message == last { id.clone() } else { format!("{message}+{id}") };
                message::add_sources(tx, t.account, site, message, &[source]).await?;
            }
            Ok(mailbox::add_participants(tx, t.account, of, &[to]).await?)
        };
        tenant.write(keep).await
    }
}

/// The replies a visitor has not seen, if they can be reached by mail.
async fn unseen(c: &Reader, t: &Tenant, waiting: &Waiting) -> Result<Option<Unseen>> {
    let Some(thread) = conversation::load(c, t.account, &t.inboxes, waiting.conversation).await? else { return Ok(None) };
    let Some(person) = contact::load(c, t.account, thread.view.contact.id).await?.filter(|person| !person.blocked) else { return Ok(None) };
    let Some(address) = person.email.clone() else { return Ok(None) };
    let Some(site) = inbox::load(c, t.account, thread.view.inbox).await? else { return Ok(None) };
    let all = inbox::all(c, t.account).await?;
    // The mail inbox that the account made first.
    let Some(inbox) = all.into_iter().filter(|one| one.kind == KIND && one.state.is_connected()).min_by_key(|one| one.id.0) else {
        return Ok(None);
    };
    let rows = message::window(c, t.account, waiting.conversation, ThreadWindow::Latest, MOST, message::Reader::Visitor).await?.rows;
    let agents = person::agents(c, t.account, None).await?;
    let (mut messages, mut earlier) = (Vec::new(), None);
    for row in rows.into_iter().filter(|row| row.kind == MessageKind::Outgoing && row.deleted_at.is_none()) {
        let Author::User { id } = row.author else { continue };
        match message::part_of(c, t.account, row.id).await? {
            Some(source) => earlier = Some(source).filter(|source| !source.contains('+')).or(earlier),
            None if matches!(row.state, MessageState::Sent | MessageState::Delivered) => {
                let name = agents.iter().find(|agent| agent.id == id).map(|agent| agent.name.clone());
                messages.push((row, name.unwrap_or_default()));
            }
            None => {}
        }
    }
    if let Some(mail) = mailbox::last_of(c, t.account, waiting.conversation).await?
        && let Some(facts) = mail.facts.as_deref().and_then(|facts| serde_json::from_str::<super::Facts>(facts).ok())
    {
        earlier = facts.message_id.or(earlier);
    }
    let language = store::account::load(c, t.account).await?.ok_or_else(Error::missing)?.language;
    let to = Address { name: Some(person.name).filter(|name| !name.is_empty()), email: address };
    Ok(Some(Unseen { to, inbox, site, language, messages, earlier }))
}

/// What the mail says: who wrote what, and that an answer is enough.
fn words(found: &Unseen, portuguese: bool) -> String {
    let mut text = String::new();
    let mut speaker = "";
    for (message, name) in &found.messages {
        if speaker != name {
            text.push_str(&format!("**{name}**\n\n"));
            speaker = name;
        }
        let words = crate::rich::spoken(&message.text, message.detail.as_ref());
        if !words.is_empty() {
            text.push_str(&format!("{words}\n\n"));
        }
        for file in &message.files {
            let what = if portuguese { "Arquivo no chat" } else { "File in the chat" };
            text.push_str(&format!("[{what}: {}]\n\n", file.name));
        }
    }
    text.push_str(if portuguese {
        "—\n\nVocê saiu do chat antes de ver esta resposta. Responda a este e-mail para continuar a conversa."
    } else {
        "—\n\nYou left the chat before seeing this reply. Answer this mail to go on."
    });
    text
}
