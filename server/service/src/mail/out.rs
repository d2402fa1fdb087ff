//! The head of a mail that leaves: to whom, about what, in answer to which mail, and the marks by which its answer finds back. Fixed at the first attempt,
//! so that a second one is the same mail.

use super::{Facts, business, own, reply_key, shown};
use crate::{Error, Result, Scope, Service, Tenant};
use channels::email::compose::{self, Quoted};
use channels::email::kind::is_loop;
use channels::email::thread::Purpose;
use channels::email::{self, Address, OutMail, addresses, clean};
use model::*;
use store::inbox::Inbox;
use store::mailbox::InboundMail;
use store::{Reader, Tx, contact, conversation, mailbox, message, person};

/// Most bytes of an original's HTML that is quoted; of a longer one the words are.
const QUOTED: usize = 300 * 1024;
/// Most entries of one row of a head.
const MOST: usize = 100;

/// What the head is made of.
struct Known {
    subject: Option<String>,
    peer: String,
    language: Language,
    agent: Option<String>,
    /// The mail being answered, with its message and its HTML.
    answered: Option<(Facts, MessageView, Option<String>)>,
    /// The last mail of ours, where the customer has not written yet.
    earlier: Option<String>,
    own: channels::email::kind::Own,
    /// Whether a machine's words would go to a machine.
    looped: bool,
}

impl Service {
    /// The head of a message that leaves by mail; what was not chosen by its author is noted on the message.
    pub(crate) async fn mail_head(&self, tenant: &Tenant, inbox: &Inbox, message: &MessageView) -> Result<OutMail> {
        let asked = Asked {
            conversation: message.conversation,
            author: message.author.clone(),
            quote: message.quote.as_ref().map(|quote| quote.message),
            before: Some(message.id),
        };
        let known = tenant.read(async move |c: &Reader, t: &Tenant| known(c, t, &asked).await).await?;
        if known.looped {
            return Err(Error::Provider("an automatic answer, to whom answers at once: two machines would write to each other".to_owned()));
        }
        let chosen = match &message.detail {
            Some(Detail::Mail(head)) => (**head).clone(),
            _ => MailHead::default(),
        };
        let (domain, signer) = (email::domain(&inbox.settings), &self.0.mail);
        let facts = known.answered.as_ref().map(|(facts, ..)| facts);
        let (to, cc) = recipients(&known, &chosen);
        let in_reply_to = facts.and_then(|facts| facts.message_id.clone()).or_else(|| known.earlier.clone());
        let references = match facts {
            Some(facts) => facts.references.clone(),
            None => known.earlier.iter().cloned().collect(),
        };
        let portuguese = known.language == Language::Portuguese;
        let by_name = inbox.settings.get("display").is_some_and(|style| style == "agent");
        let reply = signer.reply_address(Purpose::Customer, &reply_key(tenant.account, message.conversation), &domain);
        let mail = OutMail {
            name: compose::sender_name(known.agent.as_deref().filter(|_| by_name), &business(inbox), portuguese),
            to,
            cc,
            bcc: given(&chosen.bcc),
            reply_to: email::plus_address(&inbox.settings, &reply),
            subject: subject(&chosen.subject, &known, &message.text),
            message_id: signer.message_id(&message.id.to_string(), &message.conversation.to_string(), &domain),
            in_reply_to,
            references,
            quoted: known.answered.as_ref().map(|(facts, words, html)| quoted(facts, words, html.as_deref(), portuguese)),
            loop_mark: Some(signer.loop_mark(&inbox.id.to_string())),
            signature: inbox.settings.get("signature").map(|words| signed(words, known.agent.as_deref())),
        };
        self.note_head(tenant, inbox, message, &mail).await?;
        Ok(mail)
    }

    /// To whom a reply would go and about what, if its author says nothing: to all who were on the mail it answers, but never to ourselves.
    ///
    /// # Errors
    /// `Missing`; `NotOnThisChannel` where replies have no head.
    pub async fn reply_head(&self, scope: &Scope, conversation: ConversationId, quote: Option<MessageId>) -> Result<MailHead> {
        let (asked, user) = (Asked { conversation, author: Author::System, quote, before: None }, scope.user());
        let look = async move |c: &Reader, t: &Tenant| {
            let thread = conversation::load(c, t.account, &t.inboxes, conversation).await?.ok_or_else(Error::missing)?;
            let inbox = store::inbox::load(c, t.account, thread.view.inbox).await?.ok_or_else(Error::missing)?;
            if !crate::inboxes::view_of(&inbox).capabilities.more.subject {
                return Err(Error::Fault(FaultCode::NotOnThisChannel));
            }
            let known = known(c, t, &asked).await?;
            let (to, cc) = recipients(&known, &MailHead::default());
            let list = |addresses: &[Address]| addresses.iter().map(shown).collect::<Vec<_>>();
            let writer = person::agents(c, t.account, Some(user)).await?.pop();
            let signature = inbox.settings.get("signature").map(|words| signed(words, writer.as_ref().map(|agent| agent.name.as_str())));
            Ok(MailHead {
                signature: signature.unwrap_or_default().trim().to_owned(),
                from: email::sender(&inbox.settings),
                to: list(&to),
                cc: list(&cc),
                subject: subject("", &known, ""),
                ..MailHead::default()
            })
        };
        self.enter(scope, Permission::Reply)?.read(look).await
    }

    /// Keeps who takes part now, and shows agents to whom a message went.
    async fn note_head(&self, tenant: &Tenant, inbox: &Inbox, message: &MessageView, mail: &OutMail) -> Result<()> {
        let list = |addresses: &[Address]| addresses.iter().map(shown).collect::<Vec<_>>();
        let head = MailHead {
            from: email::sender(&inbox.settings),
            to: list(&mail.to),
            cc: list(&mail.cc),
            bcc: list(&mail.bcc),
            subject: mail.subject.clone(),
            ..MailHead::default()
        };
        let people: Vec<String> = mail.to.iter().chain(&mail.cc).chain(&mail.bcc).map(|address| address.email.clone()).collect();
        let (id, now) = (message.id, self.now());
        let note = async move |tx: &mut Tx, t: &Tenant| {
            let Some(mut found) = message::load(tx, t.account, id).await? else { return Ok(()) };
            mailbox::add_participants(tx, t.account, found.conversation, &people).await?;
            let detail = Some(Detail::Mail(Box::new(head)));
            if found.detail != detail && matches!(found.detail, None | Some(Detail::Mail(_))) {
                let thread = t.conversation(tx, found.conversation).await?;
                found.detail = detail;
                message::save(tx, t.account, &thread, &found, now).await?;
            }
            Ok(())
        };
        tenant.write(note).await
    }
}

/// What a head is asked for.
struct Asked {
    conversation: ConversationId,
    author: Author,
    quote: Option<MessageId>,
    /// The message that leaves; none while it is being written.
    before: Option<MessageId>,
}

/// To whom a mail goes, and who gets a copy: whom its author chose, else everybody on the mail it answers.
fn recipients(known: &Known, chosen: &MailHead) -> (Vec<Address>, Vec<Address>) {
    let facts = known.answered.as_ref().map(|(facts, ..)| facts);
    let (to, cc) = match given(&chosen.to) {
        to if !to.is_empty() => (to, given(&chosen.cc)),
        _ => {
            let to = facts.map(|facts| facts.to.clone()).filter(|to| !to.is_empty());
            let cc = if chosen.cc.is_empty() { facts.map(|facts| facts.cc.clone()).unwrap_or_default() } else { given(&chosen.cc) };
            (to.unwrap_or_else(|| vec![Address::bare(&known.peer)]), cc)
        }
    };
    // Nobody gets a mail twice, and we get none of our own.
    let cc = cc.into_iter().filter(|a| !known.own.holds(&a.email) && to.iter().all(|to| to.email != a.email)).collect();
    (to, cc)
}

fn given(list: &[String]) -> Vec<Address> {
    list.iter().flat_map(|one| addresses(one.as_bytes())).collect()
}

async fn known(c: &Reader, t: &Tenant, asked: &Asked) -> Result<Known> {
    let thread = conversation::load(c, t.account, &t.inboxes, asked.conversation).await?.ok_or_else(Error::missing)?;
    let peer = contact::address_by_id(c, t.account, thread.contact_inbox).await?.ok_or_else(Error::missing)?.source;
    let language = store::account::load(c, t.account).await?.ok_or_else(Error::missing)?.language;
    let agent = match asked.author {
        Author::User { id } => person::agents(c, t.account, Some(id)).await?.pop().map(|agent| agent.name),
        Author::Contact { .. } | Author::System => None,
    };
    let chosen = match asked.quote {
        Some(quote) => mailbox::of_message(c, t.account, quote).await?,
        None => None,
    };
    let last = match chosen {
        Some(chosen) => Some(chosen),
        None => {
            let last = mailbox::last_of(c, t.account, asked.conversation).await?;
            let taken = mailbox::taken_of(c, t.account, asked.conversation).await?;
            let since = |mail: &InboundMail| facts_of(mail).and_then(|facts| facts.original).map(|original| original.taken);
            taken.filter(|mail| since(mail) > last.as_ref().map(|last| last.at.0)).or(last)
        }
    };
    let mut answered = None;
    if let Some(mail) = last
        && let Some(id) = mail.message
        && let Some(words) = message::load(c, t.account, id).await?.filter(|words| words.deleted_at.is_none())
        && let Some(facts) = facts_of(&mail)
    {
        answered = Some((facts, words, message::html(c, t.account, id).await?));
    }
    let mut earlier = None;
    let machine = asked.author == Author::System;
    let mut looped = false;
    if answered.is_none() || machine {
        let window = asked.before.map_or(ThreadWindow::Latest, ThreadWindow::Before);
        let before = message::window(c, t.account, asked.conversation, window, 10, message::Reader::Visitor).await?;
        looped = machine && is_loop(&waited(before.rows.iter().map(|m| (m.kind, m.author == Author::System, m.at))));
        for ours in before.rows.iter().rev().filter(|m| answered.is_none() && m.kind == MessageKind::Outgoing) {
            earlier = message::source_of(c, t.account, ours.id).await?;
            if earlier.is_some() {
                break;
            }
        }
    }
    Ok(Known { subject: thread.view.subject, peer, language, agent, answered, earlier, own: own(c, t.account).await?, looped })
}

fn facts_of(mail: &InboundMail) -> Option<Facts> {
    mail.facts.as_deref().and_then(|facts| serde_json::from_str(facts).ok())
}

/// How long each of our automatic mails waited for the answer that came next, since a person last wrote; messages stand oldest first.
fn waited(rows: impl Iterator<Item = (MessageKind, bool, Timestamp)>) -> Vec<i64> {
    let (mut waits, mut asked) = (Vec::new(), None);
    for (kind, machine, at) in rows {
        match kind {
            MessageKind::Outgoing if machine => asked = Some(at),
            MessageKind::Outgoing => (waits, asked) = (Vec::new(), None),
            MessageKind::Incoming => waits.extend(asked.take().map(|asked| at.since(asked))),
            _ => {}
        }
    }
    waits
}

/// What the mail is about: what its author wrote, else what is being answered, else what the conversation is about.
fn subject(chosen: &str, known: &Known, words: &str) -> String {
    if !chosen.trim().is_empty() {
        return chosen.trim().to_owned();
    }
    let facts = known.answered.as_ref().map(|(facts, ..)| facts);
    match (facts, &known.subject) {
        (Some(facts), _) => compose::reply_subject(&facts.subject),
        (None, Some(subject)) if known.earlier.is_some() => compose::reply_subject(subject),
        (None, Some(subject)) => subject.clone(),
        (None, None) => crate::thread::first_words(words).chars().take(60).collect(),
    }
}

/// The original below an answer.
fn quoted(facts: &Facts, words: &MessageView, html: Option<&str>, portuguese: bool) -> Quoted {
    if let Some(original) = &facts.original {
        let when = if original.when.is_empty() { when(facts.date, portuguese) } else { original.when.clone() };
        let attribution = compose::attribution(portuguese, &when, &facts.from);
        return Quoted { attribution, text: original.text.clone(), html: None };
    }
    let at = if facts.date > 0 { facts.date } else { words.at.0 };
    // Remote pictures keep their own addresses; the mail's own parts are not sent back.
    let remote: &dyn Fn(&str) -> String = &str::to_owned;
    let html = html.filter(|html| html.len() <= QUOTED).map(|html| clean::show(html, |_| None, Some(remote)).html);
    Quoted { attribution: compose::attribution(portuguese, &when(at, portuguese), &facts.from), text: words.text.clone(), html }
}

/// Refuses a head with something in it that is no address, and names the row.
pub(crate) fn check_head(head: &MailHead) -> Result<()> {
    if head.subject.chars().count() > 500 {
        return Err(Error::field("subject", Violation::TooLong(500)));
    }
    for (row, list) in [("to", &head.to), ("cc", &head.cc), ("bcc", &head.bcc)] {
        let fits = |one: &String| {
            let found = addresses(one.as_bytes());
            !found.is_empty() && found.iter().all(|address| crate::session::email(&address.email).is_ok())
        };
        if list.len() > MOST || !list.iter().all(fits) {
            return Err(Error::field(row, Violation::Malformed));
        }
    }
    Ok(())
}

/// A moment as people write it, in UTC: the zone of whoever reads it is not known.
pub(super) fn when(at: i64, portuguese: bool) -> String {
    let (days, minutes) = (at.div_euclid(86_400_000), at.rem_euclid(86_400_000) / 60_000);
    // Days since 1970 to a date (Howard Hinnant, chrono-compatible low-level date algorithms).
    let z = days + 719_468;
    let (era, of_era) = (z.div_euclid(146_097), z.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (minutes / 60, minutes % 60);
    if portuguese {
        format!("{day:02}/{month:02}/{year} às {hour:02}:{minute:02} (UTC)")
    } else {
        format!("{year}-{month:02}-{day:02} at {hour:02}:{minute:02} (UTC)")
    }
}

/// A signature with its author's name; a line that would name nobody goes.
fn signed(words: &str, agent: Option<&str>) -> String {
    let lines = words.lines().filter(|line| agent.is_some() || !line.contains("{{agent.name}}"));
    lines.map(|line| line.replace("{{agent.name}}", agent.unwrap_or_default())).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_answers_to_our_machines_count() {
        use MessageKind::{Incoming, Outgoing};
        let at = Timestamp;
        let loops = [
            (Incoming, false, at(0)),
            (Outgoing, true, at(10)),
            (Incoming, false, at(20)),
            (Outgoing, true, at(30)),
            (Incoming, false, at(45)),
        ];
        assert_eq!(waited(loops.into_iter()), [10, 15]);
        let person = [(Outgoing, true, at(0)), (Incoming, false, at(5)), (Outgoing, false, at(9)), (Incoming, false, at(12))];
        assert_eq!(waited(person.into_iter()), [] as [i64; 0], "a person has taken over");
    }

    #[test]
    fn moments_are_written_as_people_do() {
        assert_eq!(when(1_780_000_000_000, true), "28/05/2026 às 20:26 (UTC)");
        assert_eq!(when(951_782_400_000, false), "2000-02-29 at 00:00 (UTC)");
    }
}
