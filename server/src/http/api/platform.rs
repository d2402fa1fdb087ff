//! The platform API: accounts, people and bots that an operator's own program made.

use super::call::{Call, Verb, done, id, ok, text};
use super::hooks;
use super::problem::{Answer, Problem};
use model::{AccountId, UserId, Violation};
use serde_json::json;
use service::{Bearer, PersonDraft};

/// Answers a request below `/platform/api/v1`.
pub async fn serve(call: &mut Call, rest: &[&str]) -> Answer {
    use Verb::{Delete, Get, Patch, Post};
    let Some(Bearer::Platform(app)) = call.bearer else { return Err(Problem::nobody()) };
    let service = call.app.service.clone();
    let person = || PersonDraft { name: call.text("name"), email: call.text("email"), password: call.text("password") };
    let user = |call: &Call| call.number("user_id").map(UserId).ok_or_else(|| Problem::field("user_id", Violation::Required));
    match (call.verb, rest) {
        (Post, ["accounts"]) => ok(service.platform_save_account(app, None, call.text("name"), call.text("locale")).await?),
        (verb, ["accounts", account, rest @ ..]) => {
            let account = AccountId(id(account)?);
            match (verb, rest) {
                (Get, []) => ok(service.platform_account(app, account).await?),
                (Patch, []) => ok(service.platform_save_account(app, Some(account), call.text("name"), call.text("locale")).await?),
                (Delete, []) => {
                    service.platform_delete_account(app, account).await?;
                    done()
                }
                (Get, ["account_users"]) => ok(service.platform_members(app, account).await?.into()),
                (Post, ["account_users"]) => {
                    ok(service.platform_join(app, account, user(call)?, &call.text("role").unwrap_or_default()).await?)
                }
                (Delete, ["account_users", user]) => {
                    service.platform_leave(app, account, UserId(id(user)?)).await?;
                    done()
                }
                (Delete, ["account_users"]) => {
                    service.platform_leave(app, account, user(call)?).await?;
                    done()
                }
                _ => Err(Problem::missing()),
            }
        }
        (Post, ["users"]) => ok(service.platform_save_user(app, None, person()).await?),
        (Get, ["users"]) => ok(service.platform_users(app).await?.into()),
        (verb, ["users", user, rest @ ..]) => {
            let user = UserId(id(user)?);
            match (verb, rest) {
                (Get, []) => ok(service.platform_user(app, user).await?),
                (Patch, []) => ok(service.platform_save_user(app, Some(user), person()).await?),
                (Delete, []) => {
                    service.platform_delete_user(app, user).await?;
                    done()
                }
                (Get, ["login"]) => ok(json!({ "url": service.platform_login(app, user).await? })),
                _ => Err(Problem::missing()),
            }
        }
        (Get, ["agent_bots"]) => ok(service.platform_bots(app, None).await?.into()),
        (Post, ["agent_bots"]) => {
            let account = text(&call.inner("agent_bot"), "account_id").and_then(|a| a.parse().ok()).map(AccountId);
            ok(service.platform_save_bot(app, None, account, hooks::bot(call)).await?)
        }
        (Get, ["agent_bots", bot]) => ok(service.platform_bots(app, Some(id(bot)?)).await?.pop().ok_or_else(Problem::missing)?),
        (Patch, ["agent_bots", bot]) => ok(service.platform_save_bot(app, Some(id(bot)?), None, hooks::bot(call)).await?),
        (Delete, ["agent_bots", bot]) => {
            service.platform_delete_bot(app, id(bot)?).await?;
            done()
        }
        _ => Err(Problem::missing()),
    }
}
