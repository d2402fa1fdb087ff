//! The document as a page to read: by group, with a field to search in, and a console that sends requests from the reader's own browser. The
//! page is whole without its script (`public/api-docs.js`), which only searches and sends.

use super::notation::{Field, Type, is_file, written};
use super::openapi::{answer_example, body_example, events, named};
use super::shapes::{fields, shape};
use super::table::{Answers, Deed, PATHS, Path, TAGS};
use super::{given, told};
use model::Language;
use serde_json::{Value, json};
use service::escape;
use std::fmt::Write as _;

/// The page's own words; what operations do is said in one language, as in the document.
const WORDS: &str = include_str!("words.json");

/// A page in the making.
struct Page {
    out: String,
    words: Value,
}

impl Page {
    fn word(&self, key: &str) -> String {
        escape(self.words[key].as_str().unwrap_or(key))
    }

    fn put(&mut self, html: &str) {
        self.out.push_str(html);
    }

    fn rows(&mut self, title: &str, rows: &[(String, Field, &'static str)]) {
        if rows.is_empty() {
            return;
        }
        let required = self.word("required");
        let _ = write!(self.out, "<h4>{title}</h4><dl>");
        for (place, field, words) in rows {
            let must = if field.optional { String::new() } else { format!(" <em>{required}</em>") };
            let sample = field.example.clone().unwrap_or_else(|| super::notation::example(&field.kind, &fields));
            let sample = sample.as_str().map_or_else(|| sample.to_string(), str::to_owned);
            let _ = write!(
                self.out,
                "<div data-in=\"{place}\" data-name=\"{name}\" data-value=\"{sample}\"{needed}><dt><code>{name}</code> <i>{kind}</i>{must}</dt><dd>{words}</dd></div>",
                name = escape(field.name),
                sample = escape(&sample),
                needed = if field.optional { "" } else { " data-required" },
                kind = escape(&written(&field.kind)),
                words = prose(words),
            );
        }
        self.put("</dl>");
    }

    fn example(&mut self, value: &Value, class: &str) {
        let text = serde_json::to_string_pretty(value).unwrap_or_default();
        let _ = write!(self.out, "<pre class=\"{class}\" tabindex=\"0\">{}</pre>", escape(&text));
    }

    fn operation(&mut self, path: &Path, deed: &Deed) {
        let whole = path.whole();
        let id = anchor(&format!("{} {whole}", deed.method));
        let token = if matches!(path.tag, "Client") { "" } else { " data-token" };
        let _ = write!(
            self.out,
            "<details class=\"op\" id=\"{id}\" data-method=\"{method}\" data-path=\"{whole}\"{token}><summary><b class=\"{low}\">{method}</b><code>{shown}</code><span>{words}</span></summary>",
            low = deed.method,
            method = deed.method.to_uppercase(),
            // A long path may break at its slashes.
            shown = escape(&whole).replace('/', "/<wbr>"),
            words = prose(deed.words),
        );
        let mut rows: Vec<_> = whole
            .split('/')
            .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
            .filter_map(|name| PATHS.iter().find_map(|p| p.name_of(name)))
            .map(|name| {
                let (field, words) = named(name);
                ("path".to_owned(), Field { name, ..field }, words)
            })
            .collect();
        rows.extend(deed.asks.iter().map(|line| Field::asked(line)).map(|f| {
            let words = f.words;
            ("query".to_owned(), f, words)
        }));
        let (parameters, body, answers) = (self.word("parameters"), self.word("body"), self.word("answers"));
        self.rows(&parameters, &rows);
        if let Some(name) = deed.takes {
            let all = fields(name);
            let file = all.iter().any(|f| is_file(&f.kind));
            self.put(&if file { "<div data-files>".to_owned() } else { "<div>".to_owned() });
            let rows: Vec<_> = all.iter().map(|f| (String::new(), f.clone(), f.words)).collect();
            self.rows(&body, &rows);
            self.example(&body_example(name), "body");
            self.put("</div>");
        }
        let _ = write!(self.out, "<h4>{answers}</h4>");
        match deed.answers {
            Answers::Json(kind) | Answers::Maybe(kind) => {
                let _ = write!(self.out, "<p><code>{}</code></p>", linked(&written(&Type::read(kind))));
                self.example(&answer_example(kind), "answer");
            }
            Answers::Nothing => {
                let words = self.word("empty");
                let _ = write!(self.out, "<p>{words}</p>");
            }
            Answers::Csv => self.put("<p><code>text/csv</code></p>"),
            Answers::Stream => self.put("<p><code>text/event-stream</code></p>"),
            Answers::Later => self.put("<p><code>501</code></p>"),
        }
        self.put("</details>");
    }

    fn object(&mut self, name: &str) {
        let Some(shape) = shape(name) else { return };
        let _ = write!(
            self.out,
            "<details class=\"op\" id=\"o-{name}\"><summary><code>{name}</code><span>{}</span></summary>",
            prose(shape.words)
        );
        let rows: Vec<_> = shape.fields.iter().map(|f| (String::new(), f.clone(), f.words)).collect();
        self.rows("", &rows);
        self.put("</details>");
    }
}

impl Path {
    /// The name of one of its parts, as it lives in the table.
    fn name_of(&self, name: &str) -> Option<&'static str> {
        let known = |part: &'static str| part.strip_prefix('{')?.strip_suffix('}').filter(|n| *n == name);
        self.path.split('/').find_map(known).or_else(|| super::table::ACCOUNT.split('/').find_map(known))
    }
}

/// Letters and digits of a text, for an address within the page.
fn anchor(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// Words with code between backticks.
fn prose(words: &str) -> String {
    words.split('`').enumerate().map(|(n, part)| if n % 2 == 1 { format!("<code>{}</code>", escape(part)) } else { escape(part) }).collect()
}

/// A type whose shapes lead to where they are described.
fn linked(kind: &str) -> String {
    let mut out = String::new();
    let mut name = String::new();
    for c in kind.chars().chain([' ']) {
        if c.is_ascii_alphanumeric() {
            name.push(c);
            continue;
        }
        if name.starts_with(|c: char| c.is_ascii_uppercase()) && shape(&name).is_some() {
            let _ = write!(out, "<a href=\"#o-{name}\">{name}</a>");
        } else {
            out.push_str(&escape(&name));
        }
        name.clear();
        out.push_str(&escape(&c.to_string()));
    }
    out
}

/// The page in a language, for a server at this address.
pub fn whole(language: Language, address: &str) -> String {
    let all: Value = serde_json::from_str(WORDS).unwrap_or_default();
    let words = all.get(language.tag()).or_else(|| all.get("en")).cloned().unwrap_or_default();
    let mut page = Page { out: String::with_capacity(400_000), words };
    let script: Value = ["try", "send", "sending", "copy", "copied", "headers", "failed", "nobody", "body"]
        .into_iter()
        .map(|k| json!([k, page.words[k]]))
        .collect();
    let word = |key: &str| page.word(key);
    let (title, lead, link, skip, groups, search, none) =
        (word("title"), word("lead"), word("document"), word("skip"), word("groups"), word("search"), word("none"));
    let (token, hint, account, happened, shapes) = (word("token"), word("token_hint"), word("account"), word("events"), word("shapes"));
    let head = format!(
        "<!DOCTYPE html><html lang=\"{lang}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title><link rel=\"icon\" href=\"/favicon.svg\"><link rel=\"stylesheet\" href=\"/api-docs.css\">\
         <script defer src=\"/api-docs.js\"></script></head><body data-words=\"{script}\" data-base=\"{base}\"><a class=\"skip\" href=\"#operations\">{skip}</a>\
         <header><h1>{title}</h1><p>{lead}</p><p><a href=\"/api/docs/openapi.json\">{link}</a></p></header><nav aria-label=\"{groups}\"><ul>",
        lang = language.tag(),
        script = escape(&script.to_string()),
        base = escape(address),
    );
    page.put(&head);
    let shown: Vec<_> =
        TAGS.iter().map(|(tag, words)| (*tag, page.words["names"][*tag].as_str().unwrap_or(tag).to_owned(), *words)).collect();
    for (tag, name, _) in &shown {
        let count: usize = PATHS.iter().filter(|p| p.tag == *tag).map(|p| p.deeds.len()).sum();
        page.put(&format!("<li><a href=\"#g-{}\">{} <small>{count}</small></a></li>", anchor(tag), escape(name)));
    }
    page.put(&format!(
        "<li><a href=\"#g-events\">{happened}</a></li><li><a href=\"#g-objects\">{shapes}</a></li></ul></nav><main id=\"operations\" tabindex=\"-1\">\
         <form class=\"bar\" role=\"search\"><label class=\"wide\"><span>{search}</span><input type=\"search\" id=\"find\" autocomplete=\"off\"></label>\
         <label><span>{token}</span><input type=\"password\" id=\"token\" autocomplete=\"off\" spellcheck=\"false\" aria-describedby=\"hint\"></label>\
         <label><span>{account}</span><input id=\"account\" inputmode=\"numeric\" autocomplete=\"off\" value=\"1\"></label><p id=\"hint\">{hint}</p></form>\
         <p id=\"none\" role=\"status\" hidden>{none}</p>"
    ));
    for (tag, name, words) in &shown {
        page.put(&format!("<section id=\"g-{}\"><h2>{}</h2><p>{}</p>", anchor(tag), escape(name), prose(words)));
        for path in PATHS.iter().filter(|p| p.tag == *tag) {
            for deed in path.deeds {
                page.operation(path, deed);
            }
        }
        page.put("</section>");
    }
    let lead = page.word("events_lead");
    page.put(&format!("<section id=\"g-events\"><h2>{happened}</h2><p>{lead}</p>"));
    for (name, kind, words) in events() {
        page.put(&format!(
            "<details class=\"op\"><summary><b class=\"event\">POST</b><code>{name}</code><span>{}</span></summary><p><code>{}</code></p>",
            prose(words),
            linked(kind)
        ));
        let mut sample = body_example(kind);
        sample["event"] = name.into();
        page.example(&sample, "answer");
        page.put("</details>");
    }
    page.put(&format!("</section><section id=\"g-objects\"><h2>{shapes}</h2>"));
    for (name, ..) in told::TOLD.iter().chain(given::GIVEN) {
        page.object(name);
    }
    page.put("</section></main></body></html>");
    page.out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_all_words_and_nothing_is_left_unescaped() {
        let all: Value = serde_json::from_str(WORDS).unwrap();
        let keys = |tag: &str| all[tag].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys("en"), keys("pt-BR"));
        for (tag, _) in TAGS {
            assert!(all["pt-BR"]["names"][*tag].is_string(), "{tag}");
        }
        let page = whole(Language::Portuguese, "https://recado.example");
        assert!(page.contains("Experimentar") && page.contains("id=\"o-Contact\"") && page.contains("&lt;script …&gt;"));
        assert_eq!(page.matches("<details").count(), page.matches("</details>").count());
    }
}
