//! A conversation as a mail: its public messages in order, to whoever an agent names. It leaves through the installation's own relay and changes nothing in
//! the conversation.

use super::system::Notice;
use crate::{Error, Result, Scope, Service, Tenant};
use channels::email::Address;
use model::*;
use store::{Tx, contact, conversation, message, person};

/// Most messages of a transcript; the newest of a longer conversation.
const MOST: i64 = 1000;

impl Service {
    /// Mails a conversation's public messages.
    ///
    /// # Errors
    /// `Missing`; `Invalid` for what is no address; `Provider` where this server sends no mail.
    pub async fn send_transcript(&self, scope: &Scope, id: ConversationId, to: &str) -> Result<()> {
        let (to, now) = (crate::session::email(to)?, self.now());
        let service = self.clone();
        let write = async move |tx: &mut Tx, t: &Tenant| {
            let found = conversation::load(tx, t.account, &t.inboxes, id).await?.ok_or_else(Error::missing)?;
            if !service.sends_mail() {
                return Err(Error::Provider("this server sends no mail: its configuration names no relay in [mail]".to_owned()));
            }
            let account = store::account::load(tx, t.account).await?.ok_or_else(Error::missing)?;
            let customer = contact::load(tx, t.account, found.view.contact.id).await?.map(|contact| contact.name).unwrap_or_default();
            let agents = person::agents(tx, t.account, None).await?;
            let rows = message::window(tx, t.account, id, ThreadWindow::Latest, MOST, message::Reader::Visitor).await?.rows;
            let portuguese = account.language == Language::Portuguese;
            let (nobody, file) = if portuguese { ("Cliente", "Arquivo") } else { ("Customer", "File") };
            let mut text = String::new();
            for row in rows {
                let name = match &row.author {
                    Author::Contact { .. } if customer.is_empty() => nobody,
                    Author::Contact { .. } => &customer,
                    Author::User { id } => agents.iter().find(|agent| agent.id == *id).map_or("", |agent| agent.name.as_str()),
                    Author::System => row.bot.as_deref().unwrap_or(&account.name),
                };
                let words = crate::rich::spoken(&row.text, row.detail.as_ref());
                text.push_str(&format!("{name}, {}\n\n{words}\n\n", super::out::when(row.at.0, portuguese)));
                row.files.iter().for_each(|attached| text.push_str(&format!("[{file}: {}]\n\n", attached.name)));
            }
            let (number, name) = (found.view.number, &account.name);
            let subject = if portuguese { format!("Conversa {number} com {name}") } else { format!("Conversation {number} with {name}") };
            let notice = Notice { to: Address::bare(&to), subject, text, reply_to: None };
            service.send_notice(tx, &notice, now).await?;
            Ok(())
        };
        self.enter(scope, Permission::Reply)?.write(write).await
    }
}
