//! Who may make an account by themselves: anybody, the first person only, or nobody. Asked three ways: by the function, the page, its form.

use crate::world::*;
use model::*;
use serde_json::{Value, json};
use server::config::SignUp;

/// What a server says to somebody who wants an account.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    /// Whether it says that it takes new accounts.
    open: bool,
    /// Whether the page shows its form; where not, it says why.
    form: bool,
}

async fn said(base: &str) -> Said {
    let open = http().post(format!("{base}/rpc/sign_up_open")).json(&json!({})).send().await.unwrap().json().await.unwrap();
    let page = http().get(format!("{base}/signup")).header("accept-language", "pt-BR").send().await.unwrap();
    assert_eq!(page.status(), 200);
    let page = page.text().await.unwrap();
    let (form, closed) = (page.contains("action=\"/signup\""), page.contains("Este servidor não aceita novas contas"));
    assert_ne!(form, closed, "the page has its form or says why not");
    Said { open, form }
}

/// Signs up by the function; answers the status and the fault.
async fn by_function(base: &str, email: &str) -> (u16, Value) {
    let draft = json!({ "account": "Loja", "name": "Ana", "email": email, "password": PASSWORD, "language": "pt-BR" });
    let answer = http().post(format!("{base}/rpc/sign_up")).json(&json!({ "draft": draft })).send().await.unwrap();
    let status = answer.status().as_u16();
    assert_eq!(answer.headers().contains_key("set-cookie"), status == 200, "a session only for whoever came in");
    (status, answer.json::<Value>().await.unwrap()["code"].clone())
}

/// Signs up by the page's form, as without its program; answers where it leads.
async fn by_form(base: &str, email: &str) -> String {
    let form = [("account", "Loja"), ("name", "Ana"), ("email", email), ("password", PASSWORD)];
    let answer = http().post(format!("{base}/signup")).form(&form).send().await.unwrap();
    let to = answer.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!((answer.status().as_u16(), answer.headers().contains_key("set-cookie")), (303, to == "/"));
    to
}

async fn with(mode: SignUp) -> Untouched {
    untouched(Timestamp(1_780_000_000_000), |config| config.accounts.sign_up = mode).await
}

#[tokio::test]
async fn the_first_person_signs_up_and_nobody_after() {
    let server = with(SignUp::First).await;
    assert_eq!(said(&server.base).await, Said { open: true, form: true });
    assert_eq!(by_form(&server.base, "ana@loja.example").await, "/");
    assert_eq!(said(&server.base).await, Said { open: false, form: false });
    assert_eq!(by_form(&server.base, "rui@loja.example").await, "/signup?failed=sign_up_closed");
    assert_eq!(by_function(&server.base, "rui@loja.example").await, (403, json!("sign_up_closed")));
    assert_eq!(sign_in(&server.base, "ana@loja.example").await.email, "ana@loja.example");

    // Whoever is invited still comes in.
    let ana = sign_in(&server.base, "ana@loja.example").await;
    assert_eq!(ana.colleague("Rui Dias", "rui@loja.example", Role::Agent).await.account, ana.account);
}

#[tokio::test]
async fn of_two_who_come_first_at_once_one_is_first() {
    let server = with(SignUp::First).await;
    let (a, b) = tokio::join!(by_function(&server.base, "ana@loja.example"), by_function(&server.base, "rui@loja.example"));
    let mut both = [a.0, b.0];
    both.sort_unstable();
    assert_eq!(both, [200, 403]);
}

#[tokio::test]
async fn a_closed_server_takes_nobody_but_whom_its_operator_makes() {
    let server = with(SignUp::Closed).await;
    assert_eq!(said(&server.base).await, Said { open: false, form: false });
    assert_eq!(by_form(&server.base, "ana@loja.example").await, "/signup?failed=sign_up_closed");
    assert_eq!(by_function(&server.base, "ana@loja.example").await, (403, json!("sign_up_closed")));
    let draft = SignUpDraft {
        account: "Loja".to_owned(),
        name: "Ana".to_owned(),
        email: "ana@loja.example".to_owned(),
        password: PASSWORD.to_owned(),
        language: Language::Portuguese,
    };
    server.service.create_account(&draft).await.unwrap();
    assert_eq!(sign_in(&server.base, "ana@loja.example").await.email, "ana@loja.example");
    assert_eq!(by_function(&server.base, "rui@loja.example").await.0, 403);
}

#[tokio::test]
async fn an_open_server_takes_one_after_the_other() {
    let server = with(SignUp::Open).await;
    assert_eq!(by_form(&server.base, "ana@loja.example").await, "/");
    assert_eq!(by_function(&server.base, "rui@loja.example").await.0, 200);
    assert_eq!(said(&server.base).await, Said { open: true, form: true });
    assert_eq!(by_function(&server.base, "rui@loja.example").await.1, json!("invalid"), "an e-mail once");
}
