//! Templates: listed as Meta keeps them, and filled in. Which values a template wants is read from its own text.

use super::outbound::{graph, sorted};
use crate::pick::Pick;
use crate::{FileKind, Link, SendError, Template, TemplateHeader, TemplateStatus, TemplateUse};
use serde_json::{Value, json};

/// Most pages of a hundred that are read.
const PAGES: usize = 20;

pub(super) async fn list(link: &Link<'_>) -> Result<Vec<Template>, SendError> {
    let account = link.setting("business_account_id").unwrap_or_default();
    let mut all = Vec::new();
    let mut after = String::new();
    for _ in 0..PAGES {
        let mut query = vec![("limit", "100")];
        if !after.is_empty() {
            query.push(("after", after.as_str()));
        }
        let page = graph(link).get(&format!("{account}/message_templates"), &query).await.map_err(sorted)?;
        all.extend(page.list("data").iter().filter_map(read));
        match page.text("paging.cursors.after") {
            Some(next) if page.has("paging.next") && next != after => after = next,
            _ => break,
        }
    }
    Ok(all)
}

fn read(t: &Value) -> Option<Template> {
    let name = t.text("name")?;
    let mut out = Template {
        title: name.clone(),
        name,
        language: t.text("language").unwrap_or_default(),
        category: t.text("category").unwrap_or_default().to_lowercase(),
        status: match t.text("status").unwrap_or_default().to_ascii_uppercase().as_str() {
            "APPROVED" => TemplateStatus::Approved,
            "REJECTED" | "DISABLED" | "PENDING_DELETION" | "DELETED" => TemplateStatus::Rejected,
            "PAUSED" | "LIMIT_EXCEEDED" => TemplateStatus::Paused,
            _ => TemplateStatus::Pending,
        },
        ..Template::default()
    };
    for component in t.list("components") {
        let text = component.text("text").unwrap_or_default();
        match component.text("type").unwrap_or_default().to_ascii_uppercase().as_str() {
            "HEADER" => {
                out.header = match component.text("format").unwrap_or_default().to_ascii_uppercase().as_str() {
                    "IMAGE" => TemplateHeader::Image,
                    "VIDEO" => TemplateHeader::Video,
                    "DOCUMENT" => TemplateHeader::Document,
                    "LOCATION" => TemplateHeader::Location,
                    _ => TemplateHeader::Text(text.clone()),
                };
                out.params.extend(places(&text).into_iter().map(|key| format!("header.{key}")));
            }
            "BODY" => {
                out.params.extend(places(&text));
                out.body = text;
            }
            "FOOTER" => out.footer = text,
            "BUTTONS" => {
                for (index, button) in component.list("buttons").iter().enumerate() {
                    out.buttons.push(button.text("text").unwrap_or_default());
                    match button.text("type").unwrap_or_default().to_ascii_uppercase().as_str() {
                        "URL" if button.text("url").is_some_and(|url| url.contains("{{")) => out.params.push(format!("button.{index}.url")),
                        "COPY_CODE" => out.params.push(format!("button.{index}.copy_code")),
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Some(out)
}

/// What stands between `{{` and `}}`, in order and once each.
pub(crate) fn places(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for part in text.split("{{").skip(1) {
        if let Some((key, _)) = part.split_once("}}") {
            let key = key.trim().to_owned();
            if !key.is_empty() && !found.contains(&key) {
                found.push(key);
            }
        }
    }
    found
}

/// The word for a header's media: what it is said to be, else what its address looks like.
pub(super) fn media(kind: FileKind, address: &str) -> &'static str {
    let name = crate::pick::file_name(address).unwrap_or_default().to_ascii_lowercase();
    let ends = |all: &[&str]| all.iter().any(|end| name.ends_with(end));
    match kind {
        FileKind::Image | FileKind::Sticker => "image",
        FileKind::Video => "video",
        _ if ends(&[".jpg", ".jpeg", ".png"]) => "image",
        _ if ends(&[".mp4", ".3gp"]) => "video",
        _ => "document",
    }
}

/// The `template` object with its components.
pub(super) fn fill(using: &TemplateUse, header: Option<(&'static str, Value)>) -> Value {
    let mut components = Vec::new();
    let texts = |prefix: &str| {
        let own = using.params.iter().filter_map(|(key, value)| {
            let key = if prefix.is_empty() { (!key.contains('.')).then_some(key.as_str()) } else { key.strip_prefix(prefix) }?;
            Some((key.to_owned(), value))
        });
        let mut own: Vec<_> = own.collect();
        // By number where they are numbers: 10 comes after 9.
        own.sort_by_key(|(key, _)| (key.parse::<u32>().unwrap_or(u32::MAX), key.clone()));
        let text = own.into_iter().map(|(key, value)| {
            let mut one = json!({"type": "text", "text": one_line(value)});
            if key.parse::<u32>().is_err() {
                one["parameter_name"] = key.into();
            }
            one
        });
        text.collect::<Vec<_>>()
    };
    if let Some((kind, file)) = header {
        components.push(json!({"type": "header", "parameters": [{"type": kind, kind: file}]}));
    } else {
        let parameters = texts("header.");
        if !parameters.is_empty() {
            components.push(json!({"type": "header", "parameters": parameters}));
        }
    }
    let parameters = texts("");
    if !parameters.is_empty() {
        components.push(json!({"type": "body", "parameters": parameters}));
    }
    for (key, value) in &using.params {
        let Some((index, kind)) = key.strip_prefix("button.").and_then(|rest| rest.split_once('.')) else { continue };
        let parameter = match kind {
            "url" => json!({"type": "text", "text": value}),
            "copy_code" => json!({"type": "coupon_code", "coupon_code": value}),
            _ => json!({"type": "payload", "payload": value}),
        };
        components.push(json!({"type": "button", "sub_type": kind, "index": index, "parameters": [parameter]}));
    }
    json!({"name": using.name, "language": {"code": using.language}, "components": components})
}

/// A value may hold no line break, no tab and no four spaces in a row.
fn one_line(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}
