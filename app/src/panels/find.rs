//! Finding anything by typing: conversations, contacts and messages the reader may see, and the desk's own commands.
//! What the operators mean is decided by the server, which commands there are by `commands`.

use super::commands::{Goal, fitting, folded, perform, remember};
use super::{Panel, Panels};
use crate::pages::Trip;
use crate::parts::contact_name;
use crate::routes::Place;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, Text, phone, said, t, text};
use kit::time::{Moment, Wording};
use kit::{Avatar, Dialog, Failure, Icon, Rest, Toasts, browser};
use kit::{act, attr, effect, live, spawn};
use leptos::prelude::*;
use leptos::{ev, html};
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};
use model::{MessageId, Query, SearchView};
use std::time::Duration;

/// What stands before words that are meant for commands alone.
const COMMANDS: char = '>';
/// How long typing rests before the server is asked.
const REST: Duration = Duration::from_millis(60);
/// Where a tab keeps what was searched last and which of it was opened: whoever comes back goes on there.
const LEFT: &str = "recado-find";

/// The palette.
#[component]
pub fn Find() -> impl IntoView {
    let panels = Panels::current();
    let open = RwSignal::new(true);
    effect(move || {
        if !open.get() && panels.0.get_untracked() == Some(Panel::Find) {
            panels.0.set(None);
        }
    });
    view! { <Dialog open=open title=said(text::FIND_TITLE)><Palette open=open/></Dialog> }.any()
}

#[component]
fn Palette(open: RwSignal<bool>) -> impl IntoView {
    let (store, locale, panels) = (Store::current(), Locale::current(), Panels::current());
    let toasts = Toasts::current();
    let navigate = StoredValue::new(use_navigate());
    let typed = RwSignal::new(String::new());
    let found = RwSignal::new(SearchView::default());
    let at = RwSignal::new(0_usize);
    let trip = Trip::new();
    let rest = Rest::new();
    // Which words the list answers, and whether Enter waits for the answer to others.
    let answered = StoredValue::new(String::new());
    let eager = RwSignal::new(false);
    let node = NodeRef::<html::Input>::new();
    let left = browser::visited(LEFT).and_then(|kept| kept.split_once('\n').map(|(at, words)| (at.parse().unwrap_or(0), words.to_owned())));
    let back = StoredValue::new(left.as_ref().map_or(0_usize, |(at, _)| *at));
    typed.set(left.map(|(_, words)| words).unwrap_or_default());
    effect(move || {
        if let Some(node) = node.get() {
            node.set_value(&typed.get_untracked());
            // Focusing a field of the page cannot fail; what is typed next takes the place of what was there.
            let _ = node.focus();
            node.select();
        }
    });
    let location = use_location();
    let here = location.pathname.with_untracked(|path| {
        let rest = path.strip_prefix(&Place::Nowhere.href(store.account))?;
        let Place::Conversations { number: Some(number), .. } = Place::parse(rest) else { return None };
        store.by_number(number)
    });
    let commands = Memo::new(move |_| typed.with(|typed| fitting(store, locale, here, typed.trim_start_matches(COMMANDS))));
    let search = move |below: Option<MessageId>| {
        let Some(words) = typed.try_get_untracked() else { return };
        if words.trim().is_empty() || words.starts_with(COMMANDS) {
            answered.set_value(words);
            found.set(SearchView::default());
            return;
        }
        spawn(async move {
            let answer = ask(api::Search { account: store.account, text: words.clone(), below }).await;
            if typed.try_get_untracked().as_ref() != Some(&words) {
                return;
            }
            answered.set_value(words);
            match answer {
                Ok(view) if below.is_some() => found.update(|all| {
                    all.messages.extend(view.messages);
                    all.more = view.more;
                }),
                Ok(view) => {
                    at.set(back.try_update_value(std::mem::take).unwrap_or_default());
                    found.set(view);
                }
                Err(fault) => trip.refuse(fault),
            }
        });
    };
    effect(move || {
        if !typed.with_untracked(String::is_empty) {
            search(None);
        }
    });
    let go = move |goal: Goal, index: usize| {
        if let Some(line) = commands.with_untracked(|all| all.iter().find(|line| line.goal == goal).map(|line| line.name.clone())) {
            remember(&line);
            browser::visit_keep(LEFT, None);
        } else if matches!(goal, Goal::Address(_)) {
            browser::visit_keep(LEFT, Some(&format!("{index}\n{}", typed.get_untracked())));
        }
        match goal {
            Goal::Address(address) => {
                open.set(false);
                navigate.with_value(|navigate| navigate(&address, NavigateOptions::default()));
            }
            Goal::Panel(panel) => {
                open.set(false);
                panels.open(panel);
            }
            Goal::Deed(deed, conversation) => {
                open.set(false);
                perform(store, locale, toasts, deed, conversation);
            }
            Goal::More(below) => search(Some(below)),
        }
    };
    // Everything that can be picked, in the order it is drawn.
    let goals = Memo::new(move |_| {
        let conversation = |number: i64, message: Option<MessageId>| {
            let place = Place::Conversations { inbox: None, number: Some(number) }.href(store.account);
            Goal::Address(message.map_or_else(|| place.clone(), |message| format!("{place}?message={message}")))
        };
        found.with(|found| {
            let mut all: Vec<Goal> = found.conversations.iter().map(|one| conversation(one.number, None)).collect();
            all.extend(found.contacts.iter().map(|one| Goal::Address(Place::Contacts(Some(one.id)).href(store.account))));
            all.extend(found.messages.iter().map(|hit| conversation(hit.number, Some(hit.message))));
            all.extend(found.messages.last().filter(|_| found.more).map(|hit| Goal::More(hit.message)));
            all.extend(commands.get().into_iter().map(|line| line.goal));
            all
        })
    });
    effect(move || {
        found.track();
        if eager.get_untracked() && answered.with_value(|words| typed.with_untracked(|typed| words == typed)) {
            eager.set(false);
            if let Some(goal) = goals.with_untracked(|all| all.first().cloned()) {
                go(goal, 0);
            }
        }
    });
    let keys = move |event: ev::KeyboardEvent| {
        let count = goals.with_untracked(Vec::len);
        match event.key().as_str() {
            "ArrowDown" if count > 0 => at.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => at.update(|at| *at = (*at + count - 1) % count),
            // The list still answers to earlier words: Enter takes what comes first of the answer to these.
            "Enter" if answered.with_value(|words| typed.with_untracked(|typed| words != typed)) => {
                eager.set(true);
                rest.stop();
                search(None);
            }
            "Enter" => {
                if let Some(goal) = goals.with_untracked(|all| all.get(at.get_untracked()).cloned()) {
                    go(goal, at.get_untracked());
                }
            }
            _ => return,
        }
        event.prevent_default();
        request_animation_frame(|| {
            if let Ok(Some(row)) = document().query_selector(".find [aria-selected=true]") {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                row.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    };
    let row = move |index: usize, goal: Goal, inside: AnyView| {
        view! {
            <li
                class="create__one"
                id=format!("find-{index}")
                role="option"
                aria-selected=attr(move || (at.get() == index).to_string())
                on:click=act(move |_| go(goal.clone(), index))
            >
                {inside}
            </li>
        }
        .any()
    };
    view! {
        <div class="find">
            <input
                class="field__input"
                type="text"
                role="combobox"
                enterkeyhint="search"
                autocomplete="off"
                aria-label=t(text::COMMON_SEARCH)
                aria-expanded="true"
                aria-controls="find-list"
                aria-autocomplete="list"
                aria-activedescendant=attr(move || format!("find-{}", at.get()))
                placeholder=t(text::FIND_HINT)
                node_ref=node
                on:input=act(move |event| {
                    typed.set(event_target_value(&event));
                    eager.set(false);
                    back.set_value(0);
                    trip.forget();
                    rest.then(REST, move || search(None));
                })
                on:keydown=keys
            />
            <Failure message=trip.message()/>
            <ul class="find__list" id="find-list" role="listbox" aria-label=t(text::FIND_RESULTS)>
                {live(move || {
                    let language = locale.language();
                    let goals = goals.get();
                    let found = found.get();
                    let mut rows = Vec::new();
                    let mut index = 0;
                    let mut take = |rows: &mut Vec<AnyView>, inside: AnyView| {
                        if let Some(goal) = goals.get(index) {
                            rows.push(row(index, goal.clone(), inside));
                        }
                        index += 1;
                    };
                    // Commands alone need no title.
                    let any = !found.conversations.is_empty() || !found.contacts.is_empty() || !found.messages.is_empty();
                    let titled = |rows: &mut Vec<AnyView>, full: bool, words: Text| {
                        if any && full {
                            rows.push(view! { <li class="find__head" role="presentation">{t(words)}</li> }.any());
                        }
                    };
                    let query = typed.with_untracked(|typed| Query::parse(typed));
                    let sought: Vec<String> = query.words.iter().chain(&query.phrases).chain(&query.from).chain(&query.to).map(|word| folded(word)).collect();
                    let lit = |text: String| lit(&text, &sought);
                    titled(&mut rows, !found.conversations.is_empty(), text::NAV_CONVERSATIONS);
                    for one in found.conversations {
                        let name = contact_name(language, one.contact.id, &one.contact.name);
                        take(&mut rows, view! { {Icon::MESSAGE_CIRCLE.view()} <span class="create__who"><b>{lit(name)}</b> <span class="create__hint">{format!("#{}", one.number)}</span></span> }.any());
                    }
                    titled(&mut rows, !found.contacts.is_empty(), text::NAV_CONTACTS);
                    for one in found.contacts {
                        let name = contact_name(language, one.id, &one.name);
                        take(&mut rows, view! { <Avatar name=name.clone() size="small"/> <span class="create__who"><b>{lit(name)}</b> <span class="create__hint">{one.email.or_else(|| one.phone.as_deref().map(phone)).map(lit)}</span></span> }.any());
                    }
                    titled(&mut rows, !found.messages.is_empty(), text::FIND_MESSAGES);
                    for hit in found.messages {
                        let name = contact_name(language, hit.contact.id, &hit.contact.name);
                        let at = hit.at;
                        take(&mut rows, view! {
                            {Icon::MESSAGE_SQUARE_TEXT.view()}
                            <span class="create__who"><b>{name}</b> <span class="create__hint">{lit(hit.text)}</span></span>
                            <Moment at=at wording=Wording::Brief/>
                        }.any());
                    }
                    if found.more {
                        take(&mut rows, view! { {Icon::CHEVRON_DOWN.view()} <span>{t(text::FIND_MORE)}</span> }.any());
                    }
                    let commands = commands.get();
                    titled(&mut rows, !commands.is_empty(), text::FIND_COMMANDS);
                    for line in commands {
                        let key = line.key.map(|key| view! { <kbd class="find__key">{key}</kbd> });
                        take(&mut rows, view! { {line.icon.view()} <span class="create__who">{line.words}</span> {key} }.any());
                    }
                    if rows.is_empty() {
                        rows.push(view! { <li class="card__line" role="presentation">{t(text::FIND_NOTHING)}</li> }.any());
                    }
                    rows
                })}
            </ul>
            <p class="find__note">{t(text::FIND_OPERATORS)}</p>
        </div>
    }
    .any()
}

/// A text with what was sought in it marked, where a word begins so; accents and case do not matter.
fn lit(text: &str, sought: &[String]) -> AnyView {
    let pieces =
        pieces(text, sought).into_iter().map(|(found, piece)| if found { view! { <mark>{piece}</mark> }.any() } else { piece.any() });
    pieces.collect::<Vec<_>>().any()
}

fn pieces(text: &str, sought: &[String]) -> Vec<(bool, String)> {
    let letters: Vec<char> = text.chars().collect();
    let plain: Vec<char> = letters.iter().map(|letter| folded(&letter.to_string()).chars().next().unwrap_or(*letter)).collect();
    let fits = |at: usize, word: &String| {
        let length = word.chars().count();
        let begins = at == 0 || !plain[at - 1].is_alphanumeric();
        (length > 0 && begins && plain[at..].iter().copied().take(length).eq(word.chars())).then_some(length)
    };
    let (mut all, mut at) = (Vec::<(bool, String)>::new(), 0);
    while at < letters.len() {
        let found = sought.iter().filter_map(|word| fits(at, word)).max();
        let piece: String = letters[at..at + found.unwrap_or(1)].iter().collect();
        at += found.unwrap_or(1);
        match all.last_mut() {
            Some((false, before)) if found.is_none() => before.push_str(&piece),
            _ => all.push((found.is_some(), piece)),
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn what_was_sought_is_lit_with_its_accents_where_words_begin() {
        let lit = |text: &str, sought: &[&str]| {
            let sought: Vec<_> = sought.iter().map(|word| (*word).to_owned()).collect();
            pieces(text, &sought).into_iter().map(|(on, piece)| if on { format!("[{piece}]") } else { piece }).collect::<String>()
        };
        assert_eq!(lit("Devolução da caneca", &["devolucao", "cane"]), "[Devolução] da [cane]ca");
        assert_eq!(lit("São Paulo, são", &["sao", "s"]), "[São] Paulo, [são]");
        assert_eq!(lit("pecado cado", &["cado", ""]), "pecado [cado]");
        assert_eq!(lit("", &["a"]), "");
    }
}
