//! What must hold for every mail there could be: no panic, bounded answers, and nothing that runs. Asked by the property tests and by the fuzz targets, and
//! part of neither.

use super::{
    Mail, clean, forward,
    html::{Token, Tokens, attributes, unescape},
    kind::{Own, kind},
    plain, quote,
    quote::Fold,
    thread::{Signer, candidates, fingerprint},
};

/// Reads a mail in every way there is and checks what must hold of any.
///
/// # Panics
/// Where it does not hold.
pub fn survive(raw: &[u8]) {
    let mail = Mail::read(raw);
    let fold = Fold::of(&mail);
    assert!(!mail.text.contains('\0') && !mail.subject.chars().any(char::is_control));
    for at in [fold.text, fold.signature].into_iter().flatten() {
        assert!(!mail.text[..at].trim().is_empty(), "a fold leaves nothing to see");
    }
    if let Some(at) = fold.html {
        assert!(mail.html.as_deref().is_some_and(|html| html.is_char_boundary(at)));
    }
    let _ = fold.visible(&mail);
    let _ = kind(&mail, &Own::default());
    for one in forward::forwarded(&mail, raw, &Own::default()) {
        assert!(one.from.email.contains('@') && !one.from.email.contains(char::is_whitespace), "{:?}", one.from);
    }
    let _ = candidates(&mail, &[], &Signer::new(b"x"));
    assert_eq!(fingerprint(&mail, raw), fingerprint(&Mail::read(raw), raw));
    for file in &mail.attachments {
        assert_eq!(file.bytes(raw).len(), file.size);
        assert!(!file.name.is_empty() && file.name.len() <= 255 && !file.name.contains(['/', '\\', '\0']), "{:?}", file.name);
    }
    if let Some(html) = &mail.html {
        wash(html);
    }
}

/// Cleans an HTML and checks that nothing in the answer runs or loads, and that cleaning it again changes nothing.
///
/// # Panics
/// Where that is not so.
pub fn wash(html: &str) {
    let cleaned = clean::clean(html, &["a@b"]);
    harmless(&cleaned, html);
    let shown = clean::show(&cleaned, |id| (id == "a@b").then(|| "/part".to_owned()), Some(&|_| "/proxy".to_owned())).html;
    harmless(&shown, html);
    assert_eq!(clean::clean(&cleaned, &["a@b"]), cleaned, "not stable: {html:?}");
    let _ = (plain::from_html(html), quote::in_html(html, false), clean::references(html));
}

fn harmless(html: &str, from: &str) {
    for token in Tokens::new(html) {
        let Token::Start(name, source, _) = token else { continue };
        let banned = [
            "script", "style", "iframe", "object", "embed", "svg", "math", "form", "input", "button", "meta", "base", "link", "template",
            "video", "audio",
        ];
        assert!(!banned.contains(&name.as_ref()), "<{name}> from {from:?}");
        for (attribute, value) in attributes(source) {
            let value = unescape(value).to_ascii_lowercase();
            assert!(
                !attribute.starts_with("on") && !["srcset", "background", "poster", "id", "class", "name"].contains(&attribute.as_ref()),
                "{attribute} from {from:?}"
            );
            if attribute == "href" {
                assert!(["http:", "https:", "mailto:", "tel:"].iter().any(|scheme| value.starts_with(scheme)), "{value} from {from:?}");
            }
            if attribute == "src" {
                assert!(["/part", "/proxy", "data:image/"].iter().any(|start| value.starts_with(start)), "{value} from {from:?}");
            }
            if attribute == "style" {
                assert!(
                    !value.contains("url") && !value.contains('\\') && !value.contains('@') && !value.contains("position"),
                    "{value} from {from:?}"
                );
            }
        }
    }
}
