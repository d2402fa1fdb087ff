//! Agent bots with the tokens their programs have, and where they answer. What they said stands with the messages.

use super::field::Row;
use super::{ImportError, Move, Place, Result, keep, rows};
use crate::bots::{TOKEN, address};
use crate::tokens::{derived, key};
use crate::{Error, secret};
use model::*;
use std::collections::BTreeMap;
use store::Tx;
use store::bot::Bot;

impl Move<'_> {
    /// One piece of bots. They keep their ids and, beside one of ours, the tokens they had.
    pub(super) async fn bots(&self, page: Vec<Row>, mut place: Place) -> Result<Place> {
        let ids: Vec<i64> = page.iter().map(Row::id).collect();
        let mut tokens: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        let found = self.source.of_kind("access_tokens", ("owner_type", "AgentBot"), "owner_id", &ids).await;
        for row in found.map_err(ImportError::Source)?.into_iter().map(Row) {
            let hashes = tokens.entry(row.refers("owner_id").unwrap_or_default()).or_default();
            hashes.extend(row.text("token").map(|token| secret::hash(&token)));
        }
        let known = self.known.clone();
        self.write(async move |tx: &mut Tx| {
            let (mut made, house) = (0, key(tx).await?);
            for row in &page {
                let (name, account) = (row.words("name"), row.refers("account_id"));
                if account.is_some_and(|account| !known.accounts.contains_key(&account)) {
                    place.report.left("agent bots", "their account is gone", name);
                    continue;
                }
                if row.int("bot_type") == Some(1) {
                    place.report.left("agent bots", "their scripts are not run here: give them rules, or a program of yours", &name);
                }
                let given = row.text("outgoing_url");
                let url = given.as_deref().and_then(|url| address("outgoing_url", url).ok()).unwrap_or_default();
                if given.is_some() && url.is_empty() {
                    place.report.left("agent bots", "their address may not be called: give them another", &name);
                }
                let name = if name.trim().is_empty() { format!("Bot {}", row.id()) } else { name };
                let bot = Bot {
                    id: row.id(),
                    account_id: account,
                    name: name.trim().chars().take(100).collect(),
                    description: row.words("description").chars().filter(|c| !c.is_control()).take(500).collect(),
                    url,
                    config: "{}".to_owned(),
                    nonce: secret::public_key(),
                };
                let hash = secret::hash(&derived(&house, TOKEN, bot.id, &bot.nonce));
                rows::bot(tx, &bot, &hash, tokens.get(&bot.id).map_or(&[], Vec::as_slice), row.made()).await?;
                made += 1;
            }
            place.report.came("agent bots", made);
            keep(tx, &place).await?;
            Ok(place)
        })
        .await
    }

    /// One piece of where bots answer.
    pub(super) async fn bots_inboxes(&self, page: Vec<Row>, mut place: Place) -> Result<Place> {
        let known = self.known.clone();
        self.write(async move |tx: &mut Tx| {
            let mut made = 0;
            for row in &page {
                let (inbox, bot) = (row.refers("inbox_id").unwrap_or_default(), row.refers("agent_bot_id").unwrap_or_default());
                let (Some((account, _)), Some((of, name))) = (known.inboxes.get(&inbox), known.bots.get(&bot)) else {
                    place.report.count("bots' inboxes", "their bot or inbox is gone", 1);
                    continue;
                };
                let said = format!("{name}: inbox {inbox}");
                if row.int("status").unwrap_or_default() != 0 || (*of != 0 && of != account) {
                    place.report.left("bots' inboxes", "switched off there", said);
                } else if rows::bot_inbox(tx, AccountId(*account), InboxId(inbox), bot).await? {
                    made += 1;
                } else {
                    // People would wait for ever for a bot that nobody can ask.
                    place.report.left("bots' inboxes", "their bot has no address to be asked at, or another answers there", said);
                }
            }
            place.report.came("bots' inboxes", made);
            keep(tx, &place).await?;
            Ok::<_, Error>(place)
        })
        .await
    }
}
