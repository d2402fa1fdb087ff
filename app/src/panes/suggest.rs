//! What the composer offers while one types: saved replies after a slash, colleagues and teams after an at-sign in a note.
//! It changes the text only when one is picked.

use crate::store::{Attached, Progress, Store, ask};
use kit::i18n::{Locale, fault_text, t, text};
use kit::{Draw, Toasts};
use kit::{act, attr, live, spawn};
use leptos::ev;
use leptos::prelude::*;
use model::{CannedId, CannedView, ConversationId, DraftMode};

/// Most offers at once.
const MOST: usize = 8;

/// One offer: what it is called, what it says, and what it puts in place of what was typed.
#[derive(Clone, Debug, PartialEq)]
struct Offer {
    title: String,
    note: String,
    words: String,
    /// The saved reply whose files come along.
    files: Option<CannedId>,
}

/// The offers of one composer.
#[derive(Clone, Copy, Debug)]
pub struct Suggestions {
    conversation: ConversationId,
    words: RwSignal<String>,
    mode: RwSignal<DraftMode>,
    offers: RwSignal<Vec<Offer>>,
    at: RwSignal<usize>,
    store: Store,
    locale: Locale,
    toasts: Toasts,
}

impl Suggestions {
    /// No offers yet.
    pub fn new(conversation: ConversationId, words: RwSignal<String>, mode: RwSignal<DraftMode>) -> Self {
        let (offers, at) = (RwSignal::new(Vec::new()), RwSignal::new(0));
        Self { conversation, words, mode, offers, at, store: Store::current(), locale: Locale::current(), toasts: Toasts::current() }
    }

    /// Looks at what stands at the end of the text, and finds what fits.
    pub fn look(self) {
        let words = self.words.get_untracked();
        let offers = match begun(&words) {
            Some(('@', name)) if self.mode.get_untracked() == DraftMode::Note => {
                let name = kit::lower(name);
                let agents = self.store.agents.with_untracked(|all| all.iter().map(|agent| agent.name.clone()).collect::<Vec<_>>());
                let teams = self.store.teams.with_untracked(|all| all.iter().map(|team| team.name.clone()).collect::<Vec<_>>());
                let fits = agents.into_iter().chain(teams).filter(|title| kit::lower(title).starts_with(&name));
                fits.map(|title| Offer { words: format!("@{title} "), title, note: String::new(), files: None }).take(MOST).collect()
            }
            Some(('/', code)) => {
                self.fetch(code.to_owned());
                return;
            }
            _ => Vec::new(),
        };
        self.offer(offers);
    }

    fn fetch(self, code: String) {
        spawn(async move {
            let found = ask(api::Canned { account: self.store.account, search: code.clone() }).await.unwrap_or_default();
            // Somebody may have typed on meanwhile.
            let now = self.words.try_get_untracked().unwrap_or_default();
            if begun(&now) == Some(('/', code.as_str())) {
                self.offer(found.into_iter().take(MOST).map(|one| self.saved(one)).collect());
            }
        });
    }

    fn saved(self, one: CannedView) -> Offer {
        let files = (!one.files.is_empty()).then_some(one.id);
        let names: Vec<_> = one.files.into_iter().map(|file| file.name).collect();
        let note = if names.is_empty() { one.text.clone() } else { format!("{} · {}", names.join(", "), one.text) };
        Offer { title: format!("/{}", one.code), words: self.filled(&one.text), note, files }
    }

    /// The text with what is known of the customer and the agent put in its blanks; a blank nobody knows stays to be seen.
    fn filled(self, text: &str) -> String {
        let contact = self.store.thread(self.conversation).and_then(|thread| thread.contact.get_untracked());
        let mine =
            self.store.agents.with_untracked(|all| all.iter().find(|agent| agent.id == self.store.me).map(|agent| agent.name.clone()));
        let name = contact.as_ref().map(|contact| contact.name.clone());
        let first = |name: &Option<String>| name.as_ref().and_then(|name| name.split_whitespace().next().map(str::to_owned));
        let value = |key: &str| match key {
            "contact.name" => name.clone(),
            "contact.first_name" => first(&name),
            "contact.email" => contact.as_ref()?.email.clone(),
            "contact.phone" => contact.as_ref()?.phone.clone(),
            "agent.name" => mine.clone(),
            "agent.first_name" => first(&mine),
            "conversation.id" => self.store.row(self.conversation).map(|row| row.with_untracked(|row| row.conversation.number.to_string())),
            other => contact.as_ref()?.attributes.get(other.strip_prefix("contact.custom_attribute.")?).cloned(),
        };
        model::fill(text, |key| value(key).filter(|value| !value.is_empty()))
    }

    fn offer(self, offers: Vec<Offer>) {
        if self.offers.with_untracked(|old| *old != offers) {
            self.at.set(0);
            self.offers.set(offers);
        }
    }

    fn pick(self, offer: &Offer) {
        let words = self.words.get_untracked();
        if let Some((sign, rest)) = begun(&words) {
            let kept = &words[..words.len() - rest.len() - sign.len_utf8()];
            let words = format!("{kept}{}", offer.words);
            self.store.keep_draft(self.conversation, self.mode.get_untracked(), &words);
            self.words.set(words);
            if let Some(id) = offer.files {
                self.attach(id);
            }
        }
        self.offers.set(Vec::new());
        kit::browser::focus_soon("#reply");
    }

    /// Puts a saved reply's files beside the draft it was called into, even if another conversation is open by then.
    fn attach(self, id: CannedId) {
        let (store, mode) = (self.store, self.mode.get_untracked());
        spawn(async move {
            match ask(api::AttachCanned { account: store.account, id }).await {
                Ok(files) => store.change_files(self.conversation, mode, |all| {
                    for file in files {
                        let number = all.iter().map(|file| file.number).max().unwrap_or(0) + 1;
                        all.push(Attached { number, name: file.name.clone(), size: file.size, progress: Progress::Done(file) });
                    }
                }),
                Err(fault) => self.toasts.fail(fault_text(self.locale.now(), &fault.0)),
            }
        });
    }

    /// Takes the keys that move through the offers; tells whether it did.
    pub fn key(self, event: &ev::KeyboardEvent) -> bool {
        let count = self.offers.with_untracked(Vec::len);
        if count == 0 || event.is_composing() {
            return false;
        }
        match event.key().as_str() {
            "ArrowDown" => self.at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" => self.at.update(|at| *at = (*at + count - 1) % count),
            "Enter" | "Tab" => {
                if let Some(offer) = self.offers.with_untracked(|all| all.get(self.at.get_untracked()).cloned()) {
                    self.pick(&offer);
                }
            }
            "Escape" => {
                self.offers.set(Vec::new());
                event.stop_propagation();
            }
            _ => return false,
        }
        event.prevent_default();
        true
    }

    /// The offers above the text.
    pub fn view(self) -> AnyView {
        live(move || {
            let all = self.offers.get();
            (!all.is_empty()).then(|| {
                let rows = all.into_iter().enumerate().map(|(index, offer)| {
                    let (title, note) = (offer.title.clone(), offer.note.clone());
                    view! {
                        <li
                            class="create__one"
                            role="option"
                            aria-selected=attr(move || (self.at.get() == index).to_string())
                            on:mousedown=act(move |event: ev::MouseEvent| {
                                event.prevent_default();
                                self.pick(&offer);
                            })
                        >
                            <span class="create__who"><b>{title}</b> <span class="create__hint">{note}</span></span>
                        </li>
                    }
                    .any()
                });
                view! { <ul class="suggestions" role="listbox" aria-label=t(text::SUGGEST_LABEL)>{rows.collect::<Vec<_>>()}</ul> }
            })
        })
    }
}

/// The sign and what follows it, where the text ends in something begun with a slash or an at-sign.
fn begun(words: &str) -> Option<(char, &str)> {
    let at = words.rfind(['/', '@'])?;
    let rest = &words[at + 1..];
    let before = words[..at].chars().next_back();
    let fresh = before.is_none_or(char::is_whitespace);
    let plain = rest.chars().count() <= 40 && !rest.contains('\n') && rest.split(' ').count() <= 3 && !rest.ends_with("  ");
    // A slash names one word; a name may have several.
    let slash = words[at..].starts_with('/');
    (fresh && plain && !(slash && rest.contains(' '))).then_some((if slash { '/' } else { '@' }, rest))
}

#[cfg(test)]
mod tests {
    use super::begun;

    #[test]
    fn only_what_is_just_begun_is_completed() {
        assert_eq!(begun("Olá /boa"), Some(('/', "boa")));
        assert_eq!(begun("/"), Some(('/', "")));
        assert_eq!(begun("veja @Ana So"), Some(('@', "Ana So")));
        for done in ["a/b", "fica@loja.example", "/boa tarde", "https://x.example/a", "", "@a b c d e"] {
            assert_eq!(begun(done), None, "{done}");
        }
    }
}
