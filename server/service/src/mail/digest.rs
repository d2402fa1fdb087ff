//! A raw mail made ready to be kept: what it is, its words with the fold, its HTML made safe, its files with their bytes. Pure work, done off the async
//! threads; it asks no store.

use super::{Facts, shown};
use bytes::Bytes;
use channels::email::kind::{Kind, Own, kind};
use channels::email::thread::{Candidate, Signer, candidates, is_aligned};
use channels::email::{Mail, Seal, clean, compose, forward, plain, quote::Fold};
use model::*;

/// Most characters of a message's words.
const WORDS: usize = 150_000;
/// Stands between a mail's own HTML and what it quotes; the cleaner lets no comment of anybody's through.
pub(super) const FOLD: &str = "<!--fold-->";

/// A mail, digested.
pub(super) struct Digest {
    pub kind: Kind,
    pub candidates: Vec<Candidate>,
    /// The inbox that our own loop mark names.
    pub looped: Option<String>,
    /// The mark of a mail that only tests the way in.
    pub test: Option<String>,
    /// Whether the mailbox's own server found that its sender is who they say.
    pub aligned: bool,
    pub text: String,
    pub html: Option<String>,
    pub head: MailHead,
    pub facts: Facts,
    /// Everybody on it who is not us.
    pub people: Vec<String>,
    pub files: Vec<(AttachmentView, Bytes)>,
}

/// Reads a raw mail. `whole` is false where only its head was taken; `voucher` is the server whose word on senders is believed.
pub(super) fn digest(
    raw: &[u8],
    whole: bool,
    envelope: &[String],
    own: &Own,
    signer: &Signer,
    language: Language,
    voucher: Option<&str>,
) -> Digest {
    let mail = Mail::read(raw);
    let kind = kind(&mail, own);
    let fold = Fold::of(&mail);
    let (mut text, quoted_from) = words(&mail, &fold);
    if let Some(note) = note(&mail, whole, language) {
        text = if text.trim().is_empty() { note.to_owned() } else { format!("{note}\n\n{text}") };
    }
    let html = html(&mail, &fold);
    let subject = line(&mail.subject, 500);
    let from = mail.from.clone().unwrap_or_default();
    let list = |addresses: &[channels::email::Address]| addresses.iter().take(100).map(shown).collect();
    let answer = compose::reply_all(&mail, own);
    let people = mail.from.iter().chain(&mail.reply_to).chain(&mail.to).chain(&mail.cc).filter(|a| !own.holds(&a.email));
    let looped = mail.headers.text("x-recado-loop").and_then(|mark| signer.read_loop_mark(&mark));
    Digest {
        test: super::trial::marked(mail.message_id.as_deref(), looped.as_deref(), signer),
        candidates: candidates(&mail, envelope, signer),
        aligned: voucher.and_then(|voucher| is_aligned(&mail, voucher)) == Some(true),
        looped,
        head: MailHead {
            from: shown(&from),
            to: list(&mail.to),
            cc: list(&mail.cc),
            bcc: Vec::new(),
            subject: subject.clone(),
            html: html.is_some(),
            quoted_from: quoted_from.filter(|at| (*at as usize) < text.chars().count()),
            forwarded: forward::offered(&mail, raw, own).map(|one| shown(&one.from)),
            signature: String::new(),
        },
        facts: Facts {
            from,
            to: answer.to,
            cc: answer.cc,
            subject,
            message_id: mail.message_id.clone(),
            references: compose::references(&mail),
            date: mail.date.unwrap_or_default(),
            original: None,
        },
        people: people.take(200).map(|address| address.email.clone()).collect(),
        files: files(&mail, raw),
        text,
        html,
        kind,
    }
}

/// The words before the fold, then those behind it; and where, in characters, the fold is.
fn words(mail: &Mail, fold: &Fold) -> (String, Option<u32>) {
    let visible: String = fold.visible(mail).trim_end().replace('\0', "").chars().take(WORDS).collect();
    let behind = match (fold.text, fold.html, &mail.html) {
        (Some(at), _, _) => mail.text.get(at..).unwrap_or_default().to_owned(),
        (None, Some(at), Some(html)) => plain::from_html(html.get(at..).unwrap_or_default()),
        _ => String::new(),
    };
    let behind = behind.trim().replace('\0', "");
    let count = visible.chars().count();
    if behind.is_empty() || count >= WORDS {
        return (visible, None);
    }
    let behind: String = behind.chars().take(WORDS - count).collect();
    (format!("{visible}\n\n{behind}"), Some(count as u32))
}

/// The HTML made safe, its quote behind a mark.
fn html(mail: &Mail, fold: &Fold) -> Option<String> {
    let html = mail.html.as_deref()?;
    let cids: Vec<&str> = mail.attachments.iter().filter_map(|file| file.content_id.as_deref()).collect();
    let (visible, quoted) = html.split_at_checked(fold.html.unwrap_or(html.len())).unwrap_or((html, ""));
    let mut safe = clean::clean(visible, &cids);
    if !quoted.is_empty() {
        safe.push_str(FOLD);
        safe.push_str(&clean::clean(quoted, &cids));
    }
    Some(safe.replace('\0', ""))
}

fn files(mail: &Mail, raw: &[u8]) -> Vec<(AttachmentView, Bytes)> {
    let described = mail.attachments.iter().map(|file| {
        let (mut view, bytes) = crate::uploads::described(&file.name, Bytes::from(file.bytes(raw).into_owned()), false);
        view.content_id = file.content_id.clone().filter(|_| file.inline);
        view.state = FileState::Ready;
        (view, bytes)
    });
    described.collect()
}

/// What an agent must know of a mail that cannot be shown as it is.
fn note(mail: &Mail, whole: bool, language: Language) -> Option<&'static str> {
    let portuguese = language == Language::Portuguese;
    match mail.seal {
        _ if !whole && portuguese => Some("Este e-mail é grande demais para ser trazido. Abra-o na própria caixa de e-mail."),
        _ if !whole => Some("This mail is too large to be fetched. Open it in the mailbox itself."),
        Some(Seal::PgpEncrypted | Seal::SmimeEncrypted) if portuguese => Some("Este e-mail está cifrado e não pode ser mostrado aqui."),
        Some(Seal::PgpEncrypted | Seal::SmimeEncrypted) => Some("This mail is encrypted and cannot be shown here."),
        _ => None,
    }
}

/// A header's words on one line.
fn line(text: &str, most: usize) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(most).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(raw: &str) -> Digest {
        let own = Own { addresses: vec!["oi@loja.example".into()], domains: vec!["loja.example".into()] };
        digest(raw.as_bytes(), true, &[], &own, &Signer::new(b"k"), Language::Portuguese, None)
    }

    #[test]
    fn the_fold_is_counted_in_characters() {
        let raw = "From: Bia <bia@c.example>\nTo: oi@loja.example\nContent-Type: text/plain; charset=utf-8\n\nAté já.\n\nEm seg., 1 de jun. de 2026 às 10:00, Loja <oi@loja.example> escreveu:\n> Olá\n> Bia\n";
        let read = of(raw);
        let at = read.head.quoted_from.expect("a quote") as usize;
        assert_eq!(read.text.chars().take(at).collect::<String>(), "Até já.");
        assert!(read.text.chars().skip(at).collect::<String>().contains("> Olá"), "{}", read.text);
        assert_eq!((read.people.as_slice(), read.facts.to[0].email.as_str()), (&["bia@c.example".to_owned()][..], "bia@c.example"));
    }

    #[test]
    fn html_is_safe_on_both_sides_of_its_fold() {
        let raw = "From: bia@c.example\nTo: oi@loja.example\nContent-Type: text/html\n\n<div>Oi<script>x()</script><!--fold--></div><div class=\"gmail_quote\"><div class=\"gmail_attr\">On x, y wrote:</div><blockquote>velho<img src=x onerror=y()></blockquote></div>";
        let html = of(raw).html.expect("html");
        let (own, quoted) = html.split_once(FOLD).expect("one fold");
        assert!(own.contains("Oi") && !own.contains("velho") && quoted.contains("velho"), "{html}");
        assert!(!html.contains("script") && !html.contains("onerror") && !quoted.contains(FOLD), "{html}");
    }

    #[test]
    fn what_could_not_be_taken_is_said() {
        let own = Own::default();
        let read = digest(b"From: bia@c.example\nSubject: filme\n\n", false, &[], &own, &Signer::new(b"k"), Language::English, None);
        assert!(read.text.contains("too large"), "{}", read.text);
    }
}
