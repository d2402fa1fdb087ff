//! News by mail, for whoever wants it so and did not see it on a screen meanwhile. It leaves through the installation's own relay; the words are those
//! of every other way.

use crate::mail::Notice;
use crate::notices::{Told, Worded};
use crate::{Error, Result, Service};
use channels::email::Address;
use model::*;
use store::{Lease, NewJob, Tx};

/// The kind of job.
pub(crate) const TELL: &str = "tell_by_mail";
/// How long somebody has to see it on a screen first, in milliseconds.
const PAUSE: i64 = 2 * 60 * 1000;

/// Queues a piece of news to be mailed; what follows within the pause goes with it.
pub(crate) async fn later(tx: &mut Tx, told: Told, at: Timestamp) -> Result<()> {
    let key = format!("{TELL} {}", told.notification);
    let body = serde_json::to_string(&told).unwrap_or_default();
    tx.enqueue(NewJob { lane: key.clone(), kind: TELL, key: Some(key), body, run_at: at.plus(PAUSE) }).await?;
    Ok(())
}

fn notice(words: &Worded, person: &SessionView, public_url: &str, reply_to: Option<String>) -> Notice {
    let to = Address { name: Some(person.name.clone()), email: person.email.clone() };
    let link = format!("{public_url}{}", words.path);
    let portuguese = person.language == Language::Portuguese;
    let answer = match (&reply_to, portuguese) {
        (None, _) => "",
        (Some(_), true) => "Para responder ao cliente, basta responder a este e-mail.\n\n",
        (Some(_), false) => "To answer the customer, just reply to this email.\n\n",
    };
    let open = match (words.conversation.is_some(), portuguese) {
        (true, true) => "Abra a conversa aqui",
        (true, false) => "Open the conversation here",
        (false, true) => "Veja aqui",
        (false, false) => "See it here",
    };
    let text = if portuguese {
        format!("{}\n\n{answer}{open}:\n\n{link}\n\nO que chega até você por e-mail se escolhe em Configurações, Preferências.", words.text)
    } else {
        format!("{}\n\n{answer}{open}:\n\n{link}\n\nWhat reaches you by mail is chosen in Settings, Preferences.", words.text)
    };
    Notice { to, subject: words.title.clone(), text, reply_to }
}

impl Service {
    /// Does one job: mails a piece of news that is still unread.
    pub(crate) async fn tell_by_mail(&self, lease: Lease) -> Result<()> {
        let Ok(told) = serde_json::from_str::<Told>(&lease.body) else { return self.give_up(&lease, "unreadable body").await };
        let (account, user) = (told.account, told.user);
        let (found, settings, now) = (self.worded(told).await?, self.settings(), self.now());
        let reply_to = match &found {
            Some((Worded { conversation: Some(conversation), .. }, _)) => self.notice_address(account, *conversation, user).await?,
            _ => None,
        };
        let service = self.clone();
        let settle = async move |tx: &mut Tx| {
            if let Some((words, person)) = found {
                service.send_notice(tx, &notice(&words, &person, &settings.public_url, reply_to), now).await?;
            }
            Ok::<_, Error>(tx.complete(&lease).await?)
        };
        self.0.store.write(settle).await
    }
}
