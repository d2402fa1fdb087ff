//! The sentences mail programs put around what people write, in the languages our customers' programs speak. Lists only; `quote.rs` and `kind.rs`
//! apply them.

/// Verbs of "On …, somebody wrote:".
const WROTE: &[&str] = &[
    "wrote",
    "escreveu",
    "escribió",
    "escribio",
    "a écrit",
    "a ecrit",
    "schrieb",
    "geschrieben",
    "ha scritto",
    "schreef",
    "napisał",
    "написал",
];
/// How such a line begins when it is cut over several.
const OPENERS: &[&str] =
    &["on ", "em ", "no dia ", "a ", "el ", "le ", "am ", "il ", "op ", "---- on ", "---- em ", "-- on ", "at ", "às ", "in ", "dia "];

const FROM: &[&str] = &["from", "de", "von", "da", "van"];
const SENT: &[&str] = &[
    "sent",
    "date",
    "enviado",
    "enviada",
    "enviado em",
    "enviada em",
    "data",
    "fecha",
    "enviado el",
    "gesendet",
    "datum",
    "envoyé",
    "envoyé le",
    "inviato",
    "verzonden",
];
const TO: &[&str] = &["to", "para", "an", "à", "a", "aan"];
const CC: &[&str] = &["cc", "c/c", "cópia", "copia", "kopie", "copie"];
const REPLY_TO: &[&str] = &["reply-to", "responder a", "responder para", "responder-a", "antwort an", "répondre à"];
const SUBJECT: &[&str] = &["subject", "assunto", "asunto", "betreff", "objet", "oggetto", "onderwerp"];

const ORIGINAL: &[&str] = &[
    "original message",
    "mensagem original",
    "mensaje original",
    "ursprüngliche nachricht",
    "message d'origine",
    "message d’origine",
    "messaggio originale",
    "original appointment",
    "compromisso original",
    "oorspronkelijk bericht",
    "reply message",
    "mensagem de resposta",
];
const FORWARDED: &[&str] = &[
    "forwarded message",
    "mensagem encaminhada",
    "mensaje reenviado",
    "weitergeleitete nachricht",
    "message transféré",
    "message transmis",
    "messaggio inoltrato",
    "begin forwarded message",
    "início da mensagem encaminhada",
    "inicio de mensagem encaminhada",
    "inicio del mensaje reenviado",
    "début du message transféré",
    "début du message réexpédié",
    "anfang der weitergeleiteten nachricht",
    "forwarded by",
    "mensagem reencaminhada",
    "início da mensagem reencaminhada",
];
const FORWARD_SUBJECT: &[&str] = &["fw:", "fwd:", "enc:", "wg:", "tr:", "rv:", "i:", "res: enc:", "re: fwd:", "encaminhada:", "reenv:"];
const AUTOMATIC_SUBJECT: &[&str] = &[
    "automatic reply",
    "auto reply",
    "auto-reply",
    "autoreply",
    "auto response",
    "auto-response",
    "autoresponse",
    "auto:",
    "out of office",
    "out-of-office",
    "resposta automática",
    "resposta automatica",
    "re: resposta automática",
    "respuesta automática",
    "respuesta automatica",
    "fuera de la oficina",
    "fora do escritório",
    "ausência temporária",
    "ausente",
    "automatische antwort",
    "abwesenheitsnotiz",
    "abwesend:",
    "réponse automatique",
    "absence du bureau",
    "risposta automatica",
    "aviso de férias",
];
const BOUNCE_SUBJECT: &[&str] = &[
    "undeliver",
    "delivery status notification",
    "delivery failure",
    "delivery has failed",
    "mail delivery failed",
    "returned mail",
    "failure notice",
    "não entregue",
    "nao entregue",
    "não é possível entregar",
    "falha na entrega",
    "no se puede entregar",
    "no entregado",
    "unzustellbar",
    "non remis",
    "échec de la remise",
    "mail delivery system",
    "warning: could not send",
    "undelivered mail",
];
const MOBILE: &[&str] = &[
    "sent from my ",
    "sent from outlook",
    "sent from yahoo",
    "get outlook for",
    "enviado do meu ",
    "enviado pelo meu ",
    "enviado a partir do",
    "enviado do ",
    "enviado via ",
    "enviado desde mi ",
    "von meinem ",
    "gesendet mit ",
    "envoyé de mon ",
    "envoyé depuis ",
    "obter o outlook para",
    "obtenha o outlook para",
    "obtenga outlook para",
    "sent with ",
    "sent via ",
];

/// Whether this is a whole "On …, somebody wrote:"; one without a date or a time is a person's own sentence.
#[must_use]
pub fn is_attribution(text: &str) -> bool {
    let text = text.trim().trim_end_matches(['-', ' ', '\u{a0}']).trim_end_matches(['*', '_']);
    if text.len() > 500 || !text.bytes().any(|b| b.is_ascii_digit()) {
        return false;
    }
    let lower = text.to_lowercase();
    let ends = lower.trim_end_matches([':', ' ', '\u{a0}']);
    let colon = lower.ends_with(':');
    WROTE.iter().any(|verb| {
        (ends.ends_with(verb) && (colon || ends.starts_with("---")))
            || (colon && matches!(*verb, "schrieb" | "escreveu" | "napisał") && lower.contains(&format!("{verb} ")))
    })
}

/// Whether a line may be the first of an attribution that goes on below.
#[must_use]
pub fn opens_attribution(line: &str) -> bool {
    let lower: String = line.trim_start().chars().take(12).flat_map(char::to_lowercase).collect();
    OPENERS.iter().any(|opener| lower.starts_with(opener))
}

/// What a line of a quoted head names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// Who wrote it.
    From,
    /// When.
    Sent,
    /// To whom.
    To,
    /// Who got a copy.
    Cc,
    /// Where answers are wanted.
    ReplyTo,
    /// What about.
    Subject,
}

/// Label and value of a line of a quoted head, whatever marks of a quote or of bold type surround them.
#[must_use]
pub fn label(line: &str) -> Option<(Label, &str)> {
    let line = line.trim_start_matches(['>', ' ', '*', '\u{a0}', '\t']);
    let (name, value) = line.split_once(':').filter(|(name, _)| name.len() < 40)?;
    let name = name.trim_matches(['*', ' ', '\u{a0}']).to_lowercase();
    let known =
        [(Label::From, FROM), (Label::Sent, SENT), (Label::To, TO), (Label::Cc, CC), (Label::ReplyTo, REPLY_TO), (Label::Subject, SUBJECT)];
    let (label, _) = known.into_iter().find(|(_, names)| names.contains(&name.as_str()))?;
    Some((label, value.trim_matches(['*', ' ', '\u{a0}', '\t'])))
}

fn labelled(line: &str, wanted: Label) -> bool {
    label(line).is_some_and(|(found, _)| found == wanted)
}

/// Whether a header block ("From … Sent … To … Subject", one to a line) begins with the first of these lines.
#[must_use]
pub fn is_header_block<'t>(mut lines: impl Iterator<Item = &'t str>) -> bool {
    if !lines.next().is_some_and(|line| labelled(line, Label::From)) {
        return false;
    }
    let (mut sent, mut other) = (false, false);
    for line in lines.filter(|line| !line.trim().is_empty()).take(6) {
        sent |= labelled(line, Label::Sent);
        other |= labelled(line, Label::To) || labelled(line, Label::Subject);
    }
    sent && other
}

/// Whether a line says "-----Original Message-----".
#[must_use]
pub fn is_original_separator(line: &str) -> bool {
    let line = line.trim();
    line.len() < 120 && line.starts_with("--") && {
        let inner = line.trim_matches(['-', ' ']).to_lowercase();
        ORIGINAL.contains(&inner.as_str())
    }
}

/// Whether a line is the row of underscores Outlook draws.
#[must_use]
pub fn is_underscores(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 20 && line.bytes().all(|b| b == b'_')
}

/// Whether a text begins by saying that what follows is forwarded.
#[must_use]
pub fn is_forward(text: &str) -> bool {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).take(2).any(|line| {
        let inner = line.trim_matches(['-', ' ', ':', '=', '_', '\u{a0}', '*']).to_lowercase();
        inner.len() < 200 && FORWARDED.iter().any(|phrase| inner.starts_with(phrase))
    })
}

/// Whether a subject says the mail is a forward.
#[must_use]
pub fn is_forward_subject(subject: &str) -> bool {
    let lower = subject.trim_start().to_lowercase();
    FORWARD_SUBJECT.iter().any(|prefix| lower.starts_with(prefix))
}

/// A subject without what forwarding put before it.
#[must_use]
pub fn unforwarded(subject: &str) -> &str {
    let subject = subject.trim();
    let known = FORWARD_SUBJECT.iter().find(|prefix| subject.get(..prefix.len()).is_some_and(|start| start.to_lowercase() == **prefix));
    known.map_or(subject, |prefix| subject[prefix.len()..].trim_start())
}

/// Whether a subject says that a machine answers.
#[must_use]
pub fn is_automatic_subject(subject: &str) -> bool {
    let lower = subject.trim_start().to_lowercase();
    AUTOMATIC_SUBJECT.iter().any(|prefix| {
        let rest = lower.strip_prefix(prefix);
        rest.is_some_and(|rest| prefix.ends_with(':') || rest.is_empty() || rest.starts_with([':', ' ', ',', '-', '!']))
    })
}

/// Whether a subject is a postmaster's.
#[must_use]
pub fn is_bounce_subject(subject: &str) -> bool {
    let lower = subject.to_lowercase();
    BOUNCE_SUBJECT.iter().any(|phrase| lower.contains(phrase))
}

/// Whether a line is what a telephone signs with.
#[must_use]
pub fn is_mobile_signature(line: &str) -> bool {
    let lower = line.trim().to_lowercase();
    lower.len() < 100 && MOBILE.iter().any(|phrase| lower.starts_with(phrase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributions_in_our_languages() {
        for line in [
            "On 5 Jan 2026, at 09:30, Support <support@desk.test> wrote:",
            "Em seg., 5 de jan. de 2026 às 09:30, Suporte <support@desk.test> escreveu:",
            "El lun, 5 ene 2026 a las 9:30, Soporte (<s@desk.test>) escribió:",
            "Le lun. 5 janv. 2026 à 09:30, Support <s@desk.test> a écrit\u{a0}:",
            "Am Mo., 5. Jan. 2026 um 09:30 Uhr schrieb Support <s@desk.test>:",
            "---- On Mon, 05 Jan 2026 09:30:00 -0300 Support <s@desk.test> wrote ----",
            "Il giorno lun 5 gen 2026 alle ore 09:30 Support <s@desk.test> ha scritto:",
        ] {
            assert!(is_attribution(line), "{line}");
        }
        for line in ["Ela escreveu:", "I wrote to you on 5 January", "No contrato 4411 está escrito:", ""] {
            assert!(!is_attribution(line), "{line}");
        }
    }

    #[test]
    fn header_blocks_need_more_than_a_from() {
        assert!(is_header_block("De: Suporte <s@d.test>\nEnviado: segunda\nPara: Ana\nAssunto: x".lines()));
        assert!(is_header_block("*From:* Support\n*Sent:* Monday\n*To:* Ana".lines()));
        assert!(!is_header_block("De: São Paulo\nPara: Recife".lines()));
        assert!(!is_header_block("From the desk of Ana".lines()));
    }

    #[test]
    fn subjects() {
        assert!(
            is_automatic_subject("Automatic reply: Order")
                && is_automatic_subject("Resposta automática: x")
                && is_automatic_subject("Auto: Re: x")
        );
        assert!(!is_automatic_subject("Automatic replying machine for sale") && !is_automatic_subject("Ausentes da reunião"));
        assert!(is_forward_subject("FW: x") && is_forward_subject("ENC: x") && !is_forward_subject("Re: x"));
        assert!(is_original_separator("-----Mensagem original-----") && !is_original_separator("original message"));
    }
}
