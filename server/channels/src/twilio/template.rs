//! Content templates with their approval by WhatsApp. Sending one takes only its SID and its values.

use super::outbound::{dressed, judge};
use crate::pick::Pick;
use crate::{Link, SendError, Template, TemplateHeader, TemplateStatus};
use serde_json::Value;

/// Most pages of fifty that are read.
const PAGES: usize = 20;

pub(super) async fn list(link: &Link<'_>) -> Result<Vec<Template>, SendError> {
    let base = link.app("twilio.content_base").unwrap_or_default();
    let mut next = format!("{base}/v1/ContentAndApprovals?PageSize=50");
    let mut all = Vec::new();
    for _ in 0..PAGES {
        let page = judge(&dressed(link, link.http.get(&next)).send().await?)?;
        all.extend(page.list("contents").iter().filter_map(read));
        match page.text("meta.next_page_url") {
            // Our credentials go nowhere else.
            Some(url) if url.starts_with(base) => next = url,
            _ => break,
        }
    }
    Ok(all)
}

fn read(content: &Value) -> Option<Template> {
    let types = content.at("types").as_object();
    let (kind, shape) = types.into_iter().flatten().next().map_or((String::new(), &Value::Null), |(kind, shape)| (kind.clone(), shape));
    let approval = content.at("approval_requests");
    let header = match (shape.list("media").is_empty(), shape.text("header_text")) {
        (false, _) if kind.ends_with("media") || kind.ends_with("card") => TemplateHeader::Image,
        (_, Some(text)) => TemplateHeader::Text(text),
        _ => TemplateHeader::None,
    };
    let params = content.at("variables").as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
    let buttons = shape.list("actions").iter().chain(shape.list("items"));
    Some(Template {
        name: content.text("sid")?,
        title: content.text("friendly_name").unwrap_or_default(),
        language: content.text("language").unwrap_or_default(),
        category: approval.text("category").unwrap_or_default().to_lowercase(),
        status: match approval.text("status").unwrap_or_default().as_str() {
            "approved" => TemplateStatus::Approved,
            "rejected" | "disabled" => TemplateStatus::Rejected,
            "paused" => TemplateStatus::Paused,
            _ => TemplateStatus::Pending,
        },
        header,
        body: shape.text("body").or_else(|| shape.text("title")).unwrap_or_default(),
        footer: shape.text("footer").unwrap_or_else(|| shape.text("subtitle").unwrap_or_default()),
        buttons: buttons.filter_map(|button| button.text("title").or_else(|| button.text("item"))).collect(),
        params,
    })
}
