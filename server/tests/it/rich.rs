//! Rich messages through the server: who may post what, what a visitor is shown and may answer, and who hears of it.

use crate::flows::{Api, Ear, neighbourly};
use crate::world::*;
use model::*;
use serde_json::{Value, json};

/// A visitor's conversation that a bot holds.
struct Stage {
    world: World,
    api: Api,
    robot: Api,
    ear: Ear,
    rui: Visitor,
}

impl Stage {
    async fn set() -> Self {
        let world = neighbourly().await;
        let api = Api::of(&world, &world.here.ana).await;
        let ear = Ear::default();
        let bot = api.ok("POST", "agent_bots", json!({ "name": "Robô", "outgoing_url": ear.open().await })).await;
        api.ok("POST", &format!("inboxes/{}/set_agent_bot", world.here.inbox), json!({ "agent_bot": bot["id"] })).await;
        let robot = Api::with(&world, world.here.account, bot["access_token"].as_str().unwrap());
        let mut rui = world.visitor();
        rui.writes("Oi").await;
        Self { world, api, robot, ear, rui }
    }

    async fn asks(&self, content: &str, kind: &str, items: Value) -> Value {
        let body = json!({ "content": content, "content_type": kind, "content_attributes": { "items": items } });
        self.robot.ok("POST", "conversations/1/messages", body).await
    }

    async fn shown(&self, id: &Value) -> VisitorMessage {
        let thread = self.rui.hello().await.thread.unwrap();
        thread.messages.into_iter().find(|m| Some(m.id.0) == id.as_i64()).unwrap()
    }

    fn answer(&self, id: &Value, values: Value) -> Value {
        json!({ "inbox": self.rui.inbox(), "message": id, "values": values })
    }

    async fn answers(&self, id: &Value, values: Value) -> Result<VisitorMessage, Refused> {
        self.rui.post("answer", self.answer(id, values)).await
    }

    async fn told(&self, id: &Value) -> Value {
        self.api.ok("GET", "conversations/1/messages", Value::Null).await["payload"]
            .as_array()
            .unwrap()
            .iter()
            .find(|m| m["id"] == *id)
            .unwrap()
            .clone()
    }
}

/// The texts of what a visitor is shown below the words, by the class or tag of their elements.
fn rich(message: &VisitorMessage) -> Vec<(String, String)> {
    fn walk(all: &Value, into: &mut Vec<(String, String)>) {
        for one in all.as_array().into_iter().flatten() {
            let class = one["class"].as_str().filter(|class| !class.is_empty()).or(one["tag"].as_str()).unwrap();
            if let Some(text) = one["text"].as_str().filter(|text| !text.is_empty()) {
                into.push((class.to_owned(), text.to_owned()));
            }
            walk(&one["in"], into);
        }
    }
    let mut all = Vec::new();
    walk(&serde_json::from_str(message.rich.as_deref().unwrap()).unwrap(), &mut all);
    all
}

fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(class, text)| ((*class).to_owned(), (*text).to_owned())).collect()
}

#[tokio::test]
async fn a_choice_stands_once_and_its_bot_hears_of_it() {
    let stage = Stage::set().await;
    let items = json!([{ "title": "Vendas", "value": "v" }, { "title": "Suporte", "value": "s" }]);
    let asked = stage.asks("Qual setor?", "input_select", items.clone()).await;
    assert_eq!((&asked["content_type"], &asked["content_attributes"]["items"]), (&json!("input_select"), &items));
    let shown = stage.shown(&asked["id"]).await;
    let open = pairs(&[("rich__choice", "Vendas"), ("rich__choice", "Suporte")]);
    assert_eq!(rich(&shown), open);
    let id = &asked["id"];

    // Neither somebody else on the site, nor nobody, nor what was not offered.
    let mut other = stage.world.visitor();
    other.writes("Olá").await;
    let body = stage.answer(id, json!([{ "value": "v" }]));
    assert_eq!(other.post::<VisitorMessage>("answer", body.clone()).await.unwrap_err().body.code, FaultCode::Missing);
    let nobody = stage.world.visitor();
    assert_eq!(nobody.post::<VisitorMessage>("answer", body).await.unwrap_err().body.code, FaultCode::SignedOut);
    for wrong in [json!([{ "value": "x" }]), json!([])] {
        assert_eq!(stage.answers(id, wrong).await.unwrap_err().body.code, FaultCode::Invalid);
    }
    let own = stage.rui.hello().await.thread.unwrap().messages[0].id;
    assert_eq!(stage.answers(&json!(own), json!([{ "value": "v" }])).await.unwrap_err().body.code, FaultCode::Missing);
    assert_eq!(rich(&stage.shown(id).await), open, "nothing was chosen");

    let now = stage.answers(id, json!([{ "title": "Suporte", "value": "s" }])).await.unwrap();
    let stands = pairs(&[("rich__chosen", "Suporte")]);
    assert_eq!(rich(&now), stands);
    let again = stage.answers(id, json!([{ "value": "v" }])).await.unwrap();
    assert_eq!(rich(&again), stands, "the first answer stands");
    let submitted = json!([{ "title": "Suporte", "value": "s" }]);
    assert_eq!(stage.told(id).await["content_attributes"]["submitted_values"], submitted);
    stage.world.settle().await;
    let heard: Vec<_> = stage.ear.events().into_iter().filter(|e| e["event"] == "message_updated" && e["id"] == *id).collect();
    let last = heard.last().expect("the bot hears of the choice");
    assert_eq!((&last["content_type"], &last["content_attributes"]["submitted_values"]), (&json!("input_select"), &submitted));
    let thread = stage.world.here.ana.thread(1).await;
    let asked = thread.messages.rows.iter().find(|m| Some(m.id.0) == id.as_i64()).unwrap();
    assert!(asked.detail.as_ref().is_some_and(Detail::is_answered) && asked.edited_at.is_none());
    stage.world.finish().await;
}

#[tokio::test]
async fn a_form_takes_what_it_asks_for_and_an_address_becomes_the_contacts() {
    let stage = Stage::set().await;
    let items = json!([
        { "name": "nome", "label": "Nome", "type": "text", "required": true },
        { "name": "turno", "label": "Turno", "type": "select", "options": [{ "label": "Manhã", "value": "m" }, { "label": "Tarde", "value": "t" }] },
        { "name": "obs", "label": "Observações", "type": "text_area" },
    ]);
    let asked = stage.asks("Seus dados", "form", items).await;
    let id = &asked["id"];
    let refused = stage.answers(id, json!([{ "name": "nome", "value": " " }, { "name": "turno", "value": "noite" }])).await.unwrap_err();
    assert_eq!(refused.body.fields, [("nome".to_owned(), Violation::Required), ("turno".to_owned(), Violation::Malformed)]);
    let values = json!([{ "name": "nome", "value": "Rui" }, { "name": "turno", "value": "m" }, { "name": "role", "value": "admin" }]);
    let now = rich(&stage.answers(id, values).await.unwrap());
    let answers: Vec<_> = now.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(answers, ["Nome", "Rui", "Turno", "Manhã", "Observações"]);
    let submitted = stage.told(id).await["content_attributes"]["submitted_values"].clone();
    assert_eq!(submitted, json!([{ "name": "nome", "value": "Rui" }, { "name": "turno", "value": "m" }]));

    let asked = stage.robot.ok("POST", "conversations/1/messages", json!({ "content": "E-mail?", "content_type": "input_email" })).await;
    let id = &asked["id"];
    assert_eq!(stage.answers(id, json!([{ "value": "rui" }])).await.unwrap_err().body.fields, [("email".to_owned(), Violation::Malformed)]);
    stage.answers(id, json!([{ "name": "email", "value": "Rui@exemplo.com" }])).await.unwrap();
    assert_eq!(stage.told(id).await["content_attributes"]["submitted_email"], "Rui@exemplo.com");
    assert_eq!(stage.world.here.ana.thread(1).await.contact.email.as_deref(), Some("rui@exemplo.com"));

    let asked = stage.robot.ok("POST", "conversations/1/messages", json!({ "content": "Como foi?", "content_type": "input_csat" })).await;
    stage.answers(&asked["id"], json!([{ "value": "5" }])).await.unwrap();
    assert_eq!(
        stage.told(&asked["id"]).await["content_attributes"]["submitted_values"],
        json!({ "csat_survey_response": { "rating": 5 } })
    );
    stage.world.finish().await;
}

#[tokio::test]
async fn cards_come_with_their_pictures_through_us_and_articles_only_lead_out() {
    let stage = Stage::set().await;
    let cards = json!([{ "title": "Caneca", "description": "De argila", "media_url": "https://loja.example/c.png", "actions": [
        { "type": "link", "text": "Ver", "uri": "https://loja.example/c" }, { "type": "postback", "text": "Quero", "payload": "c-1" },
    ] }]);
    let body = json!({ "content_type": "cards", "content_attributes": { "items": cards } });
    let asked = stage.robot.ok("POST", "conversations/1/messages", body).await;
    assert_eq!(asked["content_attributes"]["items"], cards, "as it was given");
    let shown = stage.shown(&asked["id"]).await;
    let drawn: Value = serde_json::from_str(shown.rich.as_deref().unwrap()).unwrap();
    let picture = drawn[0]["in"][0]["set"]["src"].as_str().unwrap();
    assert!(picture.starts_with("/mail/picture/") && !picture.contains("loja.example"), "{picture}");
    let row = stage.world.here.ana.thread(1).await.row.conversation;
    assert!(row.preview.unwrap().text.starts_with("Caneca"), "without words of its own, the list shows its first ones");
    let now = stage.answers(&asked["id"], json!([{ "title": "Quero", "value": "c-1" }])).await.unwrap();
    let stands = [("b", "Caneca"), ("rich__text", "De argila"), ("rich__choice", "Ver"), ("rich__chosen", "Quero")];
    assert_eq!(rich(&now), pairs(&stands));

    let articles = json!([{ "title": "Trocas", "description": "Em 30 dias", "link": "https://loja.example/trocas" }]);
    let asked = stage.asks("Leia:", "article", articles).await;
    assert!(stage.shown(&asked["id"]).await.rich.unwrap().contains("\"href\":\"https://loja.example/trocas\""));
    assert_eq!(stage.answers(&asked["id"], json!([{ "value": "x" }])).await.unwrap_err().body.code, FaultCode::Invalid);
    stage.world.finish().await;
}

#[tokio::test]
async fn what_could_not_be_shown_is_refused_by_its_place() {
    let stage = Stage::set().await;
    for (kind, items, field) in [
        ("input_select", json!([]), "content_attributes.items"),
        ("input_select", json!([{ "value": "v" }]), "content_attributes.items.0.title"),
        (
            "cards",
            json!([{ "title": "A", "actions": [{ "type": "link", "text": "x", "uri": "javascript:alert(1)" }] }]),
            "content_attributes.items.0.actions.0.uri",
        ),
        ("form", json!([{ "name": "a", "type": "file" }]), "content_attributes.items.0.type"),
        ("carousel", json!([{ "title": "A" }]), "content_type"),
    ] {
        let body = json!({ "content": "x", "content_type": kind, "content_attributes": { "items": items } });
        let (status, answer) = stage.robot.call("POST", "conversations/1/messages", body).await;
        assert_eq!(status, 422, "{answer}");
        assert!(answer.to_string().contains(field), "{field} in {answer}");
    }
    stage.robot.ok("POST", "conversations/1/messages", json!({ "content": "x", "content_type": "text" })).await;
    assert_eq!(stage.rui.hello().await.thread.unwrap().messages.len(), 2, "only the last one was kept");
    stage.world.finish().await;
}
