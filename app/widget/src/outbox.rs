//! What leaves: one message after the other, in order, each under its own key until the server has it or refuses it.
//! It draws nothing; the lines that wait are read off `Chat::outbox`.

use crate::chat::{Chat, Phase};
use crate::pulse::pause;
use crate::stream::{recovered, trouble};
use crate::thread::{Pending, Progress, merge};
use crate::wire;
use kit::time::present;
use leptos::prelude::*;
use model::*;
use std::collections::BTreeMap;
use wasm_bindgen_futures::spawn_local;

/// Puts a message on its way.
pub fn send(chat: Chat, text: String, files: Vec<AttachmentView>, answers: BTreeMap<String, String>) {
    let at = present();
    let key = new_key(at);
    chat.resolved.set(false);
    chat.outbox.update(|outbox| outbox.push(Pending { key, text, files, answers, at, progress: Progress::Sending }));
    // A free line leaves at once; a waiting one learns that there is one more reason to try.
    chat.retry.wake();
    pump(chat);
}

fn new_key(at: Timestamp) -> ClientKey {
    ClientKey::new(at.0.unsigned_abs(), &wire::random())
}

/// Tries a refused message again, under the key it had.
pub fn again(chat: Chat, key: &str) {
    set(chat, key, |pending| {
        let used_up = matches!(&pending.progress, Progress::Failed(fault) if fault.code == FaultCode::Conflict);
        if used_up {
            pending.key = new_key(present());
        }
        pending.progress = Progress::Sending;
    });
    pump(chat);
}

/// Gives a refused message up.
pub fn discard(chat: Chat, key: &str) {
    chat.outbox.update(|outbox| outbox.retain(|p| p.key.to_string() != key));
}

fn set(chat: Chat, key: &str, change: impl Fn(&mut Pending)) {
    chat.outbox.update(|outbox| outbox.iter_mut().filter(|p| p.key.to_string() == key).for_each(&change));
}

/// Sends what waits, unless that is being done already.
pub fn pump(chat: Chat) {
    if chat.sending.get_value() || chat.phase.with_untracked(|phase| *phase != Phase::Ready) {
        return;
    }
    chat.sending.set_value(true);
    spawn_local(async move {
        let mut tries = 0;
        while let Some(next) = chat.outbox.with_untracked(|all| all.iter().find(|p| !matches!(p.progress, Progress::Failed(_))).cloned()) {
            let key = next.key.to_string();
            set(chat, &key, |pending| pending.progress = Progress::Sending);
            match deliver(chat, &next).await {
                Ok(sent) => {
                    tries = 0;
                    recovered(chat);
                    settle(chat, &next, sent);
                }
                Err(fault) => {
                    if let Some(wait) = worth_waiting(&fault, tries) {
                        chat.outbox.update(|outbox| {
                            outbox.iter_mut().filter(|p| p.progress == Progress::Sending).for_each(|p| p.progress = Progress::Waiting);
                        });
                        if fault.code == FaultCode::Offline {
                            trouble(chat);
                        }
                        chat.retry.wait(wait).await;
                        tries += 1;
                    } else {
                        refuse(chat, &next, fault);
                    }
                }
            }
        }
        chat.sending.set_value(false);
    });
}

/// How long to wait before the next try; none when trying again by itself would not help.
fn worth_waiting(fault: &FaultBody, tries: u32) -> Option<i32> {
    let random = js_sys::Math::random;
    match (fault.code, fault.retry_after) {
        (FaultCode::Offline, _) => Some(pause(tries, random())),
        (FaultCode::TooMany, Some(seconds)) if seconds <= 60 => Some(i32::try_from(seconds).unwrap_or(60) * 1000),
        (FaultCode::NotStored | FaultCode::Internal, _) if tries < 2 => Some(pause(tries, random())),
        _ => None,
    }
}

async fn deliver(chat: Chat, pending: &Pending) -> Result<VisitorSent, FaultBody> {
    let (inbox, token) = (chat.inbox.get_value(), chat.token.get_value());
    let mut files = Vec::with_capacity(pending.files.len());
    for file in &pending.files {
        let id = file.id;
        let Some(body) = chat.files.with_value(|all| all.get(&id).cloned()) else { continue };
        chat.progress.set(Some((id, 0)));
        let uploaded = wire::upload(&inbox, token.as_deref(), pending.key, &body, move |part| chat.progress.set(Some((id, part)))).await;
        chat.progress.set(None);
        files.push(uploaded?.key);
    }
    let draft = VisitorDraft {
        inbox,
        key: pending.key,
        text: pending.text.clone(),
        files,
        answers: pending.answers.clone(),
        page: chat.page.get_value(),
        language: Some(chat.locale.now().tag().to_owned()),
    };
    wire::post("/widget/v1/messages", token.as_deref(), &draft).await
}

fn settle(chat: Chat, pending: &Pending, sent: VisitorSent) {
    let mut message = sent.message;
    // The pictures on the screen stay the ones that are already there.
    for (stored, own) in message.files.iter_mut().zip(&pending.files) {
        if own.kind == AttachmentKind::Image && stored.kind == own.kind {
            stored.link.clone_from(&own.link);
        }
        chat.files.update_value(|all| drop(all.remove(&own.id)));
    }
    let (id, text) = (message.id, message.text.clone());
    chat.messages.update(|messages| {
        // The stream may have brought it already, with links of the server's.
        messages.retain(|m| m.id != id || m.files.is_empty());
        merge(messages, message);
    });
    chat.outbox.update(|outbox| outbox.retain(|p| p.key != pending.key));
    if !pending.answers.is_empty() {
        chat.known.update(|known| known.extend(pending.answers.clone()));
    }
    if let Some(host) = chat.host() {
        host.event("message", serde_json::json!({ "from": "visitor", "id": id, "text": text }));
    }
    if let Some(token) = sent.token {
        chat.joined(token, sent.seq);
    }
}

fn refuse(chat: Chat, pending: &Pending, fault: FaultBody) {
    let asked: Vec<_> = fault.fields.iter().filter(|(field, _)| pending.answers.contains_key(field)).cloned().collect();
    if asked.is_empty() {
        return set(chat, &pending.key.to_string(), |p| p.progress = Progress::Failed(fault.clone()));
    }
    // The form is wrong, not the message: it goes back to where it was written.
    chat.outbox.update(|outbox| outbox.retain(|p| p.key != pending.key));
    chat.known.update(|known| asked.iter().for_each(|(field, _)| drop(known.remove(field))));
    chat.draft.update(|draft| *draft = if draft.is_empty() { pending.text.clone() } else { format!("{}\n{draft}", pending.text) });
    chat.wrong.set(asked);
}
