//! What outlives the page: the visitor's key, what was not sent, what was not finished; the page around keeps a copy, because browsers
//! that block third parties refuse the frame's own storage. Nothing may be written before the first message; that is the caller's promise.

use crate::json::{Json, map, texts};
use crate::thread::{Pending, Progress};
use crate::words::{Claim, key, pairs};
use kit::browser::{store, stored};
use model::Timestamp;

/// Most messages that wait for a connection.
pub const MOST: usize = 50;

/// Everything kept beside the key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// The text not yet sent.
    pub draft: String,
    /// What waits to be sent.
    pub queue: Vec<Pending>,
    /// The mark of the identity that the key was given for.
    pub user: String,
}

/// The storage name of an inbox's visitor's key, also to notice another tab writing it.
#[must_use]
pub fn token_name(inbox: &str) -> String {
    format!("recado_visitor_{inbox}")
}

fn kept_name(inbox: &str) -> String {
    format!("recado_kept_{inbox}")
}

/// The frame's own copy of the visitor's key.
#[must_use]
pub fn token(inbox: &str) -> Option<String> {
    stored(&token_name(inbox))
}

/// Keeps the visitor's key, or forgets it.
pub fn set_token(inbox: &str, token: Option<&str>) {
    store(&token_name(inbox), token);
}

/// The frame's own copy of the rest.
#[must_use]
pub fn kept(inbox: &str) -> Option<String> {
    stored(&kept_name(inbox))
}

/// Keeps the rest, or forgets it.
pub fn set_kept(inbox: &str, packed: Option<&str>) {
    store(&kept_name(inbox), packed);
}

/// The mark of an identity: enough to see that it is the same as before, without keeping who it is (FNV-1a).
#[must_use]
pub fn mark(claim: &Claim) -> String {
    let sum =
        claim.write().write().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    sum.to_string()
}

/// What of the outbox is kept. Text only: a file does not outlive the page it was chosen on.
#[must_use]
pub fn queue(outbox: &[Pending]) -> Vec<Pending> {
    outbox.iter().filter(|p| p.files.is_empty()).take(MOST).cloned().collect()
}

/// As text; none when there is nothing to keep.
#[must_use]
pub fn pack(kept: &Kept) -> Option<String> {
    if kept.draft.trim().is_empty() && kept.queue.is_empty() && kept.user.is_empty() {
        return None;
    }
    let one = |pending: &Pending| {
        map([
            ("key", pending.key.to_string().as_str().into()),
            ("text", pending.text.as_str().into()),
            ("answers", texts(&pending.answers)),
            ("at", pending.at.0.into()),
        ])
    };
    let queue = Json::List(kept.queue.iter().map(one).collect());
    Some(map([("draft", kept.draft.as_str().into()), ("queue", queue), ("user", kept.user.as_str().into())]).write())
}

/// Out of text; what is damaged is nothing.
#[must_use]
pub fn unpack(text: &str) -> Kept {
    let json = Json::parse(text).unwrap_or_default();
    let one = |json: &Json| {
        Some(Pending {
            key: key(json.get("key").text()?)?,
            text: json.maybe("text")?,
            files: Vec::new(),
            answers: pairs(json.get("answers")),
            at: Timestamp(json.get("at").whole()?),
            progress: Progress::Waiting,
        })
    };
    let queue = json.get("queue").list().iter().filter_map(one).take(MOST).collect();
    Kept { draft: json.string("draft"), queue, user: json.string("user") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{AttachmentId, AttachmentKind, AttachmentView, ClientKey, FaultBody, FaultCode, Timestamp};

    fn pending(n: u8) -> Pending {
        let failed = Progress::Failed(FaultBody::of(FaultCode::Internal));
        Pending {
            key: ClientKey::new(1, &[n; 10]),
            text: n.to_string(),
            files: Vec::new(),
            answers: Vec::new(),
            at: Timestamp(1),
            progress: failed,
        }
    }

    #[test]
    fn what_waits_comes_back_in_order_with_its_keys() {
        let outbox: Vec<_> = (0..60).map(pending).collect();
        let back = unpack(&pack(&Kept { queue: queue(&outbox), ..Kept::default() }).unwrap()).queue;
        let expected: Vec<_> = outbox.iter().take(MOST).map(|p| (p.key, p.text.clone(), &Progress::Waiting)).collect();
        assert_eq!(back.iter().map(|p| (p.key, p.text.clone(), &p.progress)).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn files_are_not_kept() {
        let view = AttachmentView {
            id: AttachmentId(-1),
            kind: AttachmentKind::Image,
            name: "a".into(),
            mime: "image/png".into(),
            size: 1,
            ..AttachmentView::default()
        };
        assert!(queue(&[Pending { files: vec![view], ..pending(1) }]).is_empty());
    }

    #[test]
    fn nothing_is_none_and_damage_is_nothing() {
        assert_eq!(pack(&Kept { draft: " \n".into(), ..Kept::default() }), None);
        assert_eq!(unpack("{]"), Kept::default());
        assert_eq!(unpack(r#"{"draft":"oi","of_a_newer_version":1}"#).draft, "oi");
    }
}
