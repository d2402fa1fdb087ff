//! The inline styles a customer's mail may keep: a few properties with harmless values. It reads no style sheets; those are dropped whole.

/// Properties that only dress text and boxes; nothing that places, hides or loads.
const PROPERTIES: &[&str] = &["color", "background-color", "font-weight", "font-style", "font-size", "text-align", "text-decoration"];
/// Families whose every longhand is as harmless.
const FAMILIES: &[&str] = &["border", "padding", "margin"];

/// The declarations of a style attribute that may stay, rewritten one way so that a second reading changes nothing.
#[must_use]
pub fn keep(style: &str) -> String {
    let mut out = String::new();
    for declaration in style.split(';').take(60) {
        let Some((property, value)) = declaration.split_once(':') else { continue };
        let property = property.trim().to_ascii_lowercase();
        let value = value.split_ascii_whitespace().collect::<Vec<_>>().join(" ").to_ascii_lowercase();
        if may(&property) && harmless(&property, &value) {
            if !out.is_empty() {
                out.push(';');
            }
            out.push_str(&property);
            out.push(':');
            out.push_str(&value);
        }
    }
    out
}

fn may(property: &str) -> bool {
    PROPERTIES.contains(&property)
        || FAMILIES.iter().any(|family| {
            property.strip_prefix(family).is_some_and(|rest| {
                rest.is_empty()
                    || (rest.starts_with('-') && rest.bytes().all(|b| b.is_ascii_lowercase() || b == b'-') && !rest.contains("image"))
            })
        })
}

fn harmless(property: &str, value: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'#' | b'%' | b'.' | b',' | b'(' | b')' | b'!' | b'-');
    // No quotes, slashes, backslashes, colons or at-signs: with those gone, an address cannot be written.
    let readable = !value.is_empty() && value.len() <= 120 && value.bytes().all(plain);
    let functions = value.match_indices('(').all(|(at, _)| {
        let name = value[..at].rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
        matches!(name, "rgb" | "rgba" | "hsl" | "hsla")
    });
    // A negative margin lays a box over what stands before it.
    let in_place = !property.starts_with("margin") || !value.contains('-');
    readable && functions && in_place && !value.contains("expression")
}

#[cfg(test)]
mod tests {
    use super::keep;

    #[test]
    fn dress_stays_and_tricks_go() {
        assert_eq!(
            keep("COLOR: Red; font-size:12pt;; border-left: 1px  solid rgb(204,204,204)"),
            "color:red;font-size:12pt;border-left:1px solid rgb(204,204,204)"
        );
        let tricks = "position:fixed;z-index:9;background:#fff;background-color:url(http://x);color:expression(alert(1));border-image:x;\
            margin:-99px;color:\\75rl(x);color:var(--x);width:1px;color:/**/red;behavior:x;-moz-binding:x;padding:'x';font-size:calc(1px)";
        assert_eq!(keep(tricks), "");
    }

    #[test]
    fn keeping_twice_changes_nothing() {
        let once = keep("Color : #FFF ;text-align: Center;margin:0 auto!important");
        assert_eq!(keep(&once), once);
    }
}
