//! Mails whose parts are put together in odd ways. The fixtures hold whole mails; these are the rules one by one.

use super::*;

#[test]
fn parts_side_by_side_are_all_read() {
    let mail = Mail::read(b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nNote <first>\n--b\nContent-Type: text/html\n\n<p>then</p>\n--b\n\nfooter\n--b--");
    assert_eq!(mail.text, "Note <first>\nthen\nfooter");
    assert_eq!(mail.html.as_deref(), Some("<div>Note &lt;first&gt;</div><p>then</p><div>footer</div>"));
    assert!(mail.attachments.is_empty());
}

#[test]
fn a_named_text_is_a_file_unless_it_is_the_mail() {
    assert_eq!(Mail::read(b"Content-Type: text/plain; name=a.txt\n\nhello").text, "hello");
    let mail =
        Mail::read(b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b\nContent-Type: text/plain; name=a.txt\n\nhello\n--b--");
    assert_eq!((mail.text.as_str(), mail.attachments.len()), ("hi", 1));
    assert_eq!(mail.attachments[0].bytes(b"").as_ref(), b"");
}

#[test]
fn sealed_mail_is_named_so() {
    let mail = Mail::read(
        b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\neA==",
    );
    assert_eq!((mail.seal, mail.attachments.len()), (Some(Seal::SmimeEncrypted), 1));
    let raw = b"Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream; name=encrypted.asc\n\nx\n--b--";
    assert_eq!(Mail::read(raw).seal, Some(Seal::PgpEncrypted));
}

#[test]
fn nothing_is_still_a_mail() {
    let mail = Mail::read(b"");
    assert_eq!((mail.from, mail.text.as_str(), mail.attachments.len()), (None, "", 0));
}
