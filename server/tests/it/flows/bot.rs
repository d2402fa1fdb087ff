//! A bot without a program: its menu, its questions, and the people who come after it.

use super::Api;
use crate::world::*;
use model::*;
use serde_json::json;

fn rules() -> BotRules {
    let choice = |title: &str, keyword: &str, answer: &str, then| BotChoice {
        title: title.to_owned(),
        keywords: vec![keyword.to_owned()],
        answer: answer.to_owned(),
        then,
    };
    BotRules {
        greeting: "Oi!".to_owned(),
        choices: vec![
            choice("Horário", "que horas", "Das 9h às 18h.", BotStep::Stay),
            choice("Orçamento", "preço", "Qual é o seu e-mail?", BotStep::AskEmail),
            choice("Encerrar", "obrigado", "Até logo!", BotStep::Resolve),
        ],
        unknown: "Não entendi.".to_owned(),
        tries: 2,
        handover: "Já vem alguém.".to_owned(),
        ..BotRules::default()
    }
}

/// The lines of a thread that say where the conversation went.
async fn moves(agent: &Agent, number: i64) -> Vec<Activity> {
    agent.thread(number).await.messages.rows.into_iter().filter_map(|message| message.activity).collect()
}

async fn bot_in(world: &World, rules: BotRules) -> i64 {
    let edit = BotEdit { name: "Robô".to_owned(), rules: Some(rules), inboxes: vec![world.here.inbox], ..BotEdit::default() };
    world.here.ana.ok("save_bot", json!({ "id": null, "edit": edit })).await
}

struct Talk<'a> {
    world: &'a World,
    rui: Visitor,
}

impl Talk<'_> {
    /// Says something and gives what the bot has answered since.
    async fn says(&mut self, text: &str) -> Vec<String> {
        self.rui.writes(text).await;
        self.world.settle().await;
        let thread = self.world.here.ana.thread(1).await;
        let after = thread.messages.rows.iter().rposition(|m| m.kind == MessageKind::Incoming).unwrap();
        let said = thread.messages.rows[after + 1..].iter().filter(|m| m.kind == MessageKind::Outgoing);
        said.map(|m| {
            assert_eq!(m.author, Author::System);
            m.text.clone()
        })
        .collect()
    }

    async fn row(&self) -> ConversationView {
        self.world.here.ana.thread(1).await.row.conversation
    }
}

#[tokio::test]
async fn a_menu_answers_collects_an_address_and_hands_over() {
    let world = world().await;
    let ana = &world.here.ana;
    bot_in(&world, rules()).await;
    let mut talk = Talk { world: &world, rui: world.visitor() };
    assert_eq!(talk.says("Bom dia").await, ["Oi!"]);
    assert_eq!(talk.row().await.status, Status::Pending);
    let told = Api::of(&world, ana).await.ok("GET", "conversations/1/messages", json!(null)).await;
    let sender = told["payload"].as_array().unwrap().last().unwrap()["sender"].clone();
    assert_eq!((&sender["type"], &sender["name"]), (&json!("agent_bot"), &json!("Robô")), "clients of the API see who said it");
    assert_eq!(talk.says("1").await, ["Das 9h às 18h."]);
    assert_eq!(talk.says("e o PRECO?").await, ["Qual é o seu e-mail?"]);
    assert_eq!(talk.says("depois mando").await, ["Não entendi."]);
    assert_eq!(talk.says("rui@exemplo.com").await, ["Já vem alguém."]);
    let row = talk.row().await;
    assert_eq!(row.status, Status::Open);
    assert_eq!(moves(ana, 1).await, [Activity::Moved { to: StatusKind::Open, cause: Cause::Bot }], "the thread says who handed it over");
    let contact: ContactView = ana.thread(1).await.contact;
    assert_eq!(contact.email.as_deref(), Some("rui@exemplo.com"));
    assert_eq!(talk.says("alô?").await, Vec::<String>::new(), "people have it now");

    // Resolved and written to again, the bot begins anew.
    let _: () = ana.ok("set_status", json!({ "conversation": row.id, "status": "resolved" })).await;
    assert_eq!(talk.says("obrigado").await, ["Até logo!"]);
    assert_eq!(talk.row().await.status, Status::Resolved);
    assert_eq!(talk.says("mais uma coisa").await.len(), 1, "the greeting again");
    ana.replies(row.id, "Oi, sou a Ana").await;
    assert_eq!(talk.says("2").await, Vec::<String>::new(), "a person has taken over");
    world.finish().await;
}

#[tokio::test]
async fn on_a_website_the_menu_is_pressed_and_the_address_has_a_field() {
    let world = world().await;
    bot_in(&world, rules()).await;
    let mut talk = Talk { world: &world, rui: world.visitor() };
    talk.says("Bom dia").await;
    let last = async |talk: &Talk<'_>| talk.rui.hello().await.thread.unwrap().messages.pop().unwrap();
    let press = async |talk: &Talk<'_>, message: MessageId, value: &str| {
        let body = json!({ "inbox": talk.rui.inbox(), "message": message, "values": [{ "value": value }] });
        let _: VisitorMessage = talk.rui.post("answer", body).await.unwrap();
        talk.world.settle().await;
    };
    let menu = last(&talk).await;
    assert_eq!((menu.text.as_str(), menu.rich.as_deref().unwrap().contains("Orçamento")), ("Oi!", true));
    // What was said since does not make the menu deaf.
    assert_eq!(talk.says("1").await, ["Das 9h às 18h."]);
    press(&talk, menu.id, "2").await;
    let asked = last(&talk).await;
    assert_eq!((asked.text.as_str(), asked.rich.as_deref().unwrap().contains("\"type\":\"email\"")), ("Qual é o seu e-mail?", true));
    press(&talk, menu.id, "3").await;
    assert_eq!(last(&talk).await.id, asked.id, "the menu was answered once");
    press(&talk, asked.id, "rui@exemplo.com").await;
    assert_eq!(last(&talk).await.text, "Já vem alguém.");
    assert_eq!(talk.row().await.status, Status::Open);
    assert_eq!(world.here.ana.thread(1).await.contact.email.as_deref(), Some("rui@exemplo.com"));
    world.finish().await;
}

#[tokio::test]
async fn what_it_cannot_understand_or_say_goes_to_people() {
    let world = world().await;
    bot_in(&world, rules()).await;
    let mut talk = Talk { world: &world, rui: world.visitor() };
    talk.says("Oi").await;
    assert_eq!(talk.says("???").await, ["Não entendi."]);
    assert_eq!(talk.says("!!!").await, ["Já vem alguém."]);
    assert_eq!(talk.row().await.status, Status::Open);
    world.finish().await;
}

#[tokio::test]
async fn a_closed_shop_says_so_and_a_burst_is_answered_in_order_and_once() {
    let world = world().await;
    let closed = BotHours { zone: "America/Sao_Paulo".to_owned(), days: [false; 7], from: 0, to: 1440 };
    bot_in(&world, BotRules { closed: "Voltamos amanhã.".to_owned(), hours: Some(closed), ..rules() }).await;
    let mut rui = world.visitor();
    for text in ["Oi", "que horas", "xyz", "xyz"] {
        rui.writes(text).await;
    }
    world.settle().await;
    let said: Vec<_> = world.here.ana.thread(1).await.messages.rows;
    let said: Vec<_> = said.iter().filter(|m| m.kind == MessageKind::Outgoing).map(|m| m.text.as_str()).collect();
    assert_eq!(said, ["Oi!", "Das 9h às 18h.", "Não entendi.", "Voltamos amanhã."]);
    world.finish().await;
}

#[tokio::test]
async fn only_administrators_make_bots_and_rules_without_words_are_refused() {
    let world = world().await;
    let ana = &world.here.ana;
    let bia = ana.colleague("Bia", "bia@example.com", Role::Agent).await;
    let edit = |rules| json!({ "id": null, "edit": BotEdit { name: "Robô".to_owned(), rules: Some(rules), ..BotEdit::default() } });
    let refused = bia.call::<i64>("save_bot", edit(rules())).await.unwrap_err();
    assert_eq!(refused.body.code, FaultCode::Forbidden);
    let mut empty = rules();
    empty.choices[0].answer = " ".to_owned();
    let refused = ana.call::<i64>("save_bot", edit(empty)).await.unwrap_err();
    assert_eq!(refused.body.fields, [("answer0".to_owned(), Violation::Required)]);
    let nowhere = BotRules { hours: Some(BotHours { zone: "Mars/Base".to_owned(), to: 60, ..BotHours::default() }), ..rules() };
    let refused = ana.call::<i64>("save_bot", edit(nowhere)).await.unwrap_err();
    assert_eq!(refused.body.fields, [("zone".to_owned(), Violation::Malformed)]);

    // What is edited comes back as it was written, and one inbox has one bot.
    let id = bot_in(&world, rules()).await;
    let second = bot_in(&world, rules()).await;
    let all: Vec<BotView> = ana.ok("bots", json!({})).await;
    assert_eq!(all.iter().map(|bot| (bot.id, bot.inboxes.len())).collect::<Vec<_>>(), [(id, 0), (second, 1)]);
    assert_eq!(all[0].rules.as_ref(), Some(&rules()));
    let (mut rui, mut lia) = (world.visitor(), world.visitor());
    rui.writes("Oi").await;
    assert_eq!(ana.thread(1).await.row.conversation.status, Status::Pending);
    let _: () = ana.ok("delete_bot", json!({ "id": second })).await;
    world.settle().await;
    assert_eq!(ana.thread(1).await.row.conversation.status, Status::Open, "nobody waits for a bot that is gone");
    assert_eq!(moves(ana, 1).await, [Activity::Moved { to: StatusKind::Open, cause: Cause::SilentBot }]);
    lia.writes("Oi").await;
    assert_eq!(ana.thread(2).await.row.conversation.status, Status::Open);
    assert_eq!(
        world
            .twin
            .ana
            .call::<i64>("save_bot", json!({ "id": id, "edit": BotEdit { name: "x".to_owned(), ..BotEdit::default() } }))
            .await
            .unwrap_err()
            .body
            .code,
        FaultCode::Missing
    );
    world.finish().await;
}

async fn sums(world: &World, period: Period, inbox: Option<InboxId>) -> BotSums {
    world.here.ana.ok("bot_report", json!({ "period": period, "inbox": inbox, "bot": null })).await
}

const fn figures(conversations: i64, messages: i64, resolved: i64, handed: i64) -> BotFigures {
    BotFigures { conversations, messages, resolved, handed }
}

#[tokio::test]
async fn what_bots_did_is_counted_by_conversation_and_how_it_ended() {
    let world = world().await;
    let ana = &world.here.ana;
    let api = Api::of(&world, ana).await;
    assert_eq!(sums(&world, Period::Days(30), None).await, BotSums::default());
    let rule = bot_in(&world, rules()).await;
    let mut talks = Vec::new();
    for words in [&["obrigado"][..], &["Oi", "preço", "rui@exemplo.com"], &["Oi"], &["Oi"]] {
        let mut rui = world.visitor();
        for text in words {
            rui.writes(text).await;
            world.settle().await;
        }
        talks.push(rui);
    }
    // One it resolved, one it handed over, one a person took from it; one it still has.
    ana.replies(ana.thread(3).await.row.conversation.id, "Oi, sou a Ana").await;
    assert_eq!(ana.thread(3).await.row.conversation.status, Status::Open);
    let all = sums(&world, Period::Days(7), Some(world.here.inbox)).await;
    assert_eq!(all.bots, [BotLine { id: rule, name: "Robô".to_owned(), figures: figures(4, 6, 1, 2) }]);
    assert_eq!((all.whole, all.whole.percent(all.whole.resolved)), (figures(4, 6, 1, 2), 25));

    // What people do afterwards is none of the bot's; what comes back to it, and goes to people then, it did not resolve.
    let _: () = ana.ok("set_status", json!({ "conversation": ana.thread(2).await.row.conversation.id, "status": "resolved" })).await;
    talks[0].writes("Oi").await;
    world.settle().await;
    talks[0].writes("preço").await;
    talks[0].writes("rui@exemplo.com").await;
    world.settle().await;
    assert_eq!(sums(&world, Period::Days(7), None).await.whole, figures(4, 9, 0, 3));

    // A program that speaks where people are, and one that only listens and hands over.
    let program = api.ok("POST", "agent_bots", json!({ "name": "Programa" })).await;
    api.ok("POST", &format!("inboxes/{}/set_agent_bot", world.here.inbox), json!({ "agent_bot": program["id"] })).await;
    let robot = Api::with(&world, world.here.account, program["access_token"].as_str().unwrap());
    let told = json!({ "content": "Anotado", "echo_id": "eco-1" });
    for _ in 0..2 {
        robot.ok("POST", "conversations/3/messages", told.clone()).await;
    }
    let mut lia = world.visitor();
    lia.writes("Oi").await;
    robot.ok("POST", "conversations/5/toggle_status", json!({ "status": "open" })).await;
    let of = |sums: BotSums| sums.bots.into_iter().map(|bot| (bot.id, bot.figures)).collect::<Vec<_>>();
    let all = sums(&world, Period::Days(7), None).await;
    let second = program["id"].as_i64().unwrap();
    assert_eq!(all.whole, figures(5, 10, 0, 4), "two bots in one conversation make it no two");
    assert_eq!(of(all), [(rule, figures(4, 9, 0, 3)), (second, figures(2, 1, 0, 1))]);
    assert_eq!(ana.thread(3).await.messages.rows.last().unwrap().bot.as_deref(), Some("Programa"), "the thread names who said it");

    // The ecosystem's words for it, from before and since.
    let far = format!("/api/v2/accounts/{}/reports/", world.here.account);
    let now = world.service.now().0 / 1000;
    let metrics = api.ok("GET", &format!("{far}bot_metrics?since={}&until={now}", now - 60), json!(null)).await;
    assert_eq!(metrics, json!({ "conversation_count": 5, "message_count": 10, "resolution_rate": 0, "handoff_rate": 80 }));
    let before = api.ok("GET", &format!("{far}bot_metrics?since={}&until={}", now - 120, now - 60), json!(null)).await;
    assert_eq!(before["conversation_count"], 0);
    let summary = api.ok("GET", &format!("{far}bot_summary?since={}&until={now}", now - 60), json!(null)).await;
    assert_eq!(summary["bot_handoffs_count"], 4);
    assert_eq!(summary["previous"], json!({ "bot_resolutions_count": 0, "bot_handoffs_count": 0 }));

    // Days pass; what bots did before is of its own time, and stays when a bot goes.
    world.clock.turn(8 * 86_400_000);
    assert_eq!(sums(&world, Period::Days(7), None).await, BotSums::default());
    let _: () = ana.ok("delete_bot", json!({ "id": rule })).await;
    let gone = sums(&world, Period::Days(30), None).await;
    assert_eq!((gone.whole.conversations, gone.bots[0].name.as_str()), (5, ""));
    for period in [Period::Days(0), Period::Between(Timestamp(5), Timestamp(4))] {
        let refused = ana.call::<BotSums>("bot_report", json!({ "period": period, "inbox": null, "bot": null })).await.unwrap_err();
        assert_eq!(refused.body.code, FaultCode::Invalid);
    }
    world.finish().await;
}

#[tokio::test]
async fn whoever_talks_to_a_bot_and_whoever_reads_along_see_its_name() {
    let world = world().await;
    bot_in(&world, rules()).await;
    let mut talk = Talk { world: &world, rui: world.visitor() };
    talk.says("Oi").await;
    let said = world.here.ana.thread(1).await.messages.rows.pop().unwrap();
    assert_eq!((said.author, said.bot.as_deref()), (Author::System, Some("Robô")));
    let shown = talk.rui.hello().await.thread.unwrap().messages.pop().unwrap();
    assert_eq!((shown.author.as_deref(), shown.mine), (Some("Robô"), false));
    world.finish().await;
}
