//! Colleagues, teams, and one's own profile.

use super::call::{Call, Verb, done, id, ok, text};
use super::problem::{Answer, Problem};
use model::*;
use serde_json::{Value, json};
use service::{Bearer, Scope};

fn role(call: &Call) -> Result<Option<Role>, Problem> {
    Ok(Some(match call.text("role").as_deref() {
        None => return Ok(None),
        Some("agent" | "0") => Role::Agent,
        Some("administrator" | "1") => Role::Administrator,
        Some(_) => return Err(Problem::field("role", Violation::Malformed)),
    }))
}

fn availability(word: &str) -> Option<Availability> {
    Some(match word {
        "online" | "available" => Availability::Online,
        "busy" => Availability::Busy,
        "offline" => Availability::Offline,
        _ => return None,
    })
}

/// Answers a request below `/agents`.
pub async fn agents(call: &mut Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let service = call.app.service.clone();
    match (call.verb, rest) {
        (Get, []) => ok(service.rest_agents(scope, |_| true).await?.into()),
        (Post, []) => {
            let given = call.inner("agent");
            let (name, email) = (text(&given, "name").unwrap_or_default(), text(&given, "email").unwrap_or_default());
            let made = service.invite_agent(scope, &name, &email, role(call)?.unwrap_or(Role::Agent)).await?;
            let user = made.agent.id;
            ok(service.rest_agents(scope, move |a| a.id == user).await?.pop().ok_or_else(Problem::missing)?)
        }
        (_, [agent]) => {
            let user = UserId(id(agent)?);
            let found = service.rest_agents(scope, move |a| a.id == user).await?.pop().ok_or_else(Problem::missing)?;
            match call.verb {
                Get => ok(found),
                // Of others only administrators change anything.
                Patch if user != scope.user() && !scope.role().may(Permission::ManageAgents) => {
                    Err(service::Error::Fault(FaultCode::Forbidden).into())
                }
                Patch => {
                    if let Some(role) = role(call)? {
                        service.set_role(scope, user, role).await?;
                    }
                    let word = call.text("availability").or_else(|| call.text("availability_status"));
                    if let (true, Some(to)) = (user == scope.user(), word.as_deref().and_then(availability)) {
                        service.set_availability(scope, to).await?;
                    }
                    ok(service.rest_agents(scope, move |a| a.id == user).await?.pop().ok_or_else(Problem::missing)?)
                }
                Delete => {
                    service.remove_agent(scope, user).await?;
                    done()
                }
                Post => Err(Problem::missing()),
            }
        }
        _ => Err(Problem::missing()),
    }
}

/// A team in the ecosystem's words.
pub fn team(team: &TeamView, scope: &Scope) -> Value {
    json!({
        "id": team.id, "name": team.name, "description": team.description, "allow_auto_assign": team.auto_assign, "account_id": scope.account(),
        "is_member": team.members.contains(&scope.user()),
    })
}

/// Answers a request below `/teams`.
pub async fn teams(call: &mut Call, scope: &Scope, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let service = call.app.service.clone();
    let all = service.desk(scope).await?.data.teams;
    let draft = |known: Option<&TeamView>, members: Option<Vec<UserId>>| {
        let given = call.inner("team");
        TeamDraft {
            name: text(&given, "name").or_else(|| known.map(|t| t.name.clone())).unwrap_or_default(),
            description: text(&given, "description").or_else(|| known.map(|t| t.description.clone())).unwrap_or_default(),
            auto_assign: super::call::flag(&given, "allow_auto_assign").or(known.map(|t| t.auto_assign)).unwrap_or(true),
            members: members.or_else(|| known.map(|t| t.members.clone())).unwrap_or_default(),
        }
    };
    match (call.verb, rest) {
        (Get, []) => ok(all.iter().map(|t| team(t, scope)).collect()),
        (Post, []) => ok(team(&service.save_team(scope, None, draft(None, None)).await?, scope)),
        (_, [which, rest @ ..]) => {
            let which = TeamId(id(which)?);
            let known = all.into_iter().find(|t| t.id == which).ok_or_else(Problem::missing)?;
            match (call.verb, rest) {
                (Get, []) => ok(team(&known, scope)),
                (Patch, []) => ok(team(&service.save_team(scope, Some(which), draft(Some(&known), None)).await?, scope)),
                (Delete, []) => {
                    service.delete_team(scope, which).await?;
                    done()
                }
                (verb, ["team_members"]) => {
                    let mut members = known.members.clone();
                    if verb != Get {
                        let named = call.numbers("user_ids").ok_or_else(|| Problem::field("user_ids", Violation::Required))?;
                        let users: Vec<_> = named.into_iter().map(UserId).collect();
                        let agents = service.agents(scope).await?;
                        if verb != Delete && users.iter().any(|u| !agents.iter().any(|a| a.id == *u)) {
                            return Err(Problem::field("user_ids", Violation::Malformed));
                        }
                        match verb {
                            Post => members.extend(users),
                            Patch => members = users,
                            _ => members.retain(|m| !users.contains(m)),
                        }
                        members.sort_unstable();
                        members.dedup();
                        service.save_team(scope, Some(which), draft(Some(&known), Some(members.clone()))).await?;
                        if verb == Delete {
                            return done();
                        }
                    }
                    ok(service.rest_agents(scope, move |a| members.contains(&a.id)).await?.into())
                }
                _ => Err(Problem::missing()),
            }
        }
        _ => Err(Problem::missing()),
    }
}

/// Answers a request below `/api/v1/profile`: the caller about themselves.
pub async fn profile(call: &mut Call, rest: &[&str]) -> Answer {
    let Some(Bearer::Person(user)) = call.bearer else { return Err(Problem::not_yours()) };
    let service = call.app.service.clone();
    match (call.verb, rest) {
        (Verb::Patch, []) => {
            let given = call.inner("profile");
            let draft = ProfileDraft { name: text(&given, "name").or_else(|| text(&given, "display_name")), ..ProfileDraft::default() };
            service.update_profile(user, draft).await?;
        }
        (Verb::Post, ["availability"]) => {
            let given = call.inner("profile");
            let to = text(&given, "availability").as_deref().and_then(availability);
            let to = to.ok_or_else(|| Problem::field("availability", Violation::Malformed))?;
            let account = text(&given, "account_id").and_then(|a| a.parse().ok()).map(AccountId);
            let account = account.ok_or_else(|| Problem::field("account_id", Violation::Required))?;
            let scope = service.bearer_scope(Bearer::Person(user), account).await?;
            service.set_availability(&scope, to).await?;
        }
        (Verb::Post, ["reset_access_token"]) => call.token = Some(service.reset_api_token(user).await?),
        (Verb::Patch, ["set_active_account"]) | (Verb::Get, []) => {}
        _ => return Err(Problem::missing()),
    }
    let mut value = service.profile(user).await?;
    value["access_token"] = call.token.clone().unwrap_or_default().into();
    ok(value)
}
