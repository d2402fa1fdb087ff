//! The website channel's settings: its form, and the switches kept beside it under keys of their own.

use crate::form::both;
use crate::{Descriptor, Settings};
use model::{Bilingual, Field, FieldInput, WidgetFeatures};
use std::sync::LazyLock;

fn field(
    key: &'static str,
    label: Bilingual,
    example: Bilingual,
    input: FieldInput,
    required: bool,
    max: u32,
    initial: Bilingual,
) -> Field {
    Field { key: key.into(), label, example, input, required, max, initial, help: Bilingual::default() }
}

/// What the grid and the form show.
pub static DESCRIPTOR: LazyLock<Descriptor> = LazyLock::new(|| Descriptor {
    kind: "website",
    name: both("Website", "Site"),
    needs: both("A page where you can paste one line", "Uma página onde você possa colar uma linha"),
    guide: both("", ""),
    icon: r#"<circle cx="12" cy="12" r="10"/><path d="M12 2a14.5 14.5 0 0 0 0 20 14.5 14.5 0 0 0 0-20"/><path d="M2 12h20"/>"#,
    form: vec![
        field("name", both("Website name", "Nome do site"), both("Acme Store", "Loja Acme"), FieldInput::Line, true, 100, both("", "")),
        field(
            "domain",
            both("Website domain", "Domínio do site"),
            both("acme.com", "acme.com.br"),
            FieldInput::Line,
            true,
            253,
            both("", ""),
        ),
        field("colour", both("Colour", "Cor"), both("#6d4aff", "#6d4aff"), FieldInput::Colour, false, 7, both("#6d4aff", "#6d4aff")),
        field(
            "heading",
            both("Heading", "Título"),
            both("Hello there", "Olá"),
            FieldInput::Line,
            false,
            100,
            both("Hello there", "Olá, tudo bem?"),
        ),
        field(
            "tagline",
            both("Tagline", "Subtítulo"),
            both("Ask us anything", "Pergunte o que quiser"),
            FieldInput::Line,
            false,
            200,
            both("Ask us anything, or tell us what you think.", "Pergunte o que quiser ou conte o que achou."),
        ),
        field(
            "greeting_enabled",
            both("Greet on the first message", "Saudar na primeira mensagem"),
            both("", ""),
            FieldInput::Switch,
            false,
            5,
            both("false", "false"),
        ),
        Field {
            help: both(
                "Two minutes after a reply, through the first e-mail inbox; the visitor's answer comes back into this conversation.",
                "Dois minutos depois da resposta, pela primeira caixa de e-mail; a resposta do visitante volta para esta conversa.",
            ),
            ..field(
                "continuity",
                both("Mail what a visitor did not see", "Enviar por e-mail o que o visitante não viu"),
                both("", ""),
                FieldInput::Switch,
                false,
                5,
                both("false", "false"),
            )
        },
        field(
            "greeting",
            both("Greeting", "Saudação"),
            both("Thanks for writing. Someone will be with you shortly.", "Obrigado por escrever. Já vamos te atender."),
            FieldInput::Text,
            false,
            1000,
            both("", ""),
        ),
        field(
            "reply_time",
            both("Expected reply time", "Tempo de resposta esperado"),
            both("", ""),
            FieldInput::Choice(vec![
                ("minutes".into(), both("In a few minutes", "Em alguns minutos")),
                ("hours".into(), both("In a few hours", "Em algumas horas")),
                ("day".into(), both("In a day", "Em um dia")),
            ]),
            false,
            10,
            both("minutes", "minutes"),
        ),
    ],
});

/// Key of the widget's switches, kept as JSON text by the service.
pub const FEATURES: &str = "features";

/// The widget's switches.
#[must_use]
pub fn features(settings: &Settings) -> WidgetFeatures {
    let Some(kept) = settings.get(FEATURES) else { return WidgetFeatures::default() };
    let on = |name: &str| kept.split(' ').any(|word| word == name);
    WidgetFeatures { attachments: on("attachments"), video: on("video"), audio: on("audio"), emoji: on("emoji"), branding: on("branding") }
}

/// The switches as they are kept: the names of those that are on.
#[must_use]
pub fn write_features(features: WidgetFeatures) -> String {
    let all = [
        ("attachments", features.attachments),
        ("video", features.video),
        ("audio", features.audio),
        ("emoji", features.emoji),
        ("branding", features.branding),
    ];
    all.into_iter().filter(|(_, on)| *on).map(|(name, _)| name).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_the_missions_table() {
        use crate::Channel;
        let carries = super::super::Website.capabilities(&Settings::new());
        assert!(carries.image > 0 && carries.document > 0);
        assert_eq!((carries.video, carries.audio), (0, 0));
    }

    #[test]
    fn switches_survive_their_text() {
        let some = WidgetFeatures { attachments: true, video: true, audio: false, emoji: false, branding: true };
        let settings = Settings::from([(FEATURES.to_owned(), write_features(some))]);
        assert_eq!(features(&settings), some);
    }
}
