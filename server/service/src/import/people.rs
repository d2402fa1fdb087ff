//! Accounts, people and what they set up for themselves. Inboxes stand in `boxes`.

use super::field::{Row, text};
use super::{ImportError, Move, Place, Result, keep, rows};
use crate::{Error, secret};
use model::*;
use serde_json::Value;
use std::collections::BTreeMap;
use store::Tx;
use store::person::Person;

/// The places of the source's list of languages that we speak (its `config/initializers/languages.rb`).
const fn language(number: i64) -> Language {
    if matches!(number, 9 | 16) { Language::Portuguese } else { Language::English }
}

/// A bcrypt hash as its libraries write it; anything else is no password.
fn bcrypt(text: String) -> Option<String> {
    (text.len() == 60 && text.starts_with("$2")).then_some(text)
}

impl Move<'_> {
    /// One piece of accounts, people, memberships, tokens, labels, teams and their members, canned responses or attributes.
    pub(super) async fn people(&self, page: Vec<Row>, mut place: Place) -> Result<Place> {
        let known = self.known.clone();
        let mut confirmed = BTreeMap::new();
        if place.stage == 2 {
            let ids: Vec<i64> = page.iter().filter_map(|r| r.refers("user_id")).collect();
            let users = self.source.of("users", "id", &ids).await.map_err(ImportError::Source)?;
            let unknowing = !self.source.lacks("users", &["confirmed_at"]).is_empty();
            confirmed.extend(users.into_iter().map(Row).map(|u| (u.id(), unknowing || u.at("confirmed_at").is_some())));
        }
        self.write(async move |tx: &mut Tx| {
            let mut made = 0;
            for row in &page {
                let account = row.refers("account_id").unwrap_or_default();
                let there = known.accounts.contains_key(&account);
                let report = &mut place.report;
                let came = match place.stage {
                    0 => self::account(tx, row, report).await?,
                    1 => self::person(tx, row, known.accounts.values().next(), report).await?,
                    2 => member(tx, row, &known, &confirmed, report).await?,
                    3 => token(tx, row, &known, report).await?,
                    6 => match (row.refers("team_id"), row.refers("user_id")) {
                        (Some(team), Some(user)) if known.teams.get(&team).is_some_and(|a| known.members.contains(&(*a, user))) => {
                            rows::team_member(tx, AccountId(known.teams[&team]), TeamId(team), UserId(user)).await?;
                            true
                        }
                        _ => {
                            report.count("team members", "their team or person is gone", 1);
                            false
                        }
                    },
                    _ if !there => {
                        report.left(super::STAGES[place.stage].0, "their account is gone", row.id());
                        false
                    }
                    4 => label(tx, row, report).await?,
                    5 => team(tx, row, report).await?,
                    7 => canned(tx, row, report).await?,
                    _ => attribute(tx, row, report).await?,
                };
                made += i64::from(came);
            }
            place.report.came(super::STAGES[place.stage].0, made);
            keep(tx, &place).await?;
            Ok(place)
        })
        .await
    }

    /// Macros, with those of their actions that exist here.
    pub(super) async fn macros(&self, page: Vec<Row>, mut place: Place) -> Result<Place> {
        let known = self.known.clone();
        self.write(async move |tx: &mut Tx| {
            let mut made = 0;
            for row in &page {
                let (account, name) = (row.refers("account_id").unwrap_or_default(), row.words("name"));
                if !known.accounts.contains_key(&account) {
                    place.report.left("macros", "their account is gone", row.id());
                    continue;
                }
                let mut actions = Vec::new();
                for given in row.list("actions") {
                    match action(&known, account, &given) {
                        Ok(action) => actions.push(action),
                        Err(word) => place.report.left("macro actions", "no such action here", format!("{name}: {word}")),
                    }
                }
                if actions.is_empty() {
                    place.report.left("macros", "none of their actions exists here", name);
                    continue;
                }
                let by = UserId(row.refers("created_by_id").unwrap_or_default());
                let view = MacroView { id: MacroId(row.id()), name, shared: row.int("visibility") == Some(1), by, actions };
                rows::macro_(tx, AccountId(account), &view, row.made()).await?;
                made += 1;
            }
            place.report.came("macros", made);
            keep(tx, &place).await?;
            Ok(place)
        })
        .await
    }
}

type Report = super::ImportReport;

async fn account(tx: &Tx, row: &Row, report: &mut Report) -> Result<bool, Error> {
    if row.int("status") == Some(1) {
        report.left("suspended accounts", "they work here", row.words("name"));
    }
    let speaks = language(row.int("locale").unwrap_or_default());
    // Whoever moves in needs no first steps.
    let done = Checklist { inbox: true, message: true, reply: true, invite: true };
    rows::account(tx, AccountId(row.id()), &row.words("name"), speaks, &done, row.made()).await?;
    Ok(true)
}

async fn person(tx: &Tx, row: &Row, house: Option<&String>, report: &mut Report) -> Result<bool, Error> {
    let email = row.words("email").trim().to_lowercase();
    if email.is_empty() {
        report.left("people", "they have no e-mail", row.words("name"));
        return Ok(false);
    }
    let spoken = row.object("ui_settings").text("locale").or_else(|| house.cloned());
    let password = bcrypt(row.words("encrypted_password"));
    if password.is_none() {
        report.left("passwords", "none was kept there in a form we know: set one with `recado admin reset-password`", &email);
    }
    if let Some(provider) = row.text("provider").filter(|provider| provider != "email") {
        let why = "not offered here: set a password with `recado admin reset-password`";
        report.left("sign-ins by another house", why, format!("{email} ({provider})"));
    }
    if row.on("otp_required_for_login") {
        report.left("second factors", "not offered here: their people sign in with the password alone", &email);
    }
    if row.text("type").as_deref() == Some("SuperAdmin") {
        report.left("installation administrators", "the command line is theirs here; in accounts they keep their role", &email);
    }
    let name = row.text("name").unwrap_or_else(|| email.clone());
    let made = Person { id: UserId(row.id()), name, email: email.clone(), password };
    let language = spoken.and_then(|tag| Language::from_tag(&tag)).unwrap_or_default();
    let came = rows::person(tx, &made, language, row.made()).await?;
    if !came {
        report.left("people", "another has the same e-mail", email);
    }
    Ok(came)
}

async fn member(tx: &Tx, row: &Row, known: &rows::Known, confirmed: &BTreeMap<i64, bool>, report: &mut Report) -> Result<bool, Error> {
    let (account, user) = (row.refers("account_id").unwrap_or_default(), row.refers("user_id").unwrap_or_default());
    if !known.accounts.contains_key(&account) || !known.people.contains(&user) {
        report.count("memberships", "their account or person is gone", 1);
        return Ok(false);
    }
    if row.refers("custom_role_id").is_some() {
        report.left("custom roles", "their people came as agents", format!("person {user}"));
    }
    let come = confirmed.get(&user).copied().unwrap_or_default();
    if !come {
        report.left("invitations", "they were never accepted: invite them again", format!("person {user}"));
    }
    let member = rows::Member {
        account: AccountId(account),
        user: UserId(user),
        role: if row.int("role") == Some(1) { Role::Administrator } else { Role::Agent },
        availability: match row.int("availability") {
            Some(1) => Availability::Offline,
            Some(2) => Availability::Busy,
            _ => Availability::Online,
        },
        auto_offline: !row.0.contains_key("auto_offline") || row.on("auto_offline"),
        confirmed: come,
        at: row.made(),
    };
    Ok(rows::member(tx, &member).await?)
}

async fn token(tx: &Tx, row: &Row, known: &rows::Known, report: &mut Report) -> Result<bool, Error> {
    let (owner, token) = (row.refers("owner_id").unwrap_or_default(), row.text("token"));
    match (row.text("owner_type").as_deref(), token) {
        (Some("User"), Some(token)) if known.people.contains(&owner) => {
            Ok(rows::token(tx, UserId(owner), &secret::hash(&token), row.made()).await?)
        }
        (Some("User"), _) => {
            report.count("API tokens", "their person is gone", 1);
            Ok(false)
        }
        // They come with their bots.
        (Some("AgentBot"), Some(_)) => Ok(false),
        (kind, _) => {
            report.left("API tokens", "only people's and bots' come", format!("{} {owner}", kind.unwrap_or("nobody")));
            Ok(false)
        }
    }
}

async fn label(tx: &Tx, row: &Row, report: &mut Report) -> Result<bool, Error> {
    let view = LabelView {
        id: LabelId(row.id()),
        title: row.words("title"),
        colour: row.text("color").unwrap_or_else(|| "#1f93ff".to_owned()).to_lowercase(),
        description: row.words("description"),
        sidebar: row.on("show_on_sidebar"),
    };
    let came = rows::label(tx, AccountId(row.refers("account_id").unwrap_or_default()), &view, row.made()).await?;
    if !came {
        report.left("labels", "another has the same title", view.title);
    }
    Ok(came)
}

async fn team(tx: &Tx, row: &Row, report: &mut Report) -> Result<bool, Error> {
    let view = TeamView {
        id: TeamId(row.id()),
        name: row.words("name"),
        description: row.words("description"),
        auto_assign: row.on("allow_auto_assign"),
        members: Vec::new(),
    };
    let came = rows::team(tx, AccountId(row.refers("account_id").unwrap_or_default()), &view, row.made()).await?;
    if !came {
        report.left("teams", "another has the same name", view.name);
    }
    Ok(came)
}

async fn canned(tx: &Tx, row: &Row, report: &mut Report) -> Result<bool, Error> {
    let account = AccountId(row.refers("account_id").unwrap_or_default());
    let mut view = CannedView { id: CannedId(row.id()), code: row.words("short_code"), text: row.words("content"), files: Vec::new() };
    if rows::canned(tx, account, &view, row.made()).await? {
        return Ok(true);
    }
    report.left("canned responses", "another has the same code: its number was put behind", &view.code);
    view.code = format!("{}-{}", view.code, view.id);
    Ok(rows::canned(tx, account, &view, row.made()).await?)
}

async fn attribute(tx: &Tx, row: &Row, report: &mut Report) -> Result<bool, Error> {
    let entity = match row.int("attribute_model") {
        Some(1) => Entity::Contact,
        Some(0) | None => Entity::Conversation,
        Some(_) => {
            report.left("attribute definitions", "companies are not kept here", row.words("attribute_key"));
            return Ok(false);
        }
    };
    let kind = match row.int("attribute_display_type") {
        Some(1..=3) => AttributeKind::Number,
        Some(4) => AttributeKind::Link,
        Some(5) => AttributeKind::Date,
        Some(6) => AttributeKind::List,
        Some(7) => AttributeKind::Checkbox,
        _ => AttributeKind::Text,
    };
    let draft = AttributeDraft {
        entity,
        key: row.words("attribute_key"),
        label: row.words("attribute_display_name"),
        kind,
        options: row.list("attribute_values").iter().filter_map(text).collect(),
        description: row.words("attribute_description"),
    };
    let view = AttributeView { id: AttributeId(row.id()), draft };
    Ok(rows::attribute(tx, AccountId(row.refers("account_id").unwrap_or_default()), &view, row.made()).await?)
}

/// One action in the source's words (its `ActionService`) as one of ours; else its name.
fn action(known: &rows::Known, account: i64, given: &Value) -> Result<Action, String> {
    let name = given.get("action_name").and_then(Value::as_str).unwrap_or_default();
    let params = given.get("action_params").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let first = params.first();
    let word = first.and_then(text).unwrap_or_default();
    let number = word.parse::<i64>().ok();
    let labels = || -> Vec<LabelId> {
        let known = |title: &Value| known.labels.get(&(account, text(title)?)).map(|id| LabelId(*id));
        params.iter().filter_map(known).collect()
    };
    let refused = || Err(if word.is_empty() { name.to_owned() } else { format!("{name} {word}") });
    Ok(match name {
        "assign_agent" if word == "self" => Action::AssignMe,
        "assign_agent" if matches!(word.as_str(), "nil" | "") => Action::Assign(None),
        "assign_agent" => match number.filter(|n| known.members.contains(&(account, *n))) {
            Some(user) => Action::Assign(Some(UserId(user))),
            None => return refused(),
        },
        "assign_team" => match number.filter(|n| known.teams.get(n) == Some(&account)) {
            Some(team) => Action::AssignTeam(Some(TeamId(team))),
            None => return refused(),
        },
        "remove_assigned_agent" => Action::Assign(None),
        "remove_assigned_team" => Action::AssignTeam(None),
        "add_label" if !labels().is_empty() => Action::AddLabels(labels()),
        "remove_label" if !labels().is_empty() => Action::RemoveLabels(labels()),
        "mute_conversation" => Action::Mute(true),
        "resolve_conversation" => Action::Status(Status::Resolved),
        "open_conversation" => Action::Status(Status::Open),
        "pending_conversation" => Action::Status(Status::Pending),
        "snooze_conversation" => Action::Status(Status::Snoozed { until: None }),
        "change_status" => match word.as_str() {
            "open" => Action::Status(Status::Open),
            "resolved" => Action::Status(Status::Resolved),
            "pending" => Action::Status(Status::Pending),
            "snoozed" => Action::Status(Status::Snoozed { until: None }),
            _ => return refused(),
        },
        "change_priority" => match word.as_str() {
            "low" => Action::Priority(Some(Priority::Low)),
            "medium" => Action::Priority(Some(Priority::Medium)),
            "high" => Action::Priority(Some(Priority::High)),
            "urgent" => Action::Priority(Some(Priority::Urgent)),
            _ => Action::Priority(None),
        },
        "send_message" if !word.is_empty() => Action::Send(word),
        "add_private_note" if !word.is_empty() => Action::Note(word),
        _ => return refused(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn actions_are_ours_or_named() {
        let mut known = rows::Known::default();
        known.labels.insert((1, "vip".to_owned()), 5);
        known.teams.insert(3, 1);
        let one = |name: &str, params: Value| action(&known, 1, &json!({ "action_name": name, "action_params": params }));
        assert_eq!(one("add_label", json!(["vip"])), Ok(Action::AddLabels(vec![LabelId(5)])));
        assert_eq!(one("assign_team", json!([3])), Ok(Action::AssignTeam(Some(TeamId(3)))));
        assert_eq!(one("assign_agent", json!(["self"])), Ok(Action::AssignMe));
        assert_eq!(one("assign_agent", json!([99])), Err("assign_agent 99".to_owned()));
        assert_eq!(one("send_email_transcript", json!(["a@b.example"])), Err("send_email_transcript a@b.example".to_owned()));
    }

    #[test]
    fn only_bcrypt_is_a_password() {
        let hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW".to_owned();
        assert_eq!(bcrypt(hash.clone()), Some(hash));
        assert_eq!((bcrypt(String::new()), bcrypt("plain".to_owned())), (None, None));
    }
}
