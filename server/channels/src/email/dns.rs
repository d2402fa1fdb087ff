//! What a sending domain's DNS says about it, in words an administrator can act on: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489). It asks no name
//! server; the records are handed in.

use model::{Bilingual, Grade};

/// A judgement in words, and the record to publish where one is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How good it is.
    pub grade: Grade,
    /// What that means, and what to do.
    pub said: Bilingual,
    /// The name and the text of a TXT record that would mend it.
    pub publish: Option<(String, String)>,
}

fn verdict(grade: Grade, en: String, pt: String) -> Verdict {
    Verdict { grade, said: Bilingual { en: en.into(), pt: pt.into() }, publish: None }
}

/// An SPF record, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spf {
    /// The domains it includes.
    pub includes: Vec<String>,
    /// What it says of everybody else: `-`, `~`, `?` or `+`; `None` where it says nothing.
    pub all: Option<char>,
    /// Mechanisms that cost a look-up, of which ten are allowed (section 4.6.4).
    pub lookups: usize,
    /// Where the whole record stands instead.
    pub redirect: Option<String>,
    /// Words that are no mechanism.
    pub unknown: Vec<String>,
}

impl Spf {
    /// Reads a TXT record; `None` if it is no SPF record.
    #[must_use]
    pub fn read(record: &str) -> Option<Self> {
        let mut words = record.split_ascii_whitespace();
        words.next().filter(|version| version.eq_ignore_ascii_case("v=spf1"))?;
        let mut spf = Self::default();
        for word in words.take(200) {
            let (qualifier, term) = match word.chars().next() {
                Some(sign @ ('+' | '-' | '~' | '?')) => (sign, &word[1..]),
                _ => ('+', word),
            };
            let lower = term.to_ascii_lowercase();
            let (name, value) = lower.split_once([':', '=']).unwrap_or((lower.as_str(), ""));
            match name.split('/').next().unwrap_or_default() {
                "all" => spf.all = spf.all.or(Some(qualifier)),
                "include" => {
                    spf.includes.push(value.to_owned());
                    spf.lookups += 1;
                }
                "a" | "mx" | "ptr" | "exists" => spf.lookups += 1,
                "redirect" => {
                    spf.redirect = Some(value.to_owned());
                    spf.lookups += 1;
                }
                "ip4" | "ip6" | "exp" => {}
                _ => spf.unknown.push(word.to_owned()),
            }
        }
        Some(spf)
    }
}

/// Judges the TXT records of a domain: whether the relay mail leaves through is named there. `relay` is the include it asks for, such as
/// `_spf.google.com`; `None` where it is not known.
#[must_use]
pub fn spf(domain: &str, records: &[String], relay: Option<&str>) -> Verdict {
    let found: Vec<Spf> = records.iter().filter_map(|record| Spf::read(record)).collect();
    let mut judged = match found.as_slice() {
        [] => verdict(
            Grade::Bad,
            format!("{domain} does not say which servers may send its mail (SPF). Other providers may put it into spam."),
            format!("{domain} não diz quais servidores podem enviar seus e-mails (SPF). Outros provedores podem mandá-los para o spam."),
        ),
        [one] => one_spf(domain, one, relay),
        _ => verdict(
            Grade::Bad,
            format!("{domain} has {} SPF records. Only one may exist; with more, all count as broken. Merge them into one.", found.len()),
            format!("{domain} tem {} registros SPF. Só pode haver um; com mais, todos são inválidos. Junte-os em um só.", found.len()),
        ),
    };
    if found.is_empty() {
        let include = relay.map(|relay| format!("include:{relay} ")).unwrap_or_default();
        judged.publish = Some((domain.to_owned(), format!("v=spf1 mx {include}~all")));
    }
    judged
}

fn one_spf(domain: &str, spf: &Spf, relay: Option<&str>) -> Verdict {
    let missing = relay.filter(|relay| spf.redirect.is_none() && !spf.includes.iter().any(|include| include.eq_ignore_ascii_case(relay)));
    if spf.lookups > 10 {
        return verdict(
            Grade::Bad,
            format!(
                "The SPF record of {domain} needs more than ten look-ups, so receivers treat it as broken. Remove what is no longer used."
            ),
            format!(
                "O registro SPF de {domain} exige mais de dez consultas, e os destinatários o tratam como inválido. Remova o que não se usa mais."
            ),
        );
    }
    if spf.all == Some('+') {
        return verdict(
            Grade::Bad,
            format!("The SPF record of {domain} ends in +all: it lets anybody send in its name. Change it to ~all."),
            format!("O registro SPF de {domain} termina em +all: deixa qualquer um enviar em seu nome. Troque por ~all."),
        );
    }
    if let Some(relay) = missing {
        return verdict(
            Grade::Weak,
            format!(
                "{domain} has an SPF record, but it does not name the server this inbox sends through. Add include:{relay} before its end."
            ),
            format!(
                "{domain} tem um registro SPF, mas ele não cita o servidor pelo qual esta caixa envia. Acrescente include:{relay} antes do final."
            ),
        );
    }
    if !spf.unknown.is_empty() {
        return verdict(
            Grade::Bad,
            format!("The SPF record of {domain} contains something nobody understands: {}.", spf.unknown.join(" ")),
            format!("O registro SPF de {domain} contém algo que ninguém entende: {}.", spf.unknown.join(" ")),
        );
    }
    match (spf.all, &spf.redirect) {
        (Some('-' | '~'), _) | (_, Some(_)) => verdict(
            Grade::Good,
            format!("{domain} says which servers may send its mail (SPF)."),
            format!("{domain} diz quais servidores podem enviar seus e-mails (SPF)."),
        ),
        _ => verdict(
            Grade::Weak,
            format!("The SPF record of {domain} says nothing of all other servers. End it with ~all."),
            format!("O registro SPF de {domain} não diz nada sobre os demais servidores. Termine-o com ~all."),
        ),
    }
}

/// The tags of a DKIM or DMARC record, names in lower case.
fn tags(record: &str) -> Vec<(String, String)> {
    let pairs = record.split(';').filter_map(|tag| tag.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.split_ascii_whitespace().collect())).collect()
}

fn tag<'t>(tags: &'t [(String, String)], name: &str) -> Option<&'t str> {
    tags.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// Judges the TXT records at `selector._domainkey.domain`; `expected` is our own public key in base64, where we sign ourselves.
#[must_use]
pub fn dkim(domain: &str, selector: &str, records: &[String], expected: Option<&str>) -> Verdict {
    let name = format!("{selector}._domainkey.{domain}");
    let key = records.iter().map(|record| tags(record)).find(|tags| tag(tags, "p").is_some());
    let Some(key) = key else {
        let mut judged = verdict(
            Grade::Bad,
            format!(
                "There is no DKIM key at {name}: receivers cannot tell that mail of {domain} is genuine. Turn on DKIM where the domain's mail is sent."
            ),
            format!(
                "Não há chave DKIM em {name}: quem recebe não sabe se um e-mail de {domain} é legítimo. Ative o DKIM onde os e-mails do domínio são enviados."
            ),
        );
        judged.publish = expected.map(|key| (name, format!("v=DKIM1; k=rsa; p={key}")));
        return judged;
    };
    let public = tag(&key, "p").unwrap_or_default();
    let rsa = tag(&key, "k").is_none_or(|kind| kind.eq_ignore_ascii_case("rsa"));
    if public.is_empty() {
        return verdict(
            Grade::Bad,
            format!("The DKIM key at {name} was withdrawn: it is empty."),
            format!("A chave DKIM em {name} foi revogada: está vazia."),
        );
    }
    if let Some(expected) = expected.filter(|expected| *expected != public) {
        let mut judged = verdict(
            Grade::Bad,
            format!("The DKIM key at {name} is not the one we sign with. Publish ours."),
            format!("A chave DKIM em {name} não é a que usamos para assinar. Publique a nossa."),
        );
        judged.publish = Some((name, format!("v=DKIM1; k=rsa; p={expected}")));
        return judged;
    }
    if tag(&key, "t").is_some_and(|flags| flags.split(':').any(|flag| flag == "y")) {
        return verdict(
            Grade::Weak,
            format!("The DKIM key at {name} is marked as a test (t=y), so receivers may ignore it. Remove t=y."),
            format!("A chave DKIM em {name} está marcada como teste (t=y), e pode ser ignorada. Remova t=y."),
        );
    }
    // A 1024-bit key in its DER wrapping is 162 bytes: 216 letters of base64; 2048 bits are 392.
    if rsa && public.len() < 300 {
        return verdict(
            Grade::Weak,
            format!("The DKIM key at {name} is short (1024 bits or fewer). Change it for one of 2048 bits."),
            format!("A chave DKIM em {name} é curta (1024 bits ou menos). Troque-a por uma de 2048 bits."),
        );
    }
    verdict(Grade::Good, format!("{domain} signs its mail (DKIM)."), format!("{domain} assina seus e-mails (DKIM)."))
}

/// Names that providers give their keys; which one a domain has is told by no record, only by a mail it signed.
pub const SELECTORS: &[&str] = &[
    "google",
    "selector1",
    "selector2",
    "default",
    "mail",
    "dkim",
    "s1",
    "s2",
    "k1",
    "k2",
    "zoho",
    "zmail",
    "titan1",
    "titan2",
    "locaweb",
    "hs1",
    "sig1",
    "fm1",
    "protonmail",
    "smtp",
];

/// Judges the keys found under the usual names: the best one counts. None found is no proof that there is none.
#[must_use]
pub fn dkim_usual(domain: &str, found: &[(&str, Vec<String>)]) -> Verdict {
    let keys = found.iter().filter(|(_, records)| records.iter().any(|record| tag(&tags(record), "p").is_some()));
    let best = keys.map(|(selector, records)| dkim(domain, selector, records, None)).max_by_key(|verdict| verdict.grade);
    best.unwrap_or_else(|| {
        verdict(
            Grade::Weak,
            format!(
                "No DKIM key of {domain} was found under the usual names. If your provider uses a name of its own, all is well; else turn on DKIM where the domain's mail is sent."
            ),
            format!(
                "Não achamos uma chave DKIM de {domain} com os nomes usuais. Se o seu provedor usa um nome próprio, está tudo certo; senão, ative o DKIM onde os e-mails do domínio são enviados."
            ),
        )
    })
}

/// What a domain's SPF record must include so that mail may leave through this relay, as each provider's help says.
#[must_use]
pub fn relay_include(host: &str) -> Option<&'static str> {
    const KNOWN: &[(&str, &str)] = &[
        ("gmail.com", "_spf.google.com"),
        ("google.com", "_spf.google.com"),
        ("office365.com", "spf.protection.outlook.com"),
        ("outlook.com", "spf.protection.outlook.com"),
        ("locaweb.com.br", "_spf.locaweb.com.br"),
        ("email-ssl.com.br", "_spf.locaweb.com.br"),
        ("zoho.com", "zohomail.com"),
        ("zoho.eu", "zohomail.eu"),
        ("titan.email", "spf.titan.email"),
        ("kinghost.net", "_spf.kinghost.net"),
        ("amazonaws.com", "amazonses.com"),
        ("sendgrid.net", "sendgrid.net"),
        ("mailgun.org", "mailgun.org"),
    ];
    let host = host.to_ascii_lowercase();
    KNOWN.iter().find(|(end, _)| host == *end || host.ends_with(&format!(".{end}"))).map(|(_, include)| *include)
}

/// Judges the TXT records at `_dmarc.domain`.
#[must_use]
pub fn dmarc(domain: &str, records: &[String]) -> Verdict {
    let found: Vec<Vec<(String, String)>> = records
        .iter()
        .filter(|record| record.trim_start().get(..8).is_some_and(|start| start.eq_ignore_ascii_case("v=DMARC1")))
        .map(|record| tags(record))
        .collect();
    let [record] = found.as_slice() else {
        let mut judged = verdict(
            Grade::Bad,
            format!("{domain} does not say what to do with mail forged in its name (DMARC), or says it twice. Large providers demand it."),
            format!(
                "{domain} não diz o que fazer com e-mails falsos em seu nome (DMARC), ou diz duas vezes. Grandes provedores exigem isso."
            ),
        );
        judged.publish = Some((format!("_dmarc.{domain}"), format!("v=DMARC1; p=none; rua=mailto:postmaster@{domain}")));
        return judged;
    };
    let partly = tag(record, "pct").and_then(|share| share.parse::<u32>().ok()).is_some_and(|share| share < 100);
    match tag(record, "p").map(str::to_ascii_lowercase).as_deref() {
        Some("reject" | "quarantine") if !partly => verdict(
            Grade::Good,
            format!("{domain} tells receivers to refuse or set aside mail forged in its name (DMARC)."),
            format!("{domain} pede a quem recebe que recuse ou separe e-mails falsos em seu nome (DMARC)."),
        ),
        Some("none" | "reject" | "quarantine") => verdict(
            Grade::Weak,
            format!("{domain} has a DMARC record that only watches. Once SPF and DKIM are right, raise it to p=quarantine."),
            format!("{domain} tem um registro DMARC que só observa. Quando SPF e DKIM estiverem certos, passe para p=quarantine."),
        ),
        _ => verdict(
            Grade::Bad,
            format!("The DMARC record of {domain} has no valid policy. Write p=none at least."),
            format!("O registro DMARC de {domain} não tem uma política válida. Escreva ao menos p=none."),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn spf_is_judged_by_what_it_lets_in() {
        let grade = |texts: &[&str]| spf("d.test", &records(texts), Some("_spf.google.com")).grade;
        assert_eq!(grade(&["v=spf1 include:_spf.google.com ~all", "other"]), Grade::Good);
        assert_eq!(grade(&["v=spf1 mx ~all"]), Grade::Weak);
        assert_eq!(grade(&["v=spf1 include:_spf.google.com +all"]), Grade::Bad);
        assert_eq!(grade(&["v=spf1 include:_spf.google.com"]), Grade::Weak);
        assert_eq!(grade(&["v=spf1 ~all", "v=spf1 -all"]), Grade::Bad);
        assert_eq!(grade(&[&format!("v=spf1 {} ~all", "a:x.test ".repeat(11))]), Grade::Bad);
        assert_eq!(spf("d.test", &[], Some("r.test")).publish, Some(("d.test".into(), "v=spf1 mx include:r.test ~all".into())));
    }

    #[test]
    fn dkim_keys_must_be_there_and_long() {
        let grade = |texts: &[&str], key: Option<&str>| dkim("d.test", "s1", &records(texts), key).grade;
        let long = "A".repeat(392);
        assert_eq!(grade(&[&format!("v=DKIM1; k=rsa; p={long}")], None), Grade::Good);
        assert_eq!(grade(&[&format!("v=DKIM1; t=y; p={long}")], None), Grade::Weak);
        assert_eq!(grade(&["k=rsa; p=AAAA"], None), Grade::Weak);
        assert_eq!(grade(&["v=DKIM1; k=ed25519; p=AAAA"], None), Grade::Good);
        assert_eq!(grade(&["v=DKIM1; p="], None), Grade::Bad);
        assert_eq!(grade(&[&format!("p={long}")], Some("other")), Grade::Bad);
        assert_eq!(grade(&[], None), Grade::Bad);
    }

    #[test]
    fn the_best_key_under_a_usual_name_counts() {
        let long = format!("v=DKIM1; p={}", "A".repeat(392));
        let found = [("google", vec![long]), ("default", vec!["v=DKIM1; p=".to_owned()]), ("k1", Vec::new())];
        assert_eq!(dkim_usual("d.test", &found).grade, Grade::Good);
        assert_eq!(dkim_usual("d.test", &found[1..]).grade, Grade::Bad, "withdrawn");
        assert_eq!(dkim_usual("d.test", &found[2..]).grade, Grade::Weak, "unknown");
        assert_eq!(relay_include("smtp.gmail.com"), Some("_spf.google.com"));
        assert_eq!(relay_include("mail.notgmail.com"), None);
    }

    #[test]
    fn dmarc_must_say_something() {
        let grade = |texts: &[&str]| dmarc("d.test", &records(texts)).grade;
        assert_eq!(grade(&["v=DMARC1; p=reject"]), Grade::Good);
        assert_eq!(grade(&["v=DMARC1; p=reject; pct=10"]), Grade::Weak);
        assert_eq!(grade(&["v=DMARC1; p=none; rua=mailto:a@d.test"]), Grade::Weak);
        assert_eq!(grade(&["v=DMARC1; p=x"]), Grade::Bad);
        assert_eq!(grade(&["v=spf1 -all"]), Grade::Bad);
    }
}
