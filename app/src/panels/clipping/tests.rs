//! Clippings as the programs make them that people copy from.

use super::{Element, Node, written};

/// Reads well-formed HTML, so that what browsers parse stands here as they give it.
fn tree(html: &str) -> Vec<Node> {
    fn inside(rest: &mut &str) -> Vec<Node> {
        let mut nodes = Vec::new();
        while let Some((text, tail)) = rest.split_once('<') {
            nodes.push(Node::Text(text.replace("&nbsp;", "\u{a0}")));
            let (tag, tail) = tail.split_once('>').expect("a tag ends");
            *rest = tail;
            if tag.starts_with('/') {
                return nodes;
            }
            if tag.starts_with('!') {
                continue;
            }
            let (name, said) = tag.split_once([' ', '\n']).unwrap_or((tag, ""));
            let said = |key: &str| {
                let from = said.split_once(&format!("{key}="))?.1;
                let quote = from.chars().next().filter(|c| "'\"".contains(*c));
                quote.map_or_else(|| from.split(' ').next(), |quote| from[1..].split(quote).next()).map(str::to_owned)
            };
            let mut element = Element { name: name.to_owned(), ..Element::default() };
            for (key, to) in
                [("class", &mut element.class), ("style", &mut element.style), ("href", &mut element.href), ("start", &mut element.start)]
            {
                *to = said(key).unwrap_or_default();
            }
            if ["style", "script"].contains(&name) {
                let (raw, tail) = rest.split_once("</").expect("a tag ends");
                element.inside = vec![Node::Text(raw.to_owned())];
                *rest = tail.split_once('>').expect("a tag ends").1;
            } else if !["br", "img", "meta", "hr", "col"].contains(&name) {
                element.inside = inside(rest);
            }
            nodes.push(Node::Element(element));
        }
        nodes.push(Node::Text((*rest).to_owned()));
        *rest = "";
        nodes
    }
    inside(&mut &*html)
}

#[track_caller]
fn reads(html: &str, text: &str) {
    assert_eq!(written(&tree(html)).as_deref(), Some(text));
}

#[test]
fn a_word_processors_page() {
    let list = |sign: &str, level: u8, words: &str| {
        format!(
            "<p class=MsoListParagraphCxSpMiddle style='margin-left:36.0pt;text-indent:-18.0pt;mso-list:l0 level{level} lfo1'><![if !supportLists]>\
<span style='font-family:Symbol'><span style='mso-list:Ignore'>{sign}<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span></span>\
<![endif]>{words}<o:p></o:p></p>\n\n"
        )
    };
    let html = format!(
        "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><meta charset=utf-8><style><!-- p.MsoNormal {{margin:0cm;}} --></style></head>\
<body lang=PT-BR><!--StartFragment--><p class=MsoNormal><b><span style='color:#C00000'>Prazo:</span></b> até\n<i>sexta</i>, \
<s>não</s> sem <a href=\"https://loja.example/troca\">trocas</a>.<o:p></o:p></p>\n\n{}{}{}\
<p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>Obrigado<o:p></o:p></p><!--EndFragment--></body></html>",
        list("·", 1, "Nota <b>fiscal</b>"),
        list("o", 2, "Original"),
        list("1.", 1, "Caixa"),
    );
    reads(
        &html,
        "*Prazo:* até _sexta_, ~não~ sem [trocas](https://loja.example/troca).\n\n- Nota *fiscal*\n  - Original\n1. Caixa\n\nObrigado",
    );
}

#[test]
fn a_document_of_google() {
    let p = |words: &str| format!("<p dir=\"ltr\" style=\"line-height:1.38;margin-top:0pt;margin-bottom:0pt;\">{words}</p>");
    let look = |weight: u16, more: &str, words: &str| {
        format!(
            "<span style=\"font-size:11pt;color:#ff0000;font-weight:{weight};font-style:normal;text-decoration:none;{more}white-space:pre-wrap;\">{words}</span>"
        )
    };
    let item = |words: &str| format!("<li dir=\"ltr\" style=\"list-style-type:disc;font-weight:400;\">{}</li>", p(&look(400, "", words)));
    let html = format!(
        "<meta charset='utf-8'><b style=\"font-weight:normal;\" id=\"docs-internal-guid-1\">{}<br>{}<ol>{}<ul>{}</ul>{}</ol></b><br class=\"Apple-interchange-newline\">",
        p(&(look(400, "", "Olá, ") + &look(700, "", "tudo ") + &look(700, "font-style:italic;", "bem") + &look(400, "", "?"))),
        p(&format!("<a href=\"https://a.example/x_(1)\">{}</a>", look(400, "", "Veja aqui"))),
        item("um"),
        item("dentro"),
        item("dois"),
    );
    reads(&html, "Olá, *tudo _bem_*?\n\n[Veja aqui](https://a.example/x_%281%29)\n1. um\n  - dentro\n2. dois");
}

#[test]
fn a_sheet() {
    let html = "<html><head><style><!--table {mso-displayed-decimal-separator:\",\";}\n.xl65\n\t{font-weight:700;}\n.xl66 {color:red;}--></style></head>\
<body><table border=0><col width=64><tbody><tr height=20><td class=xl65>Produto</td><td class=xl65>Preço</td><td></td></tr>\
<tr><td class=xl66>Caneca<br>azul</td><td align=right>R$ 39,90</td><td></td></tr><tr><td></td><td></td></tr>\
<tr><td></td><td>R$ 1,00</td></tr></tbody></table></body></html>";
    reads(html, "*Produto* | *Preço*\nCaneca azul | R$ 39,90\n | R$ 1,00");
}

#[test]
fn a_page() {
    reads(
        "<script>alert(1)</script><style>p{color:red}</style><h2>Como  devolver</h2><p>Escreva para <a href=\"mailto:sac@loja.example\">sac@loja.example</a> ou <a href=\"javascript:alert(1)\">clique</a>.</p><p>Leia <code>/devolver</code><img src=\"https://x.example/p.png\">:</p><ul><li>com <strong>nota</strong></li>\
<li><p>sem uso</p></li></ul><blockquote>Sempre.</blockquote><pre>a\n  b</pre><div>fim</div><span style=\"display: none\">espião</span>",
        "*Como devolver*\n\nEscreva para sac@loja.example ou clique.\n\nLeia `/devolver`:\n\n- com *nota*\n- sem uso\n\nSempre.\n\n```\na\n  b\n```\n\nfim",
    );
    reads("<table><tr><td><table><tr><td>a</td><td><b>b</b></td></tr></table></td><td>c</td></tr></table>", "a | *b*\n\nc");
}

#[test]
fn marks_stand_where_they_are_read_as_marks() {
    reads("re<b>cad</b>o e <b> largo </b>fim <b><i>os</i> dois</b>", "recado e *largo* fim *_os_ dois*");
    reads("<b>2*3</b> <i>ok</i>", "2*3 _ok_");
    reads("<p style='margin: 0px'>a</p><p style=\"margin: 0px\"><b>b</b></p><p style=\"margin: 0 0 9px\">c</p>", "a\n*b*\n\nc");
    reads("<ol start=\"4\"><li>d</li><li>e</li></ol>", "4. d\n5. e");
}

#[test]
fn what_plain_text_says_as_well_is_left_to_it() {
    for html in [
        "<meta charset='utf-8'><span style=\"color: rgb(0, 0, 0); font-weight: 400;\">só palavras</span>",
        "<a href=\"https://a.example/b\">https://a.example/b</a>",
        "<div style=\"font-family: monospace; white-space: pre;\"><div><span style=\"font-style: italic\">// nada</span></div></div>",
        "<table><tr><td>um</td></tr><tr><td>dois</td></tr></table>",
        "<img src=\"https://x.example/p.png\">",
        "",
    ] {
        assert_eq!(written(&tree(html)), None, "{html}");
    }
}
