//! A rich message as the widget puts it up: a tree of elements, attributes and texts that the server alone chooses. What a bot wrote is only
//! ever a text, a value, or the address of a link or picture; the widget's own words are named, because it knows the visitor's language.

use model::{Card, Choice, Detail, FormQuestion, MessageId};
use serde_json::{Value, json};

fn node(tag: &str, class: &str, text: &str) -> Value {
    json!({ "tag": tag, "class": class, "text": text })
}

/// A link out, for addresses a browser may follow.
fn link(class: &str, text: &str, url: &str) -> Option<Value> {
    let safe = ["https://", "http://", "mailto:", "tel:"].iter().any(|scheme| url.starts_with(scheme));
    let set = json!({ "href": url, "target": "_blank", "rel": "noopener noreferrer nofollow" });
    safe.then(|| json!({ "tag": "a", "class": class, "text": text, "set": set }))
}

/// A choice: a link, a button while nothing is chosen, and afterwards the chosen one as text.
fn choice(choice: &Choice, done: bool) -> Option<Value> {
    match &choice.url {
        Some(url) => link("rich__choice", &choice.title, url),
        None if choice.chosen => Some(node("p", "rich__chosen", &choice.title)),
        None if done => None,
        None => {
            let value = json!({ "tag": "input", "set": { "type": "hidden", "name": "choice", "value": choice.value } });
            Some(json!({ "tag": "form", "in": [value, node("button", "rich__choice", &choice.title)] }))
        }
    }
}

fn card(card: &Card, picture: Option<String>, done: bool) -> Value {
    let mut parts = Vec::new();
    parts.extend(picture.map(|at| json!({ "tag": "img", "set": { "src": at, "alt": "" } })));
    let lead = card.url.as_ref().and_then(|url| link("rich__link", &card.title, url));
    parts.push(lead.unwrap_or_else(|| node("b", "", &card.title)));
    if !card.text.is_empty() {
        parts.push(node("p", "rich__text", &card.text));
    }
    parts.extend(card.choices.iter().filter_map(|one| choice(one, done)));
    json!({ "tag": "div", "class": "rich__card", "in": parts })
}

/// The label of a question; one without its own asks for an address.
fn label(tag: &str, question: &FormQuestion) -> Value {
    let mut made = node(tag, "question__label", &question.label);
    if question.label.is_empty() {
        made["word"] = "email".into();
    }
    made
}

fn question(question: &FormQuestion, id: String) -> Value {
    if let Some(answer) = &question.answer {
        let said = question.options.iter().find(|option| option.value == *answer).map_or(answer, |option| &option.title);
        return json!({ "tag": "p", "class": "question", "in": [label("b", question), node("span", "", said)] });
    }
    let mut set = json!({ "id": id, "name": question.name, "dir": "auto" });
    let mut options = Vec::new();
    let tag = match question.kind.as_str() {
        "text_area" => "textarea",
        "select" => {
            options.push(node("option", "", ""));
            options.extend(question.options.iter().map(|o| json!({ "tag": "option", "text": o.title, "set": { "value": o.value } })));
            "select"
        }
        kind => {
            set["type"] = kind.into();
            "input"
        }
    };
    let mut label = label("label", question);
    label["set"] = json!({ "for": id });
    if question.required {
        set["required"] = "".into();
    } else {
        label["in"] = json!([{ "tag": "span", "class": "question__optional", "word": "optional" }]);
    }
    let input = json!({ "tag": tag, "class": "question__input", "set": set, "in": options });
    json!({ "tag": "div", "class": "question", "in": [label, input] })
}

/// What a rich message shows below its words; `picture` says where a picture is had.
pub(super) fn drawn(message: MessageId, detail: &Detail, picture: impl Fn(&str) -> String) -> String {
    let done = detail.is_answered();
    let all: Vec<Value> = match detail {
        Detail::Choices(choices) => choices.iter().filter_map(|one| choice(one, done)).collect(),
        Detail::Cards(cards) | Detail::Articles(cards) => {
            cards.iter().map(|one| card(one, one.picture.as_deref().map(&picture), done)).collect()
        }
        Detail::Form(questions) => {
            let mut parts: Vec<_> = questions.iter().enumerate().map(|(at, one)| question(one, format!("ask-{message}-{at}"))).collect();
            if !done {
                parts.push(json!({ "tag": "button", "class": "rich__choice", "word": "send" }));
            }
            let tag = if done { "div" } else { "form" };
            vec![json!({ "tag": tag, "class": "rich__card rich__form", "in": parts })]
        }
        _ => Vec::new(),
    };
    Value::from(all).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_bot_writes_is_text_and_dangerous_addresses_lead_nowhere() {
        let button = |title: &str, url: &str| Choice { title: title.to_owned(), url: Some(url.to_owned()), ..Choice::default() };
        let card = Card {
            title: "<img src=x onerror=alert(1)>".to_owned(),
            choices: vec![button("a", "javascript:alert(1)"), button("b", "https://x.example")],
            ..Card::default()
        };
        let said: Value = serde_json::from_str(&drawn(MessageId(1), &Detail::Cards(vec![card]), |at| at.to_owned())).unwrap();
        assert_eq!(said[0]["in"].as_array().unwrap().len(), 2, "the title and the one link");
        assert_eq!(said[0]["in"][0], json!({ "tag": "b", "class": "", "text": "<img src=x onerror=alert(1)>" }));
        assert_eq!(said[0]["in"][1]["set"]["href"], "https://x.example");
    }
}
