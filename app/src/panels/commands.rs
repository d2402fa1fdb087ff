//! What the palette can do besides finding: every command of the desk and of the open conversation, and every view. Which fits what was
//! typed is decided here; drawing and choosing are the palette's.

use super::Panel;
use crate::parts::{Command, block, copy_link, key_of, priority_text, sections, spelled, turn};
use crate::routes::{Place, Sought, query_of, query_of_sought};
use crate::store::Store;
use kit::i18n::{Locale, Text, text};
use kit::{Icon, Toasts, browser};
use leptos::prelude::*;
use model::{Action, ConversationId, ListFilter, Permission, Priority, StatusKind, Tab};

/// Where this browser keeps which commands were used last.
const RECENT: &str = "recado-commands";
/// How many it remembers.
const REMEMBERED: usize = 8;

/// What can be done to the open conversation without asking more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Resolves or opens again.
    Turn,
    /// Gives it to the reader.
    Mine,
    /// Takes it from whoever has it.
    Nobodys,
    /// Marks it as not read.
    Unread,
    /// Begins a reply.
    Reply,
    /// Begins a note.
    Note,
    /// Takes back what was done last.
    Undo,
    /// Says how urgent it is.
    Rank(Option<Priority>),
    /// Tells nothing of it any more, or again.
    Mute(bool),
    /// Hears nothing of the customer any more, or again.
    Block(bool),
    /// Copies its address.
    Copy,
}

/// Where a row of the palette leads.
#[derive(Clone, Debug, PartialEq)]
pub enum Goal {
    /// An address.
    Address(String),
    /// A panel.
    Panel(Panel),
    /// Something done at once.
    Deed(Deed, ConversationId),
    /// The next messages of what was found.
    More(model::MessageId),
}

/// A line of the palette.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// What it is remembered by, in every language.
    pub name: String,
    /// What it says.
    pub words: String,
    /// Its picture.
    pub icon: Icon,
    /// The key that does the same.
    pub key: Option<String>,
    /// What it does.
    pub goal: Goal,
}

/// The commands that fit the words, the best first; with no words all of them, those used last first.
pub fn fitting(store: Store, locale: Locale, here: Option<ConversationId>, words: &str) -> Vec<Line> {
    let typed = folded(words.trim());
    let recent = recent();
    let rank = |line: &Line| recent.iter().position(|name| *name == line.name).unwrap_or(REMEMBERED);
    let mut all: Vec<(u8, usize, Line)> =
        all(store, locale, here).into_iter().filter_map(|line| Some((fit(&folded(&line.words), &typed)?, rank(&line), line))).collect();
    all.sort_by_key(|(fit, rank, _)| (*fit, *rank));
    all.into_iter().map(|(.., line)| line).collect()
}

/// Remembers that a command was used.
pub fn remember(name: &str) {
    let mut all = recent();
    all.retain(|other| other != name);
    all.insert(0, name.to_owned());
    all.truncate(REMEMBERED);
    browser::store(RECENT, Some(&all.join("\n")));
}

fn recent() -> Vec<String> {
    browser::stored(RECENT).map(|text| text.lines().map(str::to_owned).collect()).unwrap_or_default()
}

fn all(store: Store, locale: Locale, here: Option<ConversationId>) -> Vec<Line> {
    let said = |words: Text, icon: Icon, goal: Goal| Line {
        name: words.in_(model::Language::English).to_owned(),
        words: locale.say(words).to_owned(),
        icon,
        key: None,
        goal,
    };
    let called = |words: Text, key: &str, icon: Icon, goal: Goal| {
        let key = Command::ALL.iter().find(|(_, name, ..)| *name == key).map(|(_, name, usual, _)| spelled(&key_of(name, usual)));
        Line { key, ..said(words, icon, goal) }
    };
    let mut lines = Vec::new();
    if let Some((id, row)) = here.and_then(|id| Some((id, store.row(id)?))) {
        let (status, assignee) = row.with_untracked(|row| (row.conversation.status.kind(), row.conversation.assignee));
        let turn = if status == StatusKind::Resolved { text::THREAD_REOPEN } else { text::THREAD_RESOLVE };
        let deed = |deed| Goal::Deed(deed, id);
        lines.push(called(text::KEYS_REPLY, "reply", Icon::REPLY, deed(Deed::Reply)));
        lines.push(called(text::NOTE_TAB, "note", Icon::STICKY_NOTE, deed(Deed::Note)));
        // One command, whichever way it turns.
        let name = "Turn".to_owned();
        lines.push(Line { name, ..called(turn, "resolve", Icon::CHECK, deed(Deed::Turn)) });
        if assignee != Some(store.me) {
            lines.push(said(text::THREAD_ASSIGN_ME, Icon::USER_PLUS, deed(Deed::Mine)));
        }
        if assignee.is_some() {
            let words = format!("{}: {}", locale.say(text::BULK_ASSIGN), locale.say(text::THREAD_NOBODY));
            lines.push(Line { words, ..said(text::BULK_ASSIGN, Icon::CIRCLE_DASHED, deed(Deed::Nobodys)) });
        }
        lines.push(called(text::SNOOZE_TITLE, "snooze", Icon::MOON, Goal::Panel(Panel::Snooze(id))));
        lines.push(called(text::LABELS_TITLE, "labels", Icon::TAG, Goal::Panel(Panel::Labels(id))));
        lines.push(called(text::MACROS_TITLE, "macros", Icon::ZAP, Goal::Panel(Panel::Macros(id))));
        lines.push(called(text::THREAD_UNREAD_MARK, "unread", Icon::MAIL, deed(Deed::Unread)));
        lines.push(said(text::PARTICIPANTS_TITLE, Icon::USERS, Goal::Panel(Panel::Participants(id))));
        lines.push(said(text::ATTRIBUTES_EDIT, Icon::LIST_CHECKS, Goal::Panel(Panel::Attributes(id))));
        lines.push(said(text::TRANSCRIPT_TITLE, Icon::FILE_TEXT, Goal::Panel(Panel::Transcript(id))));
        lines.push(said(text::MERGE_TITLE, Icon::MERGE, Goal::Panel(Panel::Merge(id))));
        let (rank, muted) = row.with_untracked(|row| (row.conversation.priority, row.conversation.muted));
        for to in Priority::ALL.iter().copied().map(Some).chain([None]).filter(|to| *to != rank) {
            let both = |say: &dyn Fn(Text) -> String| format!("{}: {}", say(text::PRIORITY_LABEL), say(priority_text(to)));
            let name = both(&|words| words.in_(model::Language::English).to_owned());
            let words = both(&|words| locale.say(words).to_owned());
            lines.push(Line { name, words, ..said(text::PRIORITY_LABEL, Icon::FLAG, deed(Deed::Rank(to))) });
        }
        let mute = if muted { text::THREAD_UNMUTE } else { text::THREAD_MUTE };
        lines.push(said(mute, Icon::VOLUME_X, deed(Deed::Mute(!muted))));
        if let Some(blocked) = store.thread(id).and_then(|thread| thread.contact.with_untracked(|one| one.as_ref().map(|one| one.blocked)))
        {
            let block = if blocked { text::CONTACTS_UNBLOCK } else { text::CONTACTS_BLOCK };
            lines.push(said(block, Icon::BAN, deed(Deed::Block(!blocked))));
        }
        lines.push(said(text::THREAD_COPY_LINK, Icon::LINK, deed(Deed::Copy)));
        lines.push(called(text::KEYS_UNDO, "undo", Icon::ROTATE_CCW, deed(Deed::Undo)));
        if store.may(Permission::Delete) {
            lines.push(called(text::DELETE_TITLE, "delete", Icon::TRASH_2, Goal::Panel(Panel::Delete(id))));
        }
    }
    lines.push(called(text::CREATE_OPEN, "create", Icon::SQUARE_PEN, Goal::Panel(Panel::Create)));
    lines.push(called(text::FILTER_OPEN, "filter", Icon::LIST_FILTER, Goal::Panel(Panel::Filter)));
    lines.push(said(text::FOLDERS_ADD, Icon::FUNNEL, Goal::Panel(Panel::NewFolder)));
    lines.push(said(text::NOTICES_TITLE, Icon::BELL, Goal::Panel(Panel::Notices)));
    lines.push(called(text::KEYS_TITLE, "help", Icon::BOOK_OPEN, Goal::Panel(Panel::Keys)));
    lines.extend(views(store, locale));
    let page = |words: String, icon: Icon, place: Place| {
        let address = place.href(store.account);
        Line { name: address.clone(), words, icon, key: None, goal: Goal::Address(address) }
    };
    lines.push(page(locale.say(text::NAV_CONTACTS).to_owned(), Icon::CONTACT, Place::Contacts(None)));
    // What one does with labels and the page of labels are called alike.
    lines.extend(sections(store).map(|one| {
        let words = format!("{} › {}", locale.say(text::NAV_SETTINGS), locale.say(one.title));
        page(words, one.icon, Place::Settings(one.section.clone()))
    }));
    lines
}

/// Every list one can look at.
fn views(store: Store, locale: Locale) -> Vec<Line> {
    let view = |words: String, icon: Icon, place: Place, query: String| {
        let address = format!("{}{query}", place.href(store.account));
        Line { name: address.clone(), words, icon, key: None, goal: Goal::Address(address) }
    };
    let usual = ListFilter::default();
    let list = |words: String, icon: Icon, filter: ListFilter| view(words, icon, Place::list(), query_of(&filter, None));
    let named = |words: Text| format!("{} › {}", locale.say(text::NAV_CONVERSATIONS), locale.say(words));
    let mut lines = vec![
        list(locale.say(text::NAV_CONVERSATIONS).to_owned(), Icon::MESSAGES_SQUARE, usual),
        list(named(text::LIST_MINE), Icon::USER_ROUND, ListFilter { tab: Tab::Mine, ..usual }),
        list(named(text::LIST_UNASSIGNED), Icon::CIRCLE_DASHED, ListFilter { tab: Tab::Unassigned, ..usual }),
    ];
    let kinds = [
        (StatusKind::Pending, text::STATUS_PENDING),
        (StatusKind::Snoozed, text::STATUS_SNOOZED),
        (StatusKind::Resolved, text::STATUS_RESOLVED),
    ];
    lines.extend(kinds.map(|(kind, words)| list(named(words), Icon::CLOCK, ListFilter { status: Some(kind), ..usual })));
    for inbox in store.inboxes.get_untracked() {
        lines.push(view(inbox.name, Icon::INBOX, Place::Conversations { inbox: Some(inbox.id), number: None }, String::new()));
    }
    for team in store.teams.get_untracked() {
        lines.push(list(team.name, Icon::USERS, ListFilter { team: Some(team.id), ..usual }));
    }
    for label in store.labels.get_untracked() {
        lines.push(list(label.title, Icon::TAG, ListFilter { label: Some(label.id), ..usual }));
    }
    for folder in store.folders.get_untracked().unwrap_or_default() {
        let query = query_of_sought(&Sought { folder: Some(folder.id), filter: None, order: None });
        lines.push(view(folder.name, Icon::FUNNEL, Place::list(), query));
    }
    lines
}

/// Does it.
pub fn perform(store: Store, locale: Locale, toasts: Toasts, deed: Deed, id: ConversationId) {
    match deed {
        Deed::Turn => turn(store, id),
        Deed::Mine => store.assign(id, Some(store.me)),
        Deed::Nobodys => store.assign(id, None),
        Deed::Unread => store.mark_unread(id),
        Deed::Undo => store.undo_last(),
        Deed::Reply => browser::focus_soon("#reply"),
        Deed::Note => drop(browser::press(".composer__tab[data-mode=note]")),
        Deed::Rank(to) => store.run(id, vec![Action::Priority(to)]),
        Deed::Mute(on) => store.run(id, vec![Action::Mute(on)]),
        Deed::Block(on) => block(store, locale, toasts, id, on),
        Deed::Copy => copy_link(store, locale, toasts, id),
    }
}

/// Lower-case without accents.
pub fn folded(text: &str) -> String {
    kit::lower(text).chars().map(model::bare).collect()
}

/// How well words fit, the smaller the better: they begin it, begin a word of it, stand in it, or their letters do, in order.
fn fit(words: &str, typed: &str) -> Option<u8> {
    if words.starts_with(typed) {
        return Some(0);
    }
    if words.split(|letter: char| !letter.is_alphanumeric()).any(|word| word.starts_with(typed)) {
        return Some(1);
    }
    if words.contains(typed) {
        return Some(2);
    }
    let mut rest = words.chars();
    let spread = typed.chars().filter(|letter| *letter != ' ').all(|letter| rest.any(|other| other == letter));
    (spread && typed.chars().count() > 2).then_some(3)
}

#[cfg(test)]
mod tests {
    use super::{fit, folded};

    #[test]
    fn what_begins_like_the_words_comes_first_and_accents_do_not_matter() {
        let fits = |words: &str, typed: &str| fit(&folded(words), &folded(typed));
        assert_eq!(fits("Não atribuídas", "nao"), Some(0));
        assert_eq!(fits("Não atribuídas", "ATRIBUI"), Some(1));
        assert_eq!(fits("Desatribuir", "atrib"), Some(2));
        assert_eq!(fits("Marcar como não lida", "mcnl"), Some(3));
        assert_eq!(fits("Marcar como não lida", "zz"), None);
        assert_eq!(fits("Adiar", "dr"), None, "two letters spread about are chance");
        assert_eq!(fits("Adiar", ""), Some(0));
    }
}
