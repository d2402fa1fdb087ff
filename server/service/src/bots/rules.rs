//! What a rule bot does about one message: a menu by number, title or keyword, an address asked for, and people when nothing fits.
//! It knows no clock and no database.

use model::{BotChoice, BotRules, BotStep, Choice, Detail};
use serde::{Deserialize, Serialize};
use store::contact::fold;

/// What a rule bot remembers of one conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Memory {
    /// Whether the greeting was said.
    pub greeted: bool,
    /// Messages in a row that nothing fitted.
    pub missed: u32,
    /// Whether an e-mail address was asked for.
    pub asking: bool,
}

/// What a rule bot does about one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Turn {
    /// What it says, one message after the other.
    pub says: Vec<Line>,
    /// What it remembers from now on.
    pub memory: Memory,
    /// An e-mail address the customer gave.
    pub email: Option<String>,
    /// How its part ends, if it does.
    pub end: Option<End>,
}

/// One message of a rule bot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Its words.
    pub text: String,
    /// What it asks besides.
    pub asks: Asks,
}

/// What a message asks of a customer besides its words; how it does depends on where they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Asks {
    /// Nothing.
    #[default]
    Nothing,
    /// To choose from the menu.
    Menu,
    /// An e-mail address.
    Email,
}

/// How a bot's part of a conversation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// People take over.
    HandOver,
    /// It is resolved.
    Resolved,
}

/// The rules, at work.
pub(super) struct Rules<'a>(pub &'a BotRules);

impl Rules<'_> {
    /// The menu: each choice means its number, as if it had been typed.
    pub fn menu(&self) -> Detail {
        let one = |(at, choice): (usize, &BotChoice)| Choice {
            title: choice.title.trim().to_owned(),
            value: (at + 1).to_string(),
            ..Choice::default()
        };
        Detail::Choices(self.0.choices.iter().enumerate().map(one).collect())
    }

    /// What is done about a customer's words; `open` says whether people are there now.
    pub fn turn(&self, memory: &Memory, words: &str, open: bool) -> Turn {
        if memory.asking {
            return match email_in(words) {
                Some(email) => Turn { email: Some(email), ..self.hand_over(open) },
                None => self.missed(memory, open),
            };
        }
        match self.choice(words, memory.greeted) {
            Some(choice) => self.chosen(choice, open),
            // "Menu" asks for it in both languages.
            None if !memory.greeted || fold(words.trim()) == "menu" => {
                Turn { says: self.with_menu(&self.0.greeting), memory: Memory { greeted: true, ..Memory::default() }, ..Turn::default() }
            }
            None => self.missed(memory, open),
        }
    }

    fn chosen(&self, choice: &BotChoice, open: bool) -> Turn {
        let asks = if choice.then == BotStep::AskEmail { Asks::Email } else { Asks::Nothing };
        let says = line(&choice.answer, asks);
        let memory = Memory { greeted: true, asking: choice.then == BotStep::AskEmail, ..Memory::default() };
        match choice.then {
            BotStep::HandOver => {
                let end = self.hand_over(open);
                Turn { says: says.into_iter().chain(end.says).collect(), ..end }
            }
            BotStep::Resolve => Turn { says, end: Some(End::Resolved), ..Turn::default() },
            BotStep::Stay | BotStep::AskEmail => Turn { says, memory, ..Turn::default() },
        }
    }

    fn missed(&self, memory: &Memory, open: bool) -> Turn {
        let missed = memory.missed + 1;
        if missed >= self.0.tries.max(1) {
            return self.hand_over(open);
        }
        Turn {
            says: if memory.asking { line(&self.0.unknown, Asks::Nothing) } else { self.with_menu(&self.0.unknown) },
            memory: Memory { missed, ..memory.clone() },
            ..Turn::default()
        }
    }

    fn hand_over(&self, open: bool) -> Turn {
        let words = if open || self.0.closed.trim().is_empty() { &self.0.handover } else { &self.0.closed };
        Turn { says: line(words, Asks::Nothing), end: Some(End::HandOver), ..Turn::default() }
    }

    fn with_menu(&self, words: &str) -> Vec<Line> {
        if self.0.choices.is_empty() {
            return line(words, Asks::Nothing);
        }
        vec![Line { text: words.trim().to_owned(), asks: Asks::Menu }]
    }

    /// The choice some words mean: its number once the menu was seen, its title, or one of its keywords as whole words.
    fn choice(&self, words: &str, greeted: bool) -> Option<&BotChoice> {
        let said = spaced(words);
        let number = said.trim().parse::<usize>().ok().filter(|_| greeted);
        if let Some(number) = number {
            return number.checked_sub(1).and_then(|at| self.0.choices.get(at));
        }
        let exact = self.0.choices.iter().find(|choice| !choice.title.trim().is_empty() && spaced(&choice.title) == said);
        exact.or_else(|| {
            self.0.choices.iter().find(|choice| {
                let keywords = choice.keywords.iter().map(|word| spaced(word));
                keywords.into_iter().any(|word| !word.trim().is_empty() && said.contains(&word))
            })
        })
    }
}

/// A message of these words; none for no words.
fn line(words: &str, asks: Asks) -> Vec<Line> {
    let text = words.trim().to_owned();
    if text.is_empty() { Vec::new() } else { vec![Line { text, asks }] }
}

/// Words without case, accents and signs, each between spaces.
fn spaced(words: &str) -> String {
    let folded = fold(words);
    let words: Vec<_> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join(" "))
}

/// The first thing in a text that looks like an e-mail address.
fn email_in(words: &str) -> Option<String> {
    let word = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    words.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | ':')).map(word).find(|word| {
        let parts = word.split_once('@');
        parts.is_some_and(|(name, host)| !name.is_empty() && !host.contains('@') && host.contains('.') && !host.contains(".."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shop() -> BotRules {
        let choice = |title: &str, keywords: &[&str], answer: &str, then| BotChoice {
            title: title.to_owned(),
            keywords: keywords.iter().map(|word| (*word).to_owned()).collect(),
            answer: answer.to_owned(),
            then,
        };
        BotRules {
            greeting: "Oi! Em que posso ajudar?".to_owned(),
            choices: vec![
                choice("Horários", &["horário", "que horas"], "Das 9h às 18h.", BotStep::Stay),
                choice("Orçamento", &["preço"], "Qual é o seu e-mail?", BotStep::AskEmail),
                choice("Falar com alguém", &["atendente"], "", BotStep::HandOver),
                choice("Só isso", &["obrigado"], "Até logo!", BotStep::Resolve),
            ],
            unknown: "Não entendi.".to_owned(),
            tries: 2,
            handover: "Já vem alguém.".to_owned(),
            closed: "Voltamos amanhã.".to_owned(),
            hours: None,
        }
    }

    fn says(turn: &Turn) -> Vec<&str> {
        turn.says.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn the_greeting_comes_first_and_numbers_mean_choices_after_it() {
        let rules = shop();
        let shop = Rules(&rules);
        let first = shop.turn(&Memory::default(), "2", true);
        assert_eq!(first.says, [Line { text: "Oi! Em que posso ajudar?".to_owned(), asks: Asks::Menu }]);
        let Detail::Choices(menu) = shop.menu() else { panic!() };
        let menu: Vec<_> = menu.iter().map(|choice| (choice.value.as_str(), choice.title.as_str())).collect();
        assert_eq!(menu, [("1", "Horários"), ("2", "Orçamento"), ("3", "Falar com alguém"), ("4", "Só isso")]);
        let hours = shop.turn(&first.memory, " 1. ", true);
        assert_eq!((says(&hours), hours.end), (vec!["Das 9h às 18h."], None));
        assert_eq!(says(&shop.turn(&hours.memory, "MENU", true)), says(&first), "the menu is there when it is asked for");
        assert_eq!(shop.turn(&hours.memory, "9", true).memory.missed, 1);
    }

    #[test]
    fn keywords_count_without_accents_and_only_as_whole_words() {
        let rules = shop();
        let shop = Rules(&rules);
        let asked = shop.turn(&Memory::default(), "Oi, QUE   HORAS vocês abrem?", true);
        assert_eq!(says(&asked), ["Das 9h às 18h."], "a first message that says it needs no menu");
        assert!(shop.turn(&Memory { greeted: true, ..Memory::default() }, "apreço", true).memory.missed == 1);
        let person = shop.turn(&asked.memory, "quero um ATENDENTE!", false);
        assert_eq!((says(&person), person.end), (vec!["Voltamos amanhã."], Some(End::HandOver)));
        assert_eq!(shop.turn(&asked.memory, "obrigado", true).end, Some(End::Resolved));
    }

    #[test]
    fn an_address_is_asked_for_until_it_comes_or_people_take_over() {
        let rules = shop();
        let shop = Rules(&rules);
        let asked = shop.turn(&Memory { greeted: true, ..Memory::default() }, "preço?", true);
        assert!(asked.memory.asking && asked.end.is_none() && asked.says[0].asks == Asks::Email);
        let unclear = shop.turn(&asked.memory, "bia arroba exemplo", true);
        assert_eq!((says(&unclear), unclear.memory.missed), (vec!["Não entendi."], 1));
        let given = shop.turn(&unclear.memory, "é <bia.reis@exemplo.com.br>.", true);
        assert_eq!(given.email.as_deref(), Some("bia.reis@exemplo.com.br"));
        assert_eq!((says(&given), given.end), (vec!["Já vem alguém."], Some(End::HandOver)));
        assert_eq!(shop.turn(&unclear.memory, "não tenho", true).end, Some(End::HandOver));
    }

    #[test]
    fn nobody_talks_to_a_wall() {
        let rules = shop();
        let shop = Rules(&rules);
        let mut turn = shop.turn(&Memory::default(), "?", true);
        for _ in 0..2 {
            turn = shop.turn(&turn.memory, "asdf", true);
        }
        assert_eq!(turn.end, Some(End::HandOver));
        let mute = Rules(&BotRules::default()).turn(&Memory { greeted: true, ..Memory::default() }, "oi", true);
        assert_eq!((mute.says.len(), mute.end), (0, Some(End::HandOver)), "a bot without rules keeps nobody");
    }
}
