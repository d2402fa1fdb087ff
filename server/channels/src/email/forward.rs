//! Whose mail somebody passed on: the mails a forward encloses (message/rfc822, RFC 2046 section 5.2.1) or carries in its own words, as mail programs write
//! them. It only finds; who is taken for the sender is said by a person.

use super::{
    Address, Mail, addresses, compose,
    kind::{Own, is_robot, kind},
    phrases::{Label, is_forward, is_forward_subject, is_header_block, is_original_separator, is_underscores, label, unforwarded},
    presets,
    quote::Fold,
};

/// Lines that are looked at: a forward that begins beyond is nobody's to answer.
const LINES: usize = 4_000;
/// Lines of one quoted head, blank ones included.
const HEAD: usize = 24;
/// Most mails found in one: a chain of forwards is followed so far.
const MOST: usize = 6;
/// Most bytes of an enclosed mail that is opened, and how deep.
const ENCLOSED: usize = 30 << 20;
const DEPTH: usize = 3;
/// Most characters of its words that are kept.
const WORDS: usize = 20_000;

/// A mail that somebody passed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forwarded {
    /// To whom an answer goes: who wrote it, or whom a form or a robot wrote it for.
    pub from: Address,
    /// What it was about.
    pub subject: String,
    /// What it said.
    pub text: String,
    /// When it was written, in milliseconds since 1970; what is only written out in words is in `when`.
    pub date: Option<i64>,
    /// When it was written, in the words of the program that passed it on.
    pub when: String,
    /// Its identifier, where that is known.
    pub message_id: Option<String>,
    /// The References of an answer to it.
    pub references: Vec<String>,
}

/// Every mail that this one passes on, the outermost first.
#[must_use]
pub fn forwarded(mail: &Mail, raw: &[u8], own: &Own) -> Vec<Forwarded> {
    let mut found = Vec::new();
    gather(mail, raw, own, 0, &mut found);
    found
}

/// The one to be offered: not ours, not whoever passed it on, and rather a stranger's than a colleague's who passed it on before.
#[must_use]
pub fn offered(mail: &Mail, raw: &[u8], own: &Own) -> Option<Forwarded> {
    let by = mail.from.as_ref().map(|from| from.email.as_str()).unwrap_or_default();
    let mut fit: Vec<Forwarded> = forwarded(mail, raw, own)
        .into_iter()
        .filter(|one| !own.holds(&one.from.email) && one.from.email != by && !is_robot(&one.from))
        .collect();
    let outside = fit.iter().position(|one| !is_house(&one.from, own)).unwrap_or(0);
    (outside < fit.len()).then(|| fit.swap_remove(outside))
}

/// Whether an address is of the same house as the inbox: its domain, unless a public provider's.
#[must_use]
pub fn is_house(address: &Address, own: &Own) -> bool {
    let domain = address.domain();
    own.domains.iter().any(|own| own == domain) && presets::public(domain).is_none()
}

fn gather(mail: &Mail, raw: &[u8], own: &Own, depth: usize, found: &mut Vec<Forwarded>) {
    // What a report encloses is our own mail, or its head.
    if mail.report.is_some() || depth == DEPTH {
        return;
    }
    let enclosed: Vec<(Mail, Vec<u8>)> = mail
        .attachments
        .iter()
        .filter(|file| file.kind == "message/rfc822" || file.name.to_lowercase().ends_with(".eml"))
        .filter(|file| file.size <= ENCLOSED)
        .take(MOST)
        .map(|file| {
            let bytes = file.bytes(raw).into_owned();
            (Mail::read(&bytes), bytes)
        })
        .collect();
    let end = Fold::of(mail).text.unwrap_or(mail.text.len());
    let lines: Vec<&str> = mail.text[..end].lines().take(LINES).collect();
    for (place, mut one) in written(&lines, is_forward_subject(&mail.subject), &mail.subject).into_iter().enumerate() {
        // Some programs do both; the enclosed mail knows its own name.
        if let Some((inner, _)) = enclosed.iter().find(|(inner, _)| inner.from.as_ref().is_some_and(|from| from.email == one.from.email)) {
            add(found, of(inner, own));
            continue;
        }
        if place == 0 && depth == 0 {
            // Programs that forward within the text name the mail they forward as if they answered it.
            one.message_id = mail.in_reply_to.first().or(mail.references.last()).cloned();
            one.references.clone_from(&mail.references);
            one.references.extend(one.message_id.iter().filter(|id| !mail.references.contains(*id)).cloned());
        }
        add(found, Some(one));
    }
    for (inner, bytes) in &enclosed {
        add(found, of(inner, own));
        gather(inner, bytes, own, depth + 1, found);
    }
}

fn add(found: &mut Vec<Forwarded>, one: Option<Forwarded>) {
    if let Some(one) = one.filter(|one| found.len() < MOST && found.iter().all(|known| known.from.email != one.from.email)) {
        found.push(one);
    }
}

/// An enclosed mail.
fn of(mail: &Mail, own: &Own) -> Option<Forwarded> {
    let from = kind(mail, own).contact.or_else(|| mail.from.clone()).filter(is_whole)?;
    Some(Forwarded {
        from,
        subject: mail.subject.clone(),
        text: mail.text.chars().take(WORDS).collect(),
        date: mail.date,
        when: String::new(),
        message_id: mail.message_id.clone(),
        references: compose::references(mail),
    })
}

/// The mails these lines pass on: behind a line that says so, or, where the subject says so, behind a quoted head.
fn written(lines: &[&str], forward: bool, subject: &str) -> Vec<Forwarded> {
    let (mut found, mut at) = (Vec::new(), 0);
    while at < lines.len() && found.len() < MOST {
        let line = lines[at].trim_start_matches(['>', ' ']);
        let rest = |from: usize| lines.iter().skip(from).take(HEAD).copied();
        let start = if is_forward(line) {
            Some(at + 1)
        } else if forward && is_header_block(rest(at)) {
            Some(at)
        } else if forward && (is_original_separator(line) || is_underscores(line)) {
            Some(at + 1)
        } else {
            None
        };
        match start.and_then(|start| head(lines, start)) {
            Some((mut one, body)) => {
                let next = (body..lines.len()).find(|next| is_forward(lines[*next].trim_start_matches(['>', ' ']))).unwrap_or(lines.len());
                one.text = words(&lines[body..next]);
                // A long subject is cut over lines there, and whole in the forward's own.
                let whole = unforwarded(subject);
                if found.is_empty() && !one.subject.is_empty() && whole.starts_with(&one.subject) {
                    one.subject = whole.to_owned();
                }
                found.push(one);
                at = body.max(at + 1);
            }
            None => at += 1,
        }
    }
    found
}

/// A quoted head that begins about here, and the line its body begins in. Its labels stand in whatever order, each once.
fn head(lines: &[&str], start: usize) -> Option<(Forwarded, usize)> {
    let (mut one, mut seen, mut at, mut reply_to) = (Forwarded::default(), Vec::new(), start, None);
    let mut from = String::new();
    while at < lines.len() && at < start + HEAD {
        let line = lines[at];
        match label(line) {
            Some((found, value)) if !seen.contains(&found) => {
                seen.push(found);
                match found {
                    Label::From => value.clone_into(&mut from),
                    Label::Subject => value.clone_into(&mut one.subject),
                    Label::Sent => value.clone_into(&mut one.when),
                    Label::ReplyTo => reply_to = address(value),
                    Label::To | Label::Cc => {}
                }
            }
            // The same again, or a new quoted head: the body has begun.
            Some(_) => break,
            None if line.trim_matches(['>', ' ', '\t', '\u{a0}']).is_empty() => {
                let next = (at + 1..lines.len().min(at + 3)).find(|next| !lines[*next].trim_matches(['>', ' ', '\t']).is_empty());
                let goes_on = next.and_then(|next| label(lines[next])).is_some_and(|(label, _)| !seen.contains(&label));
                if !goes_on && !seen.is_empty() {
                    break;
                }
            }
            // An address that was too long for its line.
            None if seen.last() == Some(&Label::From) && address(&from).is_none() && from.len() < 400 => {
                from.push(' ');
                from.push_str(line.trim_start_matches('>').trim());
            }
            None if matches!(seen.last(), Some(Label::To | Label::Cc)) && line.contains('@') && line.len() < 400 => {}
            None => break,
        }
        at += 1;
    }
    let writer = address(&from);
    one.from = match (writer, reply_to) {
        (Some(writer), Some(wanted)) if is_robot(&writer) => wanted,
        (Some(writer), _) => writer,
        (None, _) => return None,
    };
    (seen.len() > 1).then_some((one, at))
}

/// The mailbox of a From that was written out: bold names, `[mailto:…]` and `<…<mailto:…>>` as Outlook writes them.
fn address(value: &str) -> Option<Address> {
    let mut value = value.replace("[mailto:", "<").replace(['*', '\u{a0}'], " ");
    if value.contains('<') {
        value = value.replace(']', ">");
    }
    while let Some(at) = value.find("<mailto:").filter(|at| value[..*at].contains('@')) {
        let end = value[at..].find('>').map_or(value.len(), |end| at + end + 1);
        value.replace_range(at..end, "");
    }
    let value = value.replace("<mailto:", "<").replace("mailto:", "");
    let mut found = addresses(value.trim().as_bytes()).into_iter().find(is_whole)?;
    found.name = found.name.map(|name| name.trim_matches(['\'', '"', ' ']).chars().take(200).collect::<String>());
    found.name = found.name.filter(|name| !name.is_empty() && !name.contains('@'));
    Some(found)
}

fn is_whole(address: &Address) -> bool {
    let (local, domain) = (address.local(), address.domain());
    let plain = |text: &str| !text.is_empty() && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c));
    plain(local) && plain(domain) && domain.contains('.') && address.email.len() <= 254
}

/// The words below a head, out of the quote it stood in.
fn words(lines: &[&str]) -> String {
    let quoted = lines.iter().all(|line| line.trim().is_empty() || line.starts_with('>'));
    let lines = lines
        .iter()
        .map(|line| if quoted { line.strip_prefix('>').map_or(*line, |line| line.strip_prefix(' ').unwrap_or(line)) } else { line });
    lines.collect::<Vec<_>>().join("\n").trim().chars().take(WORDS).collect()
}

#[cfg(test)]
mod tests;
