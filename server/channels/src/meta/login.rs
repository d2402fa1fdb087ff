//! Logging in with Facebook or Instagram, by the operator's own app: the address to send a person to, and what the code they bring back
//! opens. State, sessions and who may do this are the service's business.

use super::sending::sorted;
use super::{Graph, judge};
use crate::pick::Pick;
use crate::{Account, Link, Reason, SendError, Settings};
use serde_json::Value;

const PAGES: &str = "pages_show_list,pages_messaging,pages_manage_metadata,pages_read_engagement,business_management";
const INSTAGRAM: &str = "instagram_business_basic,instagram_business_manage_messages";
/// Most pages of a hundred that are read.
const READ: usize = 10;

fn dialog(base: &str, query: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{base}?{query}")
}

/// Facebook's dialog, where the operator has an app.
pub(crate) fn facebook(link: &Link<'_>, redirect: &str, state: &str) -> Option<String> {
    let (app, _) = (link.app("meta.app_id")?, link.app("meta.app_secret")?);
    let base = format!("{}/{}/dialog/oauth", link.app("meta.dialog_base")?, link.app("meta.version")?);
    Some(dialog(&base, &[("client_id", app), ("redirect_uri", redirect), ("state", state), ("response_type", "code"), ("scope", PAGES)]))
}

/// Instagram's dialog, where the operator has an app.
pub(crate) fn instagram(link: &Link<'_>, redirect: &str, state: &str) -> Option<String> {
    let (app, _) = (link.app("instagram.app_id")?, link.app("instagram.app_secret")?);
    let base = format!("{}/oauth/authorize", link.app("instagram.dialog_base")?);
    Some(dialog(
        &base,
        &[("client_id", app), ("redirect_uri", redirect), ("state", state), ("response_type", "code"), ("scope", INSTAGRAM)],
    ))
}

/// Posts secrets as a form: in an address they would be logged on the way.
async fn exchange(link: &Link<'_>, address: &str, fields: &[(&str, &str)]) -> Result<Value, SendError> {
    let form = fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    judge(&link.http.post(address).confidential().form(form).send().await?).map_err(sorted)
}

fn wanted(answer: &Value, path: &str) -> Result<String, SendError> {
    answer.text(path).ok_or_else(|| SendError::refused(Reason::Other, format!("no {path} in the answer")))
}

/// The pages a person looks after. Tokens derived from a long-lived one do not run out by time.
pub(crate) async fn pages(link: &Link<'_>, redirect: &str, code: &str) -> Result<Vec<Account>, SendError> {
    let (id, secret) = (link.app("meta.app_id").unwrap_or_default(), link.app("meta.app_secret").unwrap_or_default());
    let address = format!("{}/{}/oauth/access_token", link.base("meta.graph_base"), link.app("meta.version").unwrap_or_default());
    let own = [("client_id", id), ("client_secret", secret)];
    let short = exchange(link, &address, &[own[0], own[1], ("redirect_uri", redirect), ("code", code)]).await?;
    let short = wanted(&short, "access_token")?;
    let long = exchange(link, &address, &[own[0], own[1], ("grant_type", "fb_exchange_token"), ("fb_exchange_token", &short)]).await?;
    let token = wanted(&long, "access_token")?;
    let graph = Graph { link, base: "meta.graph_base", token: &token, app_secret: Some(secret) };
    let mut all = Vec::new();
    let mut after = String::new();
    for _ in 0..READ {
        let mut query = vec![("fields", "id,name,access_token"), ("limit", "100")];
        if !after.is_empty() {
            query.push(("after", after.as_str()));
        }
        let found = graph.get("me/accounts", &query).await.map_err(sorted)?;
        all.extend(found.list("data").iter().filter_map(|page| {
            let name = page.text("name").unwrap_or_default();
            let settings = Settings::from([("page_id".to_owned(), page.text("id")?), ("name".to_owned(), name.clone())]);
            Some(Account { name, settings, secrets: Settings::from([("token".to_owned(), page.text("access_token")?)]) })
        }));
        match found.text("paging.cursors.after") {
            Some(next) if found.has("paging.next") => after = next,
            _ => break,
        }
    }
    Ok(all)
}

/// The one account that logged in, with a token for sixty days. `#_` may stick to the code.
pub(crate) async fn account(link: &Link<'_>, redirect: &str, code: &str) -> Result<Vec<Account>, SendError> {
    let (id, secret) = (link.app("instagram.app_id").unwrap_or_default(), link.app("instagram.app_secret").unwrap_or_default());
    let address = format!("{}/oauth/access_token", link.app("instagram.token_base").unwrap_or_default());
    let code = code.trim_end_matches("#_");
    let fields =
        [("client_id", id), ("client_secret", secret), ("grant_type", "authorization_code"), ("redirect_uri", redirect), ("code", code)];
    let answer = exchange(link, &address, &fields).await?;
    let short = answer.list("data").first().unwrap_or(&answer);
    let short = wanted(short, "access_token")?;
    let base = link.base("meta.instagram_base");
    let call = link.http.get(&format!("{base}/access_token")).confidential().query("grant_type", "ig_exchange_token");
    let long = judge(&call.query("client_secret", secret).query("access_token", &short).send().await?).map_err(sorted)?;
    let token = wanted(&long, "access_token")?;
    let graph = Graph { link, base: "meta.instagram_base", token: &token, app_secret: None };
    let me = graph.get("me", &[("fields", "user_id,username,name")]).await.map_err(sorted)?;
    let username = me.text("username").unwrap_or_default();
    let until = link.now.plus(long.whole("expires_in").unwrap_or(0).saturating_mul(1000));
    let settings = [
        ("login", "instagram".to_owned()),
        ("name", format!("@{username}")),
        ("account_id", wanted(&me, "user_id")?),
        ("username", username.clone()),
        ("token_until", until.0.to_string()),
    ];
    let settings = settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    Ok(vec![Account { name: format!("@{username}"), settings, secrets: Settings::from([("token".to_owned(), token)]) }])
}
