//! What a bucket answers, read: flat XML of known shape. Anything else is absent, never an error of its own.

/// The text of the first element of this name, entities resolved.
pub fn text(xml: &str, name: &str) -> Option<String> {
    all(xml, name).next().map(resolved)
}

/// The insides of every element of this name, which must not hold another of it.
pub fn all<'a>(xml: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let from = rest.find(&open)? + open.len();
        let to = from + rest.get(from..)?.find(&close)?;
        let inside = rest.get(from..to)?;
        rest = rest.get(to + close.len()..)?;
        Some(inside)
    })
}

fn resolved(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let Some(end) = rest.find(';') else { break };
        let name = &rest[1..end];
        let number = name.strip_prefix("#x").map(|n| u32::from_str_radix(n, 16)).or_else(|| name.strip_prefix('#').map(str::parse));
        match (name, number.and_then(Result::ok).and_then(char::from_u32)) {
            ("amp", _) => out.push('&'),
            ("lt", _) => out.push('<'),
            ("gt", _) => out.push('>'),
            ("quot", _) => out.push('"'),
            ("apos", _) => out.push('\''),
            (_, Some(other)) => out.push(other),
            (_, None) => out.push_str(&rest[..=end]),
        }
        rest = &rest[end + 1..];
    }
    out + rest
}

/// Text as it stands in an element.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_and_entities_resolved() {
        let xml = "<?xml version=\"1.0\"?><L><C><Key>a&amp;b/&#231;&#x20;&quot;</Key></C><C><Key>c</Key></C><Open>";
        let keys: Vec<_> = all(xml, "C").filter_map(|c| text(c, "Key")).collect();
        assert_eq!(keys, ["a&b/ç \"", "c"]);
        assert_eq!((text(xml, "Absent"), text(xml, "Open")), (None, None));
        assert_eq!(text("<K>a & b &amp</K>", "K").as_deref(), Some("a & b &amp"));
        assert_eq!(resolved(&escaped("\"<a&b>\"")), "\"<a&b>\"");
    }
}
