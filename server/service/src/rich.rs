//! Rich messages: what a bot asks with choices, cards, articles and forms, how that reads where there is only text, and what a customer
//! answered. How it is drawn is the screens' business, and which channel has buttons is the channels'.

use crate::rest_world::MessageExtra;
use crate::{Error, Result, Tenant};
use model::*;
use serde_json::{Map, Value, json};
use store::conversation::Conversation;
use store::platform::{self, Bearer};
use store::{Tx, message};

/// Most things to choose from, cards, articles or questions in one message.
const MOST: usize = 50;
/// Most buttons of one card.
const BUTTONS: usize = 10;
/// Most characters of a title, a value or a name.
const SHORT: usize = 1_000;
/// Most characters of an address or a description.
const LONG: usize = 2_048;
/// Most characters a customer writes into one field.
const WRITTEN: usize = 5_000;
/// Where a satisfaction question's faces stand, worst first, as the ecosystem draws them.
const FACES: [&str; 5] = ["😞", "😑", "😐", "😀", "😍"];

const ITEMS: &str = "content_attributes.items";

/// What one shape of a rich message is read from, with where it stands for whoever wrote it wrong.
struct Item<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Item<'a> {
    fn wrong<T>(&self, key: &str, violation: Violation) -> Result<T> {
        Err(Error::field(&format!("{}.{key}", self.path), violation))
    }

    fn maybe(&self, key: &str, most: usize) -> Result<Option<String>> {
        let text = match self.value.get(key) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text.replace('\0', "").trim().to_owned(),
            Some(plain @ (Value::Number(_) | Value::Bool(_))) => plain.to_string(),
            Some(_) => return self.wrong(key, Violation::Malformed),
        };
        if text.chars().count() > most {
            return self.wrong(key, Violation::TooLong(u32::try_from(most).unwrap_or(u32::MAX)));
        }
        Ok(Some(text).filter(|text| !text.is_empty()))
    }

    fn text(&self, key: &str) -> Result<String> {
        match self.maybe(key, SHORT)? {
            Some(text) => Ok(text),
            None => self.wrong(key, Violation::Required),
        }
    }

    /// An address that a browser may follow: of the web, or a mail or telephone where those make sense.
    fn link(&self, key: &str, schemes: &[&str]) -> Result<Option<String>> {
        let Some(link) = self.maybe(key, LONG)? else { return Ok(None) };
        let rest = schemes.iter().find_map(|scheme| link.strip_prefix(scheme));
        let fits = rest.is_some_and(|rest| !rest.is_empty()) && !link.chars().any(|c| c.is_whitespace() || c.is_control());
        if fits { Ok(Some(link)) } else { self.wrong(key, Violation::Malformed) }
    }

    fn items(&self, key: &str, most: usize) -> Result<Vec<Item<'a>>> {
        match self.value.get(key) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(list)) if list.len() > most => self.wrong(key, Violation::TooLong(u32::try_from(most).unwrap_or(u32::MAX))),
            Some(Value::Array(list)) => listed(list, &format!("{}.{key}", self.path)),
            Some(_) => self.wrong(key, Violation::Malformed),
        }
    }

    fn choice(&self, title: &str, value: &str) -> Result<Choice> {
        let title = self.text(title)?;
        let value = self.maybe(value, SHORT)?.unwrap_or_else(|| title.clone());
        Ok(Choice { title, value, ..Choice::default() })
    }

    fn action(&self) -> Result<Choice> {
        match self.value.get("type").and_then(Value::as_str) {
            Some("link") => {
                let Some(url) = self.link("uri", &["https://", "http://", "mailto:", "tel:"])? else {
                    return self.wrong("uri", Violation::Required);
                };
                Ok(Choice { title: self.text("text")?, url: Some(url), ..Choice::default() })
            }
            Some("postback") => self.choice("text", "payload"),
            _ => self.wrong("type", Violation::Malformed),
        }
    }

    fn card(&self) -> Result<Card> {
        let picture = self.link("media_url", &["https://", "http://"])?;
        let choices = self.items("actions", BUTTONS)?.iter().map(Item::action).collect::<Result<_>>()?;
        Ok(Card { title: self.text("title")?, text: self.maybe("description", LONG)?.unwrap_or_default(), picture, url: None, choices })
    }

    fn article(&self) -> Result<Card> {
        let Some(url) = self.link("link", &["https://", "http://"])? else { return self.wrong("link", Violation::Required) };
        let text = self.maybe("description", LONG)?.unwrap_or_default();
        Ok(Card { title: self.text("title")?, text, url: Some(url), ..Card::default() })
    }

    fn question(&self) -> Result<FormQuestion> {
        let name = self.text("name")?;
        let label = match self.maybe("label", SHORT)? {
            Some(label) => label,
            None => self.maybe("placeholder", SHORT)?.unwrap_or_else(|| name.clone()),
        };
        let kind = self.maybe("type", SHORT)?.unwrap_or_else(|| "text".to_owned());
        let kind = if kind == "textarea" { "text_area".to_owned() } else { kind };
        if !["text", "text_area", "email", "select", "number", "tel", "url", "date"].contains(&kind.as_str()) {
            return self.wrong("type", Violation::Malformed);
        }
        let options: Vec<_> = self.items("options", MOST)?.iter().map(|o| o.choice("label", "value")).collect::<Result<_>>()?;
        if kind == "select" && options.is_empty() {
            return self.wrong("options", Violation::Required);
        }
        let required = self.value.get("required").is_some_and(|on| *on == Value::Bool(true) || on == "true");
        Ok(FormQuestion { name, label, kind, required, options, answer: None })
    }
}

fn listed<'a>(list: &'a [Value], path: &str) -> Result<Vec<Item<'a>>> {
    let item = |(at, value): (usize, &'a Value)| {
        let item = Item { value, path: format!("{path}.{at}") };
        if value.is_object() { Ok(item) } else { Err(Error::field(&item.path, Violation::Malformed)) }
    };
    list.iter().enumerate().map(item).collect()
}

/// An e-mail address asked for; its label is the screen's own word.
pub(crate) fn asks_email() -> Detail {
    Detail::Form(vec![FormQuestion { name: "email".to_owned(), kind: "email".to_owned(), required: true, ..FormQuestion::default() }])
}

/// Rich content in the ecosystem's shape, as the product keeps it; none for what is plain text.
///
/// # Errors
/// `Invalid`, with where it stands, for what nobody could be shown.
pub(crate) fn shape(content_type: &str, attributes: &Map<String, Value>) -> Result<Option<Detail>> {
    let items = || match attributes.get("items") {
        Some(Value::Array(list)) if list.len() > MOST => Err(Error::field(ITEMS, Violation::TooLong(MOST as u32))),
        Some(Value::Array(list)) if !list.is_empty() => listed(list, ITEMS),
        None | Some(Value::Null | Value::Array(_)) => Err(Error::field(ITEMS, Violation::Required)),
        Some(_) => Err(Error::field(ITEMS, Violation::Malformed)),
    };
    Ok(Some(match content_type {
        "input_select" => Detail::Choices(items()?.iter().map(|item| item.choice("title", "value")).collect::<Result<_>>()?),
        "cards" => Detail::Cards(items()?.iter().map(Item::card).collect::<Result<_>>()?),
        "article" => Detail::Articles(items()?.iter().map(Item::article).collect::<Result<_>>()?),
        "form" => {
            let questions: Vec<_> = items()?.iter().map(Item::question).collect::<Result<_>>()?;
            for (at, question) in questions.iter().enumerate() {
                if questions[..at].iter().any(|before| before.name == question.name) {
                    return Err(Error::field(&format!("{ITEMS}.{at}.name"), Violation::Taken));
                }
            }
            Detail::Form(questions)
        }
        "input_email" => asks_email(),
        "input_csat" => {
            let face = |(at, face): (usize, &&str)| Choice { title: (*face).to_owned(), value: (at + 1).to_string(), ..Choice::default() };
            Detail::Choices(FACES.iter().enumerate().map(face).collect())
        }
        "text" | "input_text" | "input_textarea" | "incoming_email" | "sticker" | "integrations" | "voice_call" => return Ok(None),
        _ => return Err(Error::field("content_type", Violation::Malformed)),
    }))
}

/// A message as words alone: numbered choices, titles with their addresses, questions with what can be answered.
#[must_use]
pub(crate) fn spoken(text: &str, detail: Option<&Detail>) -> String {
    let mut parts = vec![text.trim().to_owned()];
    match detail {
        Some(Detail::Choices(choices)) => {
            let line = |(at, choice): (usize, &Choice)| format!("{}. {}", at + 1, choice.title);
            parts.push(choices.iter().enumerate().map(line).collect::<Vec<_>>().join("\n"));
        }
        Some(Detail::Cards(cards) | Detail::Articles(cards)) => {
            let mut number = 0;
            for card in cards {
                let mut lines = vec![card.title.clone(), card.text.clone(), card.url.clone().unwrap_or_default()];
                for choice in &card.choices {
                    lines.push(if let Some(url) = &choice.url {
                        let plain = url.strip_prefix("mailto:").or_else(|| url.strip_prefix("tel:")).unwrap_or(url);
                        format!("{}: {plain}", choice.title)
                    } else {
                        number += 1;
                        format!("{number}. {}", choice.title)
                    });
                }
                lines.retain(|line| !line.is_empty());
                parts.push(lines.join("\n"));
            }
        }
        Some(Detail::Form(questions)) => {
            let line = |q: &FormQuestion| {
                let options = q.options.iter().map(|o| o.title.as_str()).collect::<Vec<_>>().join(" / ");
                if options.is_empty() { format!("{}:", q.label) } else { format!("{}: ({options})", q.label) }
            };
            parts.push(questions.iter().filter(|q| !q.label.is_empty()).map(line).collect::<Vec<_>>().join("\n"));
        }
        _ => {}
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

/// What somebody chose or filled in, out of the shapes clients send: a list, one object, or for a satisfaction question its own.
pub(crate) fn given(values: &Value) -> Result<Vec<AnswerValue>> {
    let wrong = || Error::field("submitted_values", Violation::Malformed);
    let plain = |value: &Value| match value {
        Value::String(text) => Some(text.replace('\0', "")),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    let one = |value: &Value| {
        let text = |key: &str| value.get(key).and_then(plain);
        Some(AnswerValue { name: text("name"), title: text("title"), value: text("value").or_else(|| text("email"))? })
    };
    match values {
        Value::Array(list) if list.len() <= MOST => list.iter().map(one).collect::<Option<_>>().ok_or_else(wrong),
        Value::Object(map) => match map.get("csat_survey_response") {
            Some(said) => {
                let rating = said.get("rating").and_then(plain).ok_or_else(wrong)?;
                Ok(vec![AnswerValue { value: rating, ..AnswerValue::default() }])
            }
            None => Ok(vec![one(values).ok_or_else(wrong)?]),
        },
        _ => plain(values).map(|value| vec![AnswerValue { value, ..AnswerValue::default() }]).ok_or_else(wrong),
    }
}

/// Marks an answer in what was asked; answers it as it is kept, checked against what was offered.
pub(crate) fn answered(detail: &mut Detail, values: &[AnswerValue]) -> Result<Vec<AnswerValue>> {
    let wrong = || Error::field("submitted_values", Violation::Malformed);
    let pick = |choices: Vec<&mut Choice>| {
        let said = values.first().ok_or_else(wrong)?;
        let same = |c: &Choice| c.url.is_none() && c.value == said.value && said.title.as_ref().is_none_or(|title| *title == c.title);
        let found = choices.into_iter().find(|choice| same(choice)).ok_or_else(wrong)?;
        found.chosen = true;
        Ok(vec![AnswerValue { name: None, title: Some(found.title.clone()), value: found.value.clone() }])
    };
    match detail {
        Detail::Choices(choices) => pick(choices.iter_mut().collect()),
        Detail::Cards(cards) => pick(cards.iter_mut().flat_map(|card| &mut card.choices).collect()),
        Detail::Form(questions) => {
            let alone = questions.len() == 1;
            let (mut kept, mut faults) = (Vec::new(), Vec::new());
            for question in questions.iter_mut() {
                let mine = |v: &&AnswerValue| v.name.as_ref().map_or(alone, |name| *name == question.name);
                let text = values.iter().find(mine).map(|v| v.value.trim().to_owned()).unwrap_or_default();
                let fault = if text.is_empty() {
                    question.required.then_some(Violation::Required)
                } else if text.chars().count() > WRITTEN {
                    Some(Violation::TooLong(WRITTEN as u32))
                } else if question.kind == "email" && crate::session::email(&text).is_err() {
                    Some(Violation::Malformed)
                } else {
                    let offered = question.kind != "select" || question.options.iter().any(|option| option.value == text);
                    (!offered).then_some(Violation::Malformed)
                };
                faults.extend(fault.map(|fault| (question.name.clone(), fault)));
                if !text.is_empty() {
                    kept.push(AnswerValue { name: Some(question.name.clone()), title: None, value: text.clone() });
                }
                question.answer = Some(text);
            }
            match (faults.is_empty(), kept.is_empty()) {
                (true, false) => Ok(kept),
                (true, true) => Err(Error::field("submitted_values", Violation::Required)),
                (false, _) => Err(Error::Invalid(faults)),
            }
        }
        _ => Err(wrong()),
    }
}

/// Whether a message asks its reader for something.
pub(crate) fn asks(message: &MessageView, extra: &MessageExtra) -> bool {
    extra.content_type.is_some() || matches!(message.detail, Some(Detail::Choices(_) | Detail::Cards(_) | Detail::Form(_)))
}

/// Takes a customer's answer to one of our messages, once: a later one changes nothing. Gives the message as it is now.
///
/// # Errors
/// `Invalid` for what was not offered or for a message that asks nothing.
pub(crate) async fn submit(
    tx: &mut Tx,
    t: &Tenant,
    found: &Conversation,
    mut asked: MessageView,
    values: &Value,
    now: Timestamp,
) -> Result<MessageView> {
    let kept = platform::extras(tx, t.account, Bearer::Message, &[asked.id.0]).await?.remove(&asked.id.0);
    let mut extra: MessageExtra = kept.and_then(|k| serde_json::from_str(&k).ok()).unwrap_or_default();
    if asked.deleted_at.is_some() || !asks(&asked, &extra) {
        return Err(Error::field("submitted_values", Violation::Malformed));
    }
    if asked.detail.as_ref().is_some_and(Detail::is_answered) || extra.content_attributes.contains_key("submitted_values") {
        return Ok(asked);
    }
    let kind = extra.content_type.clone().unwrap_or_default();
    let (submitted, said) = match &mut asked.detail {
        Some(detail) => {
            let said = answered(detail, &given(values)?)?;
            let submitted = match (kind.as_str(), values.get("csat_survey_response"), said.first()) {
                ("input_csat", Some(whole), _) => json!({ "csat_survey_response": whole }),
                ("input_csat", None, Some(face)) => {
                    json!({ "csat_survey_response": { "rating": face.value.parse::<i64>().unwrap_or_default() } })
                }
                _ => json!(said),
            };
            (submitted, said)
        }
        None => (values.clone(), Vec::new()),
    };
    if let ("input_email", Some(email)) = (kind.as_str(), said.first()) {
        extra.content_attributes.insert("submitted_email".to_owned(), email.value.clone().into());
        crate::visitors::claim(tx, t, found, "email", crate::session::email(&email.value)?, now).await?;
    }
    extra.content_attributes.insert("submitted_values".to_owned(), submitted);
    let text = serde_json::to_string(&extra).map_err(|error| Error::Unexpected(error.to_string()))?;
    platform::set_extra(tx, t.account, Bearer::Message, asked.id.0, &text).await?;
    message::save(tx, t.account, found, &asked, now).await?;
    if found.view.status == Status::Pending
        && let Some(first) = said.into_iter().next()
        && crate::bots::has_rules(tx, t.account, found.view.inbox).await?
    {
        tx.enqueue(crate::bots::chosen_job(t.account, found.view.id, asked.id, first.value, now)).await?;
    }
    Ok(asked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, items: Value) -> Result<Option<Detail>> {
        let Value::Object(attributes) = json!({ "items": items }) else { panic!() };
        shape(kind, &attributes)
    }

    fn field(result: Result<Option<Detail>>) -> (String, Violation) {
        match result {
            Err(Error::Invalid(mut fields)) => fields.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_shape_that_cannot_be_shown_is_named_by_its_place() {
        for (kind, items, place) in [
            ("input_select", json!([]), "items"),
            ("input_select", json!("x"), "items"),
            ("input_select", json!([{ "title": "A" }, { "value": "b" }]), "items.1.title"),
            ("input_select", json!(["A"]), "items.0"),
            ("cards", json!([{ "title": "A", "media_url": "javascript:alert(1)" }]), "items.0.media_url"),
            (
                "cards",
                json!([{ "title": "A", "actions": [{ "type": "link", "text": "x", "uri": "data:text/html,x" }] }]),
                "items.0.actions.0.uri",
            ),
            ("cards", json!([{ "title": "A", "actions": [{ "type": "call", "text": "x" }] }]), "items.0.actions.0.type"),
            ("article", json!([{ "title": "A" }]), "items.0.link"),
            ("form", json!([{ "name": "a", "type": "file" }]), "items.0.type"),
            ("form", json!([{ "name": "a", "type": "select" }]), "items.0.options"),
            ("form", json!([{ "name": "a" }, { "name": "a" }]), "items.1.name"),
        ] {
            assert_eq!(field(of(kind, items.clone())).0, format!("content_attributes.{place}"), "{kind} {items}");
        }
        assert_eq!(field(of("carousel", json!([]))).0, "content_type");
        assert_eq!(of("text", json!(null)).unwrap(), None);
    }

    #[test]
    fn words_alone_say_everything_that_can_be_done() {
        let cards = json!([{ "title": "Caneca", "description": "De argila", "actions": [
            { "type": "link", "text": "Ver", "uri": "https://loja.example/c" }, { "type": "link", "text": "Ligar", "uri": "tel:+5511" },
            { "type": "postback", "text": "Quero", "payload": "c" },
        ] }]);
        let said = spoken("Veja:", of("cards", cards).unwrap().as_ref());
        assert_eq!(said, "Veja:\n\nCaneca\nDe argila\nVer: https://loja.example/c\nLigar: +5511\n1. Quero");
        let form = json!([{ "name": "n", "label": "Nome" }, { "name": "t", "label": "Turno", "type": "select", "options": [{ "label": "Manhã", "value": "m" }, { "label": "Tarde", "value": "t" }] }]);
        assert_eq!(spoken("", of("form", form).unwrap().as_ref()), "Nome:\nTurno: (Manhã / Tarde)");
        assert_eq!(spoken("E-mail?", Some(&asks_email())), "E-mail?");
    }

    #[test]
    fn only_what_was_offered_can_be_chosen() {
        let mut menu = of("input_select", json!([{ "title": "A", "value": 1 }, { "title": "B" }])).unwrap().unwrap();
        for wrong in [json!([]), json!([{ "value": "x" }]), json!([{ "title": "B", "value": "1" }]), json!([{ "title": "A" }]), json!(null)]
        {
            assert!(given(&wrong).and_then(|v| answered(&mut menu, &v)).is_err(), "{wrong}");
        }
        assert!(!menu.is_answered());
        let said = answered(&mut menu, &given(&json!({ "name": "x", "title": "A", "value": 1 })).unwrap()).unwrap();
        assert_eq!((said[0].title.as_deref(), said[0].value.as_str(), menu.is_answered()), (Some("A"), "1", true));

        let form = || {
            of("form", json!([{ "name": "mail", "type": "email", "required": true }, { "name": "note", "type": "textarea" }]))
                .unwrap()
                .unwrap()
        };
        let mut asked = form();
        let refused = answered(&mut asked, &given(&json!([{ "name": "mail", "value": "x" }])).unwrap());
        assert!(matches!(refused, Err(Error::Invalid(fields)) if fields == [("mail".to_owned(), Violation::Malformed)]));
        let mut asked = form();
        let said =
            answered(&mut asked, &given(&json!([{ "name": "mail", "value": " a@b.co " }, { "name": "other", "value": "y" }])).unwrap());
        assert_eq!(said.unwrap().len(), 1, "what was not asked is not kept");
        assert!(asked.is_answered());
    }
}
