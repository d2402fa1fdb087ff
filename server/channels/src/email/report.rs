//! What a mail server reports of a mail of ours: failed, delayed, delivered, read, complained of (RFC 3464, RFC 8098, RFC 5965). It only reads; what
//! follows from it is the service's.

use super::{
    addresses, decode,
    header::{Headers, identifiers},
    mime::Tree,
};

/// What is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not delivered and will not be.
    Failed,
    /// It is still being tried.
    Delayed,
    /// It arrived, or was passed on to where no more reports come from.
    Delivered,
    /// Somebody opened it.
    Read,
    /// Somebody called it spam.
    Complaint,
}

/// A report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What became of the mail.
    pub outcome: Outcome,
    /// For whom, in lower case.
    pub recipient: Option<String>,
    /// The enhanced status code (RFC 3463), such as `5.1.1`.
    pub status: Option<String>,
    /// What the other server said, on one line.
    pub diagnostic: Option<String>,
    /// The reported mail's identifier, without brackets.
    pub original: Option<String>,
    /// Every recipient the report speaks of.
    pub recipients: Vec<(String, Outcome)>,
}

/// Reads the machine part of a report; a mail without one may still be a bounce in plain words ([`super::kind`]).
#[must_use]
pub fn read(raw: &[u8], tree: &Tree) -> Option<Report> {
    let root = tree.parts.first()?;
    let part = |kind: &str| tree.parts.iter().find(|part| part.is(kind));
    let own = |field: &str| root.headers.ids(field).into_iter().next();
    let mut report = if let Some(status) = part("message/delivery-status").or_else(|| part("message/global-delivery-status")) {
        delivery(&status.decode(raw))?
    } else if let Some(seen) = part("message/disposition-notification") {
        let (fields, _) = Headers::read(&seen.decode(raw), 0, |_| false);
        let read = fields.text("disposition").is_none_or(|value| value.to_ascii_lowercase().contains("displayed"));
        let recipient = fields.first("final-recipient").and_then(typed);
        let outcome = if read { Outcome::Read } else { Outcome::Delivered };
        let original = fields.first("original-message-id").and_then(|id| identifiers(id).into_iter().next());
        Report { outcome, recipient, status: None, diagnostic: None, original, recipients: Vec::new() }
    } else if let Some(complaint) = part("message/feedback-report") {
        let (fields, _) = Headers::read(&complaint.decode(raw), 0, |_| false);
        let recipient = fields.first("original-rcpt-to").and_then(|to| addresses(to).into_iter().next()).map(|to| to.email);
        let diagnostic = fields.text("feedback-type");
        Report { outcome: Outcome::Complaint, recipient, status: None, diagnostic, original: None, recipients: Vec::new() }
    } else {
        return None;
    };
    let returned = tree.parts.iter().find(|part| {
        ["message/rfc822", "text/rfc822-headers", "message/global", "message/rfc822-headers"].contains(&part.kind.value.as_str())
    });
    let enclosed = returned.map(|part| Headers::read(&part.decode(raw), 0, |_| false).0);
    let enclosed_id = enclosed.as_ref().and_then(|headers| headers.ids("message-id").into_iter().next());
    report.original = report.original.or(enclosed_id).or_else(|| own("x-original-message-id")).or_else(|| own("in-reply-to"));
    Some(report)
}

fn delivery(body: &[u8]) -> Option<Report> {
    let groups = groups(body);
    let mut recipients: Vec<(Report, bool)> = Vec::new();
    for fields in groups.iter().take(1000) {
        let Some(action) = fields.text("action") else { continue };
        let word: String = action.trim().to_ascii_lowercase().chars().take_while(char::is_ascii_alphabetic).collect();
        let outcome = match word.as_str() {
            "failed" => Outcome::Failed,
            "delayed" => Outcome::Delayed,
            "delivered" | "relayed" | "expanded" => Outcome::Delivered,
            _ => continue,
        };
        let recipient = fields.first("final-recipient").or_else(|| fields.first("original-recipient")).and_then(typed);
        let status = fields.text("status").and_then(|status| status.split_ascii_whitespace().next().map(str::to_owned));
        let diagnostic = fields.text("diagnostic-code").map(|said| said.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
        let report = Report { outcome, recipient, status, diagnostic, original: None, recipients: Vec::new() };
        recipients.push((report, outcome == Outcome::Failed));
    }
    // Of several recipients, the one that failed is the news.
    let all = recipients.iter().filter_map(|(report, _)| report.recipient.clone().map(|to| (to, report.outcome))).collect();
    let news = recipients
        .iter()
        .position(|(_, failed)| *failed)
        .or_else(|| recipients.iter().position(|(report, _)| report.outcome == Outcome::Delayed));
    let mut report = recipients.into_iter().nth(news.unwrap_or(0))?.0;
    report.recipients = all;
    Some(report)
}

/// The blocks of a delivery status: about the message first, then one for each recipient.
fn groups(body: &[u8]) -> Vec<Headers> {
    let mut groups = Vec::new();
    let mut at = 0;
    while at < body.len() && groups.len() < 2000 {
        let (fields, next) = Headers::read(body, at, |_| false);
        if !fields.is_empty() {
            groups.push(fields);
        }
        // A line that is no field and opens a block would be read for ever.
        at = if next > at { next } else { memchr::memchr(b'\n', &body[at..]).map_or(body.len(), |found| at + found + 1) };
    }
    groups
}

/// `rfc822; ana@cust.test` to the address (RFC 3464 section 2.3.1).
fn typed(value: &[u8]) -> Option<String> {
    let text = decode::text(value, None);
    let address = text.split_once(';').map_or(text.as_str(), |(_, address)| address).trim().trim_matches(['<', '>']).to_lowercase();
    Some(address).filter(|address| !address.is_empty() && address.len() <= 320)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email::mime::walk;

    fn of(status: &str) -> Option<Report> {
        let raw = format!(
            "In-Reply-To: <out@desk.test>\nContent-Type: multipart/report; boundary=b\n\n--b\n\nSorry\n--b\nContent-Type: message/delivery-status\n\n{status}\n--b--"
        );
        read(raw.as_bytes(), &walk(raw.as_bytes()))
    }

    #[test]
    fn the_recipient_that_failed_is_the_news() {
        let report = of("Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822;<B@c.test>\nAction: delivered\n\nFinal-Recipient: rfc822; d@e.test\nAction: failed\nStatus: 5.2.2 (full)\nDiagnostic-Code: smtp; 552\n  mailbox full").expect("a report");
        assert_eq!(
            (report.outcome, report.recipient.as_deref(), report.status.as_deref()),
            (Outcome::Failed, Some("d@e.test"), Some("5.2.2"))
        );
        assert_eq!((report.diagnostic.as_deref(), report.original.as_deref()), (Some("smtp; 552 mailbox full"), Some("out@desk.test")));
        assert_eq!(report.recipients.len(), 2);
    }

    #[test]
    fn nonsense_is_no_report() {
        assert_eq!(of("hello\nworld"), None);
        assert_eq!(of(""), None);
    }
}
