//! The API channel: any other application, over HTTP. There is no provider: what customers write comes in by the REST or the client API, and
//! what agents write is told to the application by the inbox's signed callback, which the service sends as it sends webhooks.
//!
//! Limits are ours: 150,000 characters as in mail, files of 40 MB. The reply window is the inbox's own setting, in hours, off by default.

use crate::form::{both, name_field, optional};
use crate::{Channel, Choices, Descriptor, Link, Outbound, SendError, Sent, Settings};
use async_trait::async_trait;
use model::{Abilities, Capabilities};
use std::sync::LazyLock;

/// The API channel.
#[derive(Debug)]
pub struct Api;

/// Most bytes of one file.
const FILE: i64 = 40 * 1024 * 1024;

static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| Descriptor {
    kind: "api",
    name: both("API", "API"),
    needs: both("An application of your own", "Um aplicativo seu"),
    guide: both(
        "Your application sends what customers write to the API, and hears of answers at its callback address.",
        "Seu aplicativo envia à API o que os clientes escrevem e recebe as respostas no endereço de callback.",
    ),
    icon: r#"<path d="m18 16 4-4-4-4"/><path d="m6 8-4 4 4 4"/><path d="m14.5 4-5 16"/>"#,
    form: vec![
        name_field("Acme app", "Aplicativo Acme"),
        optional(
            "webhook_url",
            both("Callback address", "Endereço de callback"),
            "https://app.example.com/recado",
            both("Every event of this inbox is posted there, signed.", "Cada evento desta caixa é enviado para lá, assinado."),
        ),
        optional(
            "reply_window",
            both("Reply window in hours", "Janela de resposta em horas"),
            "24",
            both(
                "How long after a customer's last message agents may answer; empty for ever.",
                "Por quanto tempo após a última mensagem do cliente é possível responder; vazio para sempre.",
            ),
        ),
    ],
});

#[async_trait]
impl Channel for Api {
    fn choices(&self) -> Choices {
        Choices::AsGiven
    }

    fn descriptor(&self) -> &'static Descriptor {
        &DESCRIPTOR
    }

    fn capabilities(&self, settings: &Settings) -> Capabilities {
        Capabilities {
            text_limit: 150_000,
            image: FILE,
            video: FILE,
            audio: FILE,
            document: FILE,
            files: 15,
            delivered: true,
            read: true,
            typing: true,
            reply_window_hours: settings.get("reply_window").and_then(|hours| hours.parse().ok()).filter(|hours| *hours > 0),
            more: Abilities { reply_to: true, starts: true, ..Abilities::default() },
        }
    }

    fn repeatable(&self) -> bool {
        true
    }

    fn is_journal(&self) -> bool {
        true
    }

    async fn send(&self, _: &Link<'_>, _: &Outbound) -> Result<Sent, SendError> {
        Ok(Sent::default())
    }
}
