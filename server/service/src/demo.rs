//! Plausible data to look at, to test with and to measure on: the same sizes always give the same conversations.

use crate::{Error, Result, Service, secret};
use model::*;
use std::collections::BTreeMap;
use store::demo::DemoConversation;
use store::inbox::{self, Inbox};
use store::{Tx, account, person};

/// How much of it.
#[derive(Clone, Copy, Debug)]
pub struct DemoSize {
    /// Conversations, at least one.
    pub conversations: u32,
    /// Messages in all, at least one a conversation.
    pub messages: u32,
}

/// The account made, and how to sign in to it.
#[derive(Clone, Debug)]
pub struct Demo {
    /// The account.
    pub account: AccountId,
    /// Its administrator.
    pub user: UserId,
    /// Their e-mail.
    pub email: &'static str,
    /// Their password.
    pub password: &'static str,
}

const EMAIL: &str = "ana@aurora.example";
const PASSWORD: &str = "aurora-demonstra";
/// Messages of one write, so that it stays far below the deadline.
const BATCH: usize = 2000;

const FIRST: &[&str] = &[
    "Maria",
    "José",
    "Antônia",
    "João",
    "Francisca",
    "Carlos",
    "Adriana",
    "Paulo",
    "Juliana",
    "Pedro",
    "Márcia",
    "Lucas",
    "Fernanda",
    "Marcos",
    "Patrícia",
    "Luís",
    "Aline",
    "Gabriel",
    "Camila",
    "Rafael",
    "Bruna",
    "Daniel",
    "Jéssica",
    "Marcelo",
    "Letícia",
    "Rodrigo",
    "Vanessa",
    "Felipe",
    "Larissa",
    "Tiago",
    "Beatriz",
    "Gustavo",
];
const LAST: &[&str] = &[
    "Silva",
    "Santos",
    "Oliveira",
    "Souza",
    "Rodrigues",
    "Ferreira",
    "Alves",
    "Pereira",
    "Lima",
    "Gomes",
    "Costa",
    "Ribeiro",
    "Martins",
    "Carvalho",
    "Almeida",
    "Lopes",
    "Soares",
    "Fernandes",
    "Vieira",
    "Barbosa",
    "Rocha",
    "Dias",
    "Nascimento",
    "Andrade",
    "Moreira",
    "Nunes",
    "Marques",
    "Machado",
    "Mendes",
    "Freitas",
    "Araújo",
    "Conceição",
];
const ASKS: &[&str] = &[
    "Oi, tudo bem? Queria saber do meu pedido, ainda não chegou.",
    "Boa tarde! Vocês têm esse modelo no tamanho 38?",
    "Comprei ontem e errei o endereço. Dá para trocar antes de enviar?",
    "Qual o prazo de entrega para Belo Horizonte?",
    "O boleto venceu, consigo pagar de outro jeito?",
    "Recebi a caixa aberta e faltando um item 😕",
    "Vocês parcelam em quantas vezes sem juros?",
    "Preciso da nota fiscal para a empresa, com CNPJ.",
    "O cupom PRIMEIRA10 não está funcionando no carrinho.",
    "Posso retirar na loja hoje ainda?",
    "Quero cancelar a compra e receber o dinheiro de volta.",
    "Esse produto tem garantia de quanto tempo?",
    "Já faz três dias que o rastreio não muda, pode ver para mim?",
    "Amei o atendimento da última vez, parabéns ao pessoal!",
    "O site não aceita meu cartão, aparece um erro no fim.",
    "É possível trocar pela cor azul?",
];
const FOLLOWS: &[&str] = &[
    "Isso mesmo, é o {pedido}.",
    "Ainda estou esperando…",
    "Perfeito, obrigada!",
    "E quanto fica o frete?",
    "Pode ser amanhã de manhã.",
    "Mandei o comprovante agora.",
    "Entendi. Vou pensar e volto a falar com vocês.",
    "Ok 👍",
    "Mas no aplicativo diz que foi entregue.",
    "Tem como me ligar?",
];
const ANSWERS: &[&str] = &[
    "Oi! Já estou olhando o seu pedido, um momento.",
    "Boa tarde! Temos sim, e chega em até três dias úteis.",
    "Pode deixar, já corrigi o endereço e reenviei a etiqueta.",
    "Sinto muito pelo transtorno. Vou abrir a troca agora e te mando o código de postagem.",
    "A nota foi para o seu e-mail. Chegou aí?",
    "Em até seis vezes sem juros no cartão, ou à vista com 5% no Pix.",
    "O estorno já foi feito; pode levar até duas faturas para aparecer.",
    "A garantia é de doze meses, contra defeito de fabricação.",
    "Que bom! Qualquer coisa é só chamar.",
    "Consegui reservar na loja do centro até as 19h.",
    "Falei com a transportadora: a entrega saiu hoje e chega amanhã até o meio-dia.",
    "Prontinho. Posso ajudar com mais alguma coisa?",
];
const PAGES: &[&str] = &["/", "/produtos/tenis-aurora", "/carrinho", "/pedidos/48213", "/ajuda/trocas", "/promocoes"];

/// SplitMix64: the same seed always tells the same story.
struct Story(u64);

impl Story {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// A customer's line; an order's number is said by nearly nobody else, as in life.
    fn line(&mut self, of: &[&str]) -> String {
        let said = self.one(of);
        if said.contains("{pedido}") {
            said.replace("{pedido}", &(10_000_000 + self.below(90_000_000)).to_string())
        } else {
            said.to_owned()
        }
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

struct Cast {
    agents: [UserId; 3],
    inboxes: [InboxId; 2],
}

/// One conversation; older ones come first, so that the last made stands on top.
fn tell(story: &mut Story, cast: &Cast, at: u32, size: DemoSize, now: Timestamp) -> DemoConversation {
    let name = format!("{} {}", story.one(FIRST), story.one(LAST));
    let slug: String = store::contact::fold(&name).replace(' ', ".");
    let extra = size.messages.saturating_sub(size.conversations) / size.conversations.max(1);
    // Around the mean, so that some are short and some long.
    let count = 1 + story.below(u64::from(extra) * 2 + 1);
    let age = i64::from(size.conversations - at) * 60 * 24 * 3_600_000 / i64::from(size.conversations.max(1));
    let mut when = now.0 - age - story.below(3_600_000) as i64;
    let roll = story.below(100);
    let status = match roll {
        0..=4 => StatusKind::Snoozed,
        5..=9 => StatusKind::Pending,
        _ if age > 5 * 24 * 3_600_000 || roll > 60 => StatusKind::Resolved,
        _ => StatusKind::Open,
    };
    let holder = cast.agents[story.below(3) as usize];
    let assignee = (status != StatusKind::Pending && story.below(100) >= 35).then_some(holder);
    let mut messages = vec![(None, story.one(ASKS).to_owned(), Timestamp(when))];
    for _ in 1..count {
        when += 20_000 + story.below(600_000) as i64;
        let ours = messages.last().is_some_and(|m: &(Option<UserId>, _, _)| m.0.is_none()) && story.below(100) < 85;
        let (by, text) = if ours { (Some(holder), story.one(ANSWERS).to_owned()) } else { (None, story.line(FOLLOWS)) };
        messages.push((by, text, Timestamp(when.min(now.0))));
    }
    if status == StatusKind::Resolved && messages.last().is_some_and(|m| m.0.is_none()) && messages.len() > 1 {
        let end = messages.len() - 1;
        messages[end].0 = Some(holder);
        messages[end].1 = story.one(ANSWERS).to_owned();
    }
    let incoming = messages.iter().filter(|m| m.0.is_none()).count() as i64;
    let unread = if status == StatusKind::Open && story.below(100) < 25 { 1 + story.below(incoming as u64) as i64 } else { 0 };
    let origin = Origin {
        page: Some(format!("https://aurora.example{}", story.one(PAGES))),
        browser: Some(story.one(&["Chrome 141", "Safari 18", "Firefox 143", "Edge 141", "Samsung Internet 28"]).to_owned()),
        system: Some(story.one(&["Android", "iOS", "Windows", "macOS"]).to_owned()),
        language: Some("pt-BR".to_owned()),
    };
    DemoConversation {
        email: format!("{slug}{at}@exemplo.example"),
        phone: format!("+55{}9{:08}", 11 + story.below(80), at),
        name,
        inbox: cast.inboxes[usize::from(story.below(4) == 0)],
        status,
        assignee,
        origin,
        messages,
        seen: cast.agents.iter().map(|user| (*user, (incoming - unread).max(0))).collect(),
    }
}

impl Service {
    /// Makes an account full of conversations; `progress` hears how many messages are written.
    ///
    /// # Errors
    /// `Conflict` when it is there already.
    pub async fn demo(&self, size: DemoSize, progress: impl Fn(u64)) -> Result<Demo> {
        let now = self.now();
        let phc = secret::hash_password(PASSWORD).await?;
        let cast = async move |tx: &mut Tx| {
            let people = [("Ana Souza", EMAIL), ("Bruno Lima", "bruno@aurora.example"), ("Carla Dias", "carla@aurora.example")];
            if person::by_email(tx, EMAIL).await?.is_some() {
                return Err(Error::Fault(FaultCode::Conflict));
            }
            let account = account::insert(tx, "Loja Aurora", Language::Portuguese, now).await?;
            let (mut agents, mut inboxes) = ([UserId(0); 3], [InboxId(0); 2]);
            for (at, (name, email)) in people.into_iter().enumerate() {
                agents[at] = person::insert(tx, name, email, Some(&phc), Language::Portuguese, now).await?;
                let role = if at == 0 { Role::Administrator } else { Role::Agent };
                person::join(tx, account, agents[at], role, true, now).await?;
            }
            for (at, name) in ["Loja Aurora", "Aurora Atacado"].into_iter().enumerate() {
                let given = BTreeMap::from([("name".to_owned(), name.to_owned()), ("domain".to_owned(), "aurora.example".to_owned())]);
                let form = channels::find("website").map(|c| c.descriptor().form.clone()).unwrap_or_default();
                let made = Inbox {
                    id: InboxId(0),
                    account,
                    kind: "website".to_owned(),
                    name: name.to_owned(),
                    public_key: secret::public_key(),
                    settings: channels::accept(&form, Language::Portuguese, &BTreeMap::new(), &given).map_err(Error::Invalid)?,
                    secrets: BTreeMap::from([(crate::inboxes::IDENTITY_KEY.to_owned(), secret::token())]),
                    account_key: None,
                    state: InboxState::Connected,
                    health: InboxHealth::default(),
                };
                inboxes[at] = inbox::insert(tx, &made, now).await?;
                inbox::set_members(tx, account, inboxes[at], &agents).await?;
            }
            account::set_checklist(tx, account, &Checklist { inbox: true, message: true, reply: true, invite: true }).await?;
            Ok((account, Cast { agents, inboxes }))
        };
        let (account, cast) = self.0.store.write(cast).await?;
        let user = cast.agents[0];
        let (mut story, mut batch, mut held, mut done) = (Story(2026), Vec::new(), 0, 0);
        for at in 1..=size.conversations {
            let told = tell(&mut story, &cast, at, size, now);
            held += told.messages.len();
            batch.push(told);
            if held >= BATCH || at == size.conversations {
                let some = std::mem::take(&mut batch);
                self.0.store.write(async move |tx: &mut Tx| Ok::<_, Error>(store::demo::insert(tx, account, &some).await?)).await?;
                done += std::mem::take(&mut held) as u64;
                progress(done);
            }
        }
        Ok(Demo { account, user, email: EMAIL, password: PASSWORD })
    }
}
