//! Finds the web addresses in a message. Everything else stays text: no markup is read out of what people write.

/// A stretch of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Plain text.
    Text(&'a str),
    /// An `http` or `https` address.
    Link(&'a str),
}

/// Cuts a text at its addresses. Punctuation that ends a sentence is not part of one.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let (mut out, mut rest) = (Vec::new(), text);
    while let Some(start) = start(rest) {
        let (before, from) = cut(rest, start);
        let run = from.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(from.len());
        let address = trimmed(cut(from, run).0);
        let (plain, link) = if address.ends_with("://") { (start + address.len(), None) } else { (start, Some(address)) };
        if let Some(link) = link {
            if !before.is_empty() {
                out.push(Piece::Text(before));
            }
            out.push(Piece::Link(link));
            rest = cut(from, link.len()).1;
        } else {
            let (text, after) = cut(rest, plain);
            out.push(Piece::Text(text));
            rest = after;
        }
    }
    if !rest.is_empty() {
        out.push(Piece::Text(rest));
    }
    out
}

fn start(text: &str) -> Option<usize> {
    let at = |scheme: &[u8]| text.as_bytes().windows(scheme.len()).position(|here| here == scheme);
    [at(b"https://"), at(b"http://")].into_iter().flatten().min()
}

/// Cuts where a piece was found, which is never inside a character; a cut that could fail would bring along the words for its failure.
fn cut(text: &str, at: usize) -> (&str, &str) {
    text.split_at_checked(at).unwrap_or((text, ""))
}

fn trimmed(address: &str) -> &str {
    let mut address = address;
    loop {
        let cut = address.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '…']);
        // A closing bracket belongs to the sentence unless the address opened it.
        let cut = match cut.strip_suffix(')') {
            Some(inner) if inner.matches('(').count() <= inner.matches(')').count() => inner,
            _ => cut,
        };
        if cut.len() == address.len() || cut.ends_with("://") || cut.ends_with(':') {
            return address;
        }
        address = cut;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Piece::{Link, Text};

    #[test]
    fn addresses_end_before_the_sentence_does() {
        assert_eq!(
            pieces("Veja (https://loja.example/a_(b)?x=1), e http://x.example."),
            [Text("Veja ("), Link("https://loja.example/a_(b)?x=1"), Text("), e "), Link("http://x.example"), Text(".")]
        );
    }

    #[test]
    fn nothing_else_is_a_link() {
        for text in ["javascript:alert(1)", "<a href=x>", "ftp://x.example", "sem link", "https://", "http:// x"] {
            assert!(pieces(text).iter().all(|piece| matches!(piece, Text(_))), "{text}");
            assert_eq!(pieces(text).iter().map(|p| if let Text(t) = p { *t } else { "" }).collect::<String>(), text);
        }
        assert!(pieces("").is_empty());
    }
}
