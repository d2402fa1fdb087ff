//! The help pages, as they are written in `help/`. What a key is for a person, only their browser knows.

use model::{HelpPage, Language};
use std::sync::LazyLock;

static PORTUGUESE: LazyLock<Vec<HelpPage>> = LazyLock::new(|| read(include_str!("../help/pt-BR.json")));
static ENGLISH: LazyLock<Vec<HelpPage>> = LazyLock::new(|| read(include_str!("../help/en.json")));

fn read(text: &str) -> Vec<HelpPage> {
    serde_json::from_str(text).expect("the help is checked by its test")
}

/// The help in a language.
#[must_use]
pub fn help(language: Language) -> Vec<HelpPage> {
    if language == Language::Portuguese { PORTUGUESE.clone() } else { ENGLISH.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_say_the_same_things() {
        let shape = |pages: Vec<HelpPage>| {
            let keys = |page: &HelpPage| page.steps.iter().map(|step| step.keys.clone()).collect::<Vec<_>>();
            pages.iter().map(|page| (page.topic.clone(), keys(page))).collect::<Vec<_>>()
        };
        assert_eq!(shape(help(Language::Portuguese)), shape(help(Language::English)));
        let whole =
            |page: &HelpPage| !page.title.is_empty() && !page.lead.is_empty() && page.steps.iter().all(|step| !step.text.is_empty());
        assert!(help(Language::Portuguese).iter().chain(&help(Language::English)).all(whole));
    }
}
