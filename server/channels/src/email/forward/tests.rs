//! Forwards of the mail programs our customers' suppliers and colleagues use, in Portuguese and English. Whole mails, as they come.

use super::*;

fn own() -> Own {
    Own { addresses: vec!["oi@loja.example".into()], domains: vec!["loja.example".into()] }
}

fn mail(subject: &str, more: &str, kind: &str, body: &str) -> String {
    format!(
        "From: Ana Souza <ana@parceira.example>\nTo: oi@loja.example\nSubject: {subject}\nMessage-ID: <fw1@parceira.example>\n{more}MIME-Version: 1.0\n\
         Content-Type: text/{kind}; charset=utf-8\n\n{body}"
    )
}

fn found(raw: &str) -> Option<Forwarded> {
    offered(&Mail::read(raw.as_bytes()), raw.as_bytes(), &own())
}

fn who(raw: &str) -> (String, String, String) {
    let one = found(raw).unwrap_or_else(|| panic!("nothing found in {raw}"));
    (one.from.name.unwrap_or_default(), one.from.email, one.subject)
}

fn is_caio(raw: &str) {
    assert_eq!(who(raw), ("Caio Reis".into(), "caio@fim.example".into(), "Pedido 12 atrasado".into()), "{raw}");
}

#[test]
fn programs_that_forward_in_the_text() {
    let bodies = [
        // Gmail, in English and in Portuguese.
        "FYI\n\n---------- Forwarded message ---------\nFrom: Caio Reis <caio@fim.example>\nDate: Mon, Jan 5, 2026 at 8:00 AM\nSubject: Pedido 12 atrasado\nTo: <ana@parceira.example>\n\n\nCadê?\n",
        "Podem ver?\n\n---------- Forwarded message ---------\nDe: *Caio Reis* <caio@fim.example>\nDate: seg., 5 de jan. de 2026 às 08:00\nSubject: Pedido 12 atrasado\nTo: <ana@parceira.example>\n\n\nCadê?\n",
        "---------- Mensagem encaminhada ---------\nDe: Caio Reis <caio@fim.example>\nData: 5 de janeiro de 2026 08:00\nAssunto: Pedido 12 atrasado\nPara: ana@parceira.example\n\nCadê?\n",
        // A name so long that its address stands on the next line.
        "---------- Forwarded message ---------\nDe: \"Caio Reis\"\n <caio@fim.example>\nDate: hoje\nSubject: Pedido 12 atrasado\nTo: Ana <ana@parceira.example>,\n Bia <bia@parceira.example>\n\nCadê?\n",
        // Outlook, on a desk and in a browser.
        "Vejam.\n\nDe: Caio Reis <caio@fim.example>\nEnviada em: segunda-feira, 5 de janeiro de 2026 08:00\nPara: Ana Souza <ana@parceira.example>\nAssunto: Pedido 12 atrasado\n\nCadê?\n",
        "________________________________\nDe: Caio Reis <caio@fim.example<mailto:caio@fim.example>>\nEnviado: segunda-feira, 5 de janeiro de 2026 08:00\nPara: Ana <ana@parceira.example<mailto:ana@parceira.example>>\nAssunto: Pedido 12 atrasado\n\nCadê?\n",
        "-----Original Message-----\nFrom: Caio Reis [mailto:caio@fim.example]\nSent: Monday, January 5, 2026 8:00 AM\nTo: Ana\nSubject: Pedido 12 atrasado\n\nCadê?\n",
        // Apple Mail, quoted line by line, and Thunderbird, whose head begins with the subject.
        "Olha só.\n\n> Início da mensagem encaminhada:\n> \n> De: Caio Reis <caio@fim.example>\n> Assunto: Pedido 12 atrasado\n> Data: 5 de janeiro de 2026 08:00:00 BRT\n> Para: ana@parceira.example\n> \n> Cadê?\n",
        "Begin forwarded message:\n\nFrom: Caio Reis <caio@fim.example>\nSubject: Pedido 12 atrasado\nDate: January 5, 2026 at 8:00:00 AM GMT-3\nTo: ana@parceira.example\n\nCadê?\n",
        "-------- Mensagem encaminhada --------\nAssunto: \tPedido 12 atrasado\nData: \tMon, 5 Jan 2026 08:00:00 -0300\nDe: \tCaio Reis <caio@fim.example>\nPara: \tana@parceira.example\n\nCadê?\n",
    ];
    for body in bodies {
        let raw = mail("Enc: Pedido 12 atrasado", "", "plain", body);
        is_caio(&raw);
        assert_eq!(found(&raw).unwrap().text, "Cadê?", "{body}");
    }
}

#[test]
fn programs_that_forward_in_html() {
    let gmail = "<div dir=\"ltr\">FYI</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">---------- Forwarded message ---------<br>De: <b class=\"gmail_sendername\" dir=\"auto\">Caio Reis</b> <span dir=\"auto\">&lt;<a href=\"mailto:caio@fim.example\">caio@fim.example</a>&gt;</span><br>Date: seg., 5 de jan. de 2026 às 08:00<br>Subject: Pedido 12 atrasado<br>To: &lt;<a href=\"mailto:ana@parceira.example\">ana@parceira.example</a>&gt;<br></div><br><br><div>Cadê?</div></div>";
    let outlook = "<div><p>Vejam.</p><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\"><p class=MsoNormal><b>De:</b> Caio Reis &lt;caio@fim.example&gt; <br><b>Enviada em:</b> segunda-feira, 5 de janeiro de 2026 08:00<br><b>Para:</b> Ana Souza &lt;ana@parceira.example&gt;<br><b>Assunto:</b> Pedido 12 atrasado</p></div><p>Cadê?</p></div>";
    let web = "<div>Vejam.</div><div id=\"appendonsend\"></div><hr><div id=\"divRplyFwdMsg\" dir=\"ltr\"><font><b>From:</b> Caio Reis &lt;caio@fim.example&gt;<br><b>Sent:</b> Monday, January 5, 2026 8:00 AM<br><b>To:</b> Ana &lt;ana@parceira.example&gt;<br><b>Subject:</b> Pedido 12 atrasado</font><div>&nbsp;</div></div><div>Cadê?</div>";
    let apple = "<div>Olha só.<br><blockquote type=\"cite\"><div>Begin forwarded message:</div><br><div><span><b>From: </b></span><span>Caio Reis &lt;<a href=\"mailto:caio@fim.example\">caio@fim.example</a>&gt;<br></span></div><div><span><b>Subject: </b></span><span><b>Pedido 12 atrasado</b><br></span></div><div><span><b>Date: </b></span><span>January 5, 2026 at 8:00:00 AM GMT-3<br></span></div><div><span><b>To: </b></span><span>ana@parceira.example<br></span></div><br><div>Cadê?</div></blockquote></div>";
    let thunderbird = "<p>Segue</p><div class=\"moz-forward-container\"><br>-------- Mensagem encaminhada --------<table class=\"moz-email-headers-table\"><tbody><tr><th>Assunto: </th><td>Pedido 12 atrasado</td></tr><tr><th>Data: </th><td>Mon, 5 Jan 2026</td></tr><tr><th>De: </th><td>Caio Reis <a href=\"mailto:caio@fim.example\">&lt;caio@fim.example&gt;</a></td></tr><tr><th>Para: </th><td>ana@parceira.example</td></tr></tbody></table><br><br>Cadê?</div>";
    for html in [gmail, outlook, web, apple, thunderbird] {
        let raw = mail("Fwd: Pedido 12 atrasado", "", "html", html);
        is_caio(&raw);
        assert_eq!(found(&raw).unwrap().text, "Cadê?", "{html}");
    }
}

const ENCLOSED: &str = "From: Ana Souza <ana@parceira.example>\nTo: oi@loja.example\nSubject: Fwd: reclamação\nMIME-Version: 1.0\n\
    Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nSegue em anexo.\n\n\
    --b\nContent-Type: message/rfc822; name=\"pedido.eml\"\nContent-Disposition: attachment; filename=\"pedido.eml\"\n\n\
    From: Caio Reis <caio@fim.example>\nTo: ana@parceira.example\nSubject: Pedido 12 atrasado\nMessage-ID: <c2@fim.example>\n\
    References: <c0@fim.example> <c1@fim.example>\nDate: Mon, 05 Jan 2026 08:00:00 -0300\nContent-Type: text/plain; charset=utf-8\n\nCadê?\n\n--b--\n";

#[test]
fn an_enclosed_mail_names_itself() {
    is_caio(ENCLOSED);
    let one = found(ENCLOSED).unwrap();
    assert_eq!(one.message_id.as_deref(), Some("c2@fim.example"));
    assert_eq!(one.references, ["c0@fim.example", "c1@fim.example", "c2@fim.example"]);
    assert_eq!((one.text.trim(), one.date), ("Cadê?", Some(1_767_610_800_000)));
    // As a file that only its name tells.
    is_caio(&ENCLOSED.replace("message/rfc822", "application/octet-stream"));
}

#[test]
fn who_a_form_wrote_for_is_answered() {
    let form = ENCLOSED
        .replace("From: Caio Reis <caio@fim.example>", "From: Site <no-reply@site.example>\nReply-To: Caio Reis <caio@fim.example>");
    is_caio(&form);
}

#[test]
fn a_forward_in_the_text_takes_the_name_it_answers() {
    let body =
        "---------- Forwarded message ---------\nFrom: Caio Reis <caio@fim.example>\nDate: x\nSubject: Pedido 12 atrasado\n\nCadê?\n";
    let one = found(&mail(
        "Fwd: Pedido 12 atrasado",
        "In-Reply-To: <c2@fim.example>\nReferences: <c1@fim.example> <c2@fim.example>\n",
        "plain",
        body,
    ))
    .unwrap();
    assert_eq!(one.message_id.as_deref(), Some("c2@fim.example"));
    assert_eq!(one.references, ["c1@fim.example", "c2@fim.example"]);
    assert_eq!(found(&mail("Fwd: x", "", "plain", body)).unwrap().message_id, None);
}

#[test]
fn through_colleagues_the_stranger_is_found_and_we_never_are() {
    let chain = "---------- Forwarded message ---------\nDe: Rui <rui@loja.example>\nDate: hoje\nSubject: Enc: Pedido\n\nvejam\n\n\
        ---------- Forwarded message ---------\nDe: Caio <caio@fim.example>\nDate: ontem\nSubject: Pedido\n\nCadê?\n";
    let one = found(&mail("Fwd: Enc: Pedido", "", "plain", chain)).unwrap();
    assert_eq!((one.from.email.as_str(), one.text.as_str()), ("caio@fim.example", "Cadê?"));
    let ours = "---------- Forwarded message ---------\nDe: Loja <oi@loja.example>\nDate: hoje\nSubject: Pedido\n\nOlá\n";
    assert_eq!(found(&mail("Fwd: Pedido", "", "plain", ours)), None);
    let herself = "---------- Forwarded message ---------\nDe: Ana <ana@parceira.example>\nDate: hoje\nSubject: Pedido\n\nOlá\n";
    assert_eq!(found(&mail("Fwd: Pedido", "", "plain", herself)), None);
}

#[test]
fn what_is_no_forward_offers_nobody() {
    let answer = "Obrigada!\n\nDe: Caio Reis <caio@fim.example>\nEnviada em: hoje\nPara: Ana\nAssunto: Pedido\n\nCadê?\n";
    assert_eq!(found(&mail("Re: Pedido", "", "plain", answer)), None, "an answer quotes whom it answers");
    let quoted = "Já vi.\n\nEm seg., 5 de jan. de 2026 às 10:00, Loja <oi@loja.example> escreveu:\n> ---------- Forwarded message ---------\n> De: Caio <caio@fim.example>\n> Date: x\n> Subject: y\n>\n> Cadê?\n";
    assert_eq!(found(&mail("Re: Fwd: Pedido", "", "plain", quoted)), None, "a forward within a quote was told before");
    for body in
        ["Entrega\nDe: São Paulo\nPara: Recife\n", "---------- Forwarded message ---------\nDe: Caio\nDate: hoje\n\nsem endereço\n", ""]
    {
        assert_eq!(found(&mail("Fwd: x", "", "plain", body)), None, "{body}");
    }
    let bounce = include_bytes!("../fixtures/18-bounce-dsn.eml");
    assert_eq!(forwarded(&Mail::read(bounce), bounce, &own()), []);
}

#[test]
fn the_fixtures_forwards() {
    for (raw, email) in [
        (&include_bytes!("../fixtures/29-gmail-inline-forward.eml")[..], "caio@end.test"),
        (&include_bytes!("../fixtures/12-nested-message-rfc822.eml")[..], "other@third.test"),
    ] {
        assert_eq!(offered(&Mail::read(raw), raw, &own()).map(|one| one.from.email).as_deref(), Some(email));
    }
}
