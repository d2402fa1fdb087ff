//! Mails and markup made by chance, fed with the pieces that break readers, against what must hold of any (`checks`). They prove no meaning, which the
//! fixtures do.

use super::checks::{survive, wash};
use proptest::prelude::*;

fn header() -> impl Strategy<Value = String> {
    let names = prop::sample::select(vec![
        "From",
        "To",
        "Subject",
        "Date",
        "Message-ID",
        "References",
        "In-Reply-To",
        "Content-Type",
        "Content-Transfer-Encoding",
        "Content-Disposition",
        "Content-ID",
        "Auto-Submitted",
        "Delivered-To",
        "List-Id",
        "X",
        "",
    ]);
    let values = prop::sample::select(vec![
        "multipart/mixed; boundary=b",
        "multipart/alternative; boundary=\"b\"",
        "multipart/report; report-type=delivery-status; boundary=c",
        "message/rfc822",
        "message/delivery-status",
        "text/html; charset=utf-8",
        "text/plain; format=flowed; delsp=yes",
        "text/plain; charset=iso-2022-jp",
        "text/calendar",
        "application/ms-tnef",
        "base64",
        "quoted-printable",
        "x-uuencode",
        "attachment; filename*0*=utf-8''a%2; filename*1=b/..",
        "inline; filename=\"\u{202e}x\"",
        "<a@b>",
        "<a@b> <<c@d",
        "\"a, (b\" <c@d>,;:",
        "=?utf-8?B?w6?= =?utf-8?Q?=C3?= =?",
        "Mon, 5 Jan 2026 10:00 -0300",
        "99 Jan 9999999999 1:1",
        "reply+x@y",
        "",
    ]);
    (names, values, ".{0,12}").prop_map(|(name, value, more)| format!("{name}: {value}{more}"))
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        header(),
        prop::sample::select(vec![
            "",
            "",
            "--b",
            "--b--",
            "--c",
            "--",
            "> quoted",
            "On 5 Jan 2026, A <a@b> wrote:",
            "-- ",
            "From: A",
            "Sent: x",
            "To: y",
            "________________________________",
            "-----Original Message-----",
            "---------- Forwarded message ---------",
            "De: A <a@b.c<mailto:a@b.c>>",
            "Assunto: x",
            "BEGIN:VCALENDAR",
            "BEGIN:VEVENT",
            "DTSTART:20260110T120000Z",
            "END:VEVENT",
            "Action: failed",
            "=C3=\r\n",
            "eJ8+IgEAAQaQ",
            " folded",
            "<div class=gmail_quote>",
            "<blockquote type=cite>",
            "</blockquote>",
            "<div style=\"border-top:solid #E1E1E1 1.0pt\">",
            "<img src=cid:a@b>",
        ])
        .prop_map(str::to_owned),
        ".{0,40}",
    ]
}

fn tag() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<i>",
        "<a href=https://x>",
        "<a href=javascript:x>",
        "</a>",
        "<table>",
        "<tr>",
        "<td>",
        "</table>",
        "</td>",
        "<tbody>",
        "<ul>",
        "<li>",
        "</ul>",
        "<div>",
        "</div>",
        "<blockquote type=cite>",
        "</blockquote>",
        "<svg>",
        "</svg>",
        "<math>",
        "<mtext>",
        "<mglyph>",
        "<style>",
        "</style>",
        "<script>",
        "</script>",
        "<title>",
        "</title>",
        "<textarea>",
        "<noscript>",
        "</noscript>",
        "<template>",
        "</template>",
        "<select>",
        "<option>",
        "<form>",
        "<img src=x onerror=y>",
        "<img src=cid:a@b>",
        "<img src=//x/y>",
        "<img src='data:image/png;base64,AA=='>",
        "<pre>",
        "\n",
        "</pre>",
        "<h1>",
        "<hr>",
        "<br>",
        "</br>",
        "<font color=red>",
        "</font>",
        "<center>",
        "<span style='color:red;x:url(y)'>",
        "</span>",
        "<!--",
        "-->",
        "--!>",
        "<![CDATA[",
        "]]>",
        "<?",
        "<",
        ">",
        "\"",
        "'",
        "=",
        "&lt;",
        "&amp",
        "&#0;",
        "&colon;",
        "/",
        "on",
        "<th>",
        "<code>",
        "</code>",
        "<s>",
        "<sub>",
        "<body>",
        "<html>",
        "<head>",
        "</head>",
        "<frameset>",
        "<plaintext>",
        "<xmp>",
        "<caption>",
        "<col>",
    ]);
    prop_oneof![4 => pieces.prop_map(str::to_owned), 1 => "[a-z <>\"'=&;/]{0,8}"]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_are_survived(raw in prop::collection::vec(any::<u8>(), 0..2000)) {
        survive(&raw);
    }

    #[test]
    fn lines_of_mail_are_survived(lines in prop::collection::vec(line(), 0..60), crlf in any::<bool>()) {
        survive(lines.join(if crlf { "\r\n" } else { "\n" }).as_bytes());
    }

    #[test]
    fn broken_mails_are_survived(place in 0usize..29, cut in any::<prop::sample::Index>(), flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..20)) {
        let mails: Vec<Vec<u8>> = MAILS.iter().map(|mail| mail.to_vec()).collect();
        let mut raw = mails[place % mails.len()].clone();
        for (at, byte) in flips {
            let at = at.index(raw.len());
            raw[at] = byte;
        }
        let end = cut.index(raw.len());
        survive(&raw);
        survive(&raw[..end]);
    }

    #[test]
    fn markup_is_harmless_and_settled(pieces in prop::collection::vec(tag(), 0..40)) {
        wash(&pieces.concat());
    }
}

const MAILS: &[&[u8]] = &[
    include_bytes!("fixtures/02-gmail-reply.eml"),
    include_bytes!("fixtures/03-outlook-desktop-reply.eml"),
    include_bytes!("fixtures/06-format-flowed.eml"),
    include_bytes!("fixtures/07-iso-2022-jp.eml"),
    include_bytes!("fixtures/12-nested-message-rfc822.eml"),
    include_bytes!("fixtures/15-xss-payloads.eml"),
    include_bytes!("fixtures/17-attachment-names.eml"),
    include_bytes!("fixtures/18-bounce-dsn.eml"),
    include_bytes!("fixtures/22-calendar-invite.eml"),
    include_bytes!("fixtures/25-tnef-winmail.eml"),
    include_bytes!("fixtures/29-gmail-inline-forward.eml"),
];
