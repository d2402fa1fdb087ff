//! What leaves: one message after the other, in order, each under its own key until the server has it or refuses it.
//! It draws nothing; the lines that wait are read off `Chat::outbox`.

use crate::chat::{Chat, Phase};
use crate::json::{Json, map};
use crate::pulse::pause;
use crate::stream::{recovered, trouble};
use crate::thread::{Pending, Progress, merge};
use crate::wire;
use crate::words::{self, Pairs};
use kit::time::present;
use model::*;
use wasm_bindgen_futures::spawn_local;

/// Puts a message on its way.
pub fn send(chat: Chat, text: String, files: Vec<AttachmentView>, answers: Pairs) {
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
pub fn again(chat: Chat, key: ClientKey) {
    chat.outbox.update(|outbox| {
        if let Some(pending) = outbox.iter_mut().find(|p| p.key == key) {
            if matches!(&pending.progress, Progress::Failed(fault) if fault.code == FaultCode::Conflict) {
                // That key is used up.
                pending.key = new_key(present());
            }
            pending.progress = Progress::Sending;
        }
    });
    pump(chat);
}

/// Gives a refused message up.
pub fn discard(chat: Chat, key: ClientKey) {
    chat.outbox.update(|outbox| outbox.retain(|p| p.key != key));
}

fn mark(chat: Chat, key: ClientKey, progress: Progress) {
    chat.outbox.update(|outbox| {
        if let Some(pending) = outbox.iter_mut().find(|p| p.key == key) {
            pending.progress = progress;
        }
    });
}

/// Sends what waits, unless that is being done already.
pub fn pump(chat: Chat) {
    if chat.phase.with_untracked(|phase| *phase != Phase::Ready) || chat.sending.replace(true) {
        return;
    }
    spawn_local(async move {
        let mut tries = 0;
        while let Some(next) = chat.outbox.with_untracked(|all| all.iter().find(|p| !matches!(p.progress, Progress::Failed(_))).cloned()) {
            mark(chat, next.key, Progress::Sending);
            match deliver(chat, &next).await {
                Ok(sent) => {
                    tries = 0;
                    recovered(chat);
                    settle(chat, &next, sent);
                }
                Err(fault) => {
                    let Some(wait) = worth_waiting(&fault, tries) else {
                        refuse(chat, &next, fault);
                        continue;
                    };
                    if fault.code == FaultCode::Offline {
                        trouble(chat);
                    }
                    let waits = |p: &&mut Pending| p.progress == Progress::Sending;
                    chat.outbox.update(|outbox| outbox.iter_mut().filter(waits).for_each(|p| p.progress = Progress::Waiting));
                    chat.retry.wait(wait).await;
                    tries += 1;
                }
            }
        }
        chat.sending.set(false);
    });
}

/// How long to wait before the next try; none when trying again by itself would not help.
fn worth_waiting(fault: &FaultBody, tries: u32) -> Option<i32> {
    match (fault.code, fault.retry_after) {
        (FaultCode::TooMany, Some(seconds)) if seconds <= 60 => i32::try_from(seconds * 1000).ok(),
        (FaultCode::Offline, _) => Some(pause(tries, js_sys::Math::random())),
        (FaultCode::NotStored | FaultCode::Internal, _) if tries < 2 => Some(pause(tries, js_sys::Math::random())),
        _ => None,
    }
}

type Sent = (Option<String>, VisitorMessage, Seq);

async fn deliver(chat: Chat, pending: &Pending) -> Result<Sent, FaultBody> {
    let token = chat.token.get();
    let mut files = Vec::new();
    for file in &pending.files {
        let id = file.id;
        let Some(body) = chat.files.with(|all| all.iter().find(|(one, _)| *one == id).map(|(_, body)| body.clone())) else { continue };
        let uploaded = wire::upload(chat, token.as_deref(), pending.key, id, &body).await;
        chat.progress.set(None);
        files.push(uploaded?);
    }
    let draft = words::draft(&chat.inbox, pending, &files, chat.page.get().as_deref(), chat.language.get_untracked().tag());
    let answer = wire::post("/widget/v1/messages", token, &draft).await?;
    wire::understood(words::sent(&answer))
}

fn settle(chat: Chat, pending: &Pending, (token, mut message, seq): Sent) {
    // The pictures on the screen stay the ones that are already there.
    for (stored, own) in message.files.iter_mut().zip(&pending.files) {
        if own.kind == AttachmentKind::Image && stored.kind == own.kind {
            stored.link.clone_from(&own.link);
        }
        chat.files.update(|all| all.retain(|(id, _)| *id != own.id));
    }
    let (id, text) = (message.id, message.text.clone());
    let first = chat.messages.with_untracked(Vec::is_empty);
    chat.messages.update(|messages| {
        // The stream may have brought it already, with links of the server's.
        messages.retain(|m| m.id != id || m.files.is_empty());
        merge(messages, message);
    });
    chat.outbox.update(|outbox| outbox.retain(|p| p.key != pending.key));
    if !pending.answers.is_empty() {
        chat.known.update(|known| known.extend(pending.answers.iter().cloned()));
    }
    let detail = [("from", "visitor".into()), ("id", id.0.into()), ("text", text.as_str().into()), ("first", first.into())];
    chat.raise("message", detail);
    if let Some(token) = token {
        chat.joined(token, seq);
    }
    pass_on(chat);
}

/// Hands in what the visitor chose or filled in in a message to them. It stands where it was asked, so nothing waits: a refusal is told there.
pub fn answer(chat: Chat, message: Json, values: Json, refused: impl FnOnce(FaultBody) + 'static) {
    spawn_local(async move {
        let body = map([("inbox", chat.inbox.as_str().into()), ("message", message), ("values", values)]);
        match wire::post("/widget/v1/answer", chat.token.get(), &body).await {
            Ok(answer) => {
                if let Some(now) = words::message(&answer) {
                    chat.messages.update(|messages| merge(messages, now));
                }
                chat.tell("event", [("name", "postback".into()), ("detail", body)]);
            }
            Err(fault) => refused(fault),
        }
    });
}

/// Tells the server what the site said about the visitor, in order, once there is a conversation to say it about.
pub fn pass_on(chat: Chat) {
    if chat.token.with(Option::is_none) || chat.messages.with_untracked(Vec::is_empty) {
        return;
    }
    let all = chat.about.replace(Vec::new());
    if all.is_empty() {
        return;
    }
    spawn_local(async move {
        for said in all {
            let body = map([("inbox", chat.inbox.as_str().into()), ("about", said.clone())]);
            let answer = wire::post("/widget/v1/about", chat.token.get(), &body).await;
            // The next message, or the next session, finds it here; what the server refuses is the site's mistake.
            if answer.is_err_and(|fault| matches!(fault.code, FaultCode::Offline | FaultCode::SignedOut)) {
                chat.about.update(|waiting| waiting.push(said));
            }
        }
    });
}

fn refuse(chat: Chat, pending: &Pending, fault: FaultBody) {
    let asked: Vec<_> = fault.fields.iter().filter(|(field, _)| pending.answers.iter().any(|(key, _)| key == field)).cloned().collect();
    if asked.is_empty() {
        return mark(chat, pending.key, Progress::Failed(fault));
    }
    // The form is wrong, not the message: it goes back to where it was written.
    chat.known.update(|known| known.retain(|(key, _)| !asked.iter().any(|(field, _)| field == key)));
    chat.draft.update(|draft| {
        if !draft.is_empty() {
            draft.insert(0, '\n');
        }
        draft.insert_str(0, &pending.text);
    });
    discard(chat, pending.key);
    chat.wrong.put(asked);
}
