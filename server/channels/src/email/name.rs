//! File names out of mails: one path element, nothing unseen in it, of bearable length. It trusts no extension and invents a name where there is none.

/// Longer names do not fit into common file systems.
const LONGEST: usize = 255;

/// The last path element without control, bidirectional and invisible characters; `None` where nothing is left.
#[must_use]
pub fn clean(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).find(|element| !element.trim().is_empty()).unwrap_or_default();
    let seen: String = last.chars().filter(|c| !unseen(*c)).collect();
    let seen = seen.trim().trim_end_matches(['.', ' ']).trim();
    if seen.is_empty() || seen.bytes().all(|b| b == b'.') {
        return None;
    }
    Some(shorten(seen))
}

fn unseen(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{ad}')
}

fn shorten(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    // The extension stays, so that the file still opens.
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension)
        .filter(|extension| extension.len() <= 16)
        .map(|extension| format!(".{extension}"));
    let extension = extension.unwrap_or_default();
    let stem = name.floor_char_boundary(LONGEST - extension.len());
    format!("{}{extension}", &name[..stem])
}

/// A name for a file without one: its message's subject, or its place, with the extension of its type.
#[must_use]
pub fn made_up(kind: &str, place: usize, subject: Option<&str>) -> String {
    let extension = match kind {
        "message/rfc822" | "message/global" => "eml",
        "text/calendar" | "application/ics" => "ics",
        "text/plain" => "txt",
        "image/jpeg" => "jpg",
        "application/pgp-signature" | "application/pgp-encrypted" => "asc",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "p7m",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "p7s",
        _ => KINDS.iter().find(|(_, known)| *known == kind).map_or("bin", |(extension, _)| extension),
    };
    let stem = subject.map(|subject| subject.replace(['/', '\\', ':'], " ")).and_then(|subject| clean(&subject));
    match stem {
        Some(stem) => clean(&format!("{stem}.{extension}")).unwrap_or(stem),
        None if extension == "ics" => "invite.ics".to_owned(),
        None => format!("attachment-{place}.{extension}"),
    }
}

const KINDS: &[(&str, &str)] = &[
    ("txt", "text/plain"),
    ("csv", "text/csv"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("ics", "text/calendar"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("zip", "application/zip"),
    ("rtf", "application/rtf"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("eml", "message/rfc822"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
];

/// The type a name suggests, for files that travelled without one.
#[must_use]
pub fn kind_of(name: &str) -> &'static str {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    KINDS.iter().find(|(known, _)| *known == extension).map_or("application/octet-stream", |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_tricks() {
        assert_eq!(clean("../../etc/passwd").as_deref(), Some("passwd"));
        assert_eq!(clean("C:\\fakepath\\con.txt").as_deref(), Some("con.txt"));
        assert_eq!(clean("invoice\u{202e}fdp.exe").as_deref(), Some("invoicefdp.exe"));
        assert_eq!(clean("a\0b\r\n.txt. ").as_deref(), Some("ab.txt"));
        assert_eq!((clean(".."), clean("///"), clean(" \u{200b}")), (None, None, None));
        let long = clean(&format!("{}.pdf", "ç".repeat(300))).unwrap_or_default();
        assert!(long.len() <= 255 && long.ends_with("ç.pdf"));
    }

    #[test]
    fn the_nameless_get_names() {
        assert_eq!(made_up("image/png", 3, None), "attachment-3.png");
        assert_eq!(made_up("message/rfc822", 1, Some("Re: a/b")), "Re  a b.eml");
    }
}
