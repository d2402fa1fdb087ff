//! Above the reply field where messages have subjects: to whom the mail goes, who gets a copy, and what it is about. What nobody touched is
//! left to the server, which answers all who were on the last mail; what an address may be is decided there too.

use super::composer::Quoting;
use crate::json;
use crate::store::{Store, ask};
use kit::Draw;
use kit::browser;
use kit::i18n::{Locale, Text, t, text};
use kit::{act, attr, effect, live, spawn};
use leptos::prelude::*;
use model::{Capabilities, ConversationId, DraftMode, MailHead};

/// A row, in the order they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Row {
    To,
    Cc,
    Bcc,
    Subject,
}

impl Row {
    const ALL: [Self; 4] = [Self::To, Self::Cc, Self::Bcc, Self::Subject];

    const fn label(self) -> Text {
        match self {
            Self::To => text::MAIL_TO,
            Self::Cc => text::MAIL_CC,
            Self::Bcc => text::MAIL_BCC,
            Self::Subject => text::MAIL_SUBJECT,
        }
    }

    /// What finds its field in the page.
    const fn place(self) -> &'static str {
        match self {
            Self::To => "#mail-to",
            Self::Cc => "#mail-cc",
            Self::Bcc => "#mail-bcc",
            Self::Subject => "#mail-subject",
        }
    }

    const fn id(self) -> &'static str {
        match self {
            Self::To => "mail-to",
            Self::Cc => "mail-cc",
            Self::Bcc => "mail-bcc",
            Self::Subject => "mail-subject",
        }
    }
}

/// What was written into each row; none for a row as it was.
type Written = [Option<String>; 4];

/// The rows of one composer.
#[derive(Clone, Copy, Debug)]
pub struct MailRows {
    conversation: ConversationId,
    store: Store,
    /// Whether there are rows at all.
    on: Memo<bool>,
    /// Where the reply goes by itself; none until the server said.
    head: RwSignal<Option<MailHead>>,
    written: RwSignal<Written>,
    /// Rows somebody asked for.
    open: RwSignal<[bool; 4]>,
    /// Whether to say what is wrong: after a first try to send.
    strict: RwSignal<bool>,
}

impl MailRows {
    /// The rows for a channel that can do this, while a reply is written.
    pub fn new(conversation: ConversationId, mode: RwSignal<DraftMode>, may: Memo<Option<Capabilities>>) -> Self {
        let store = Store::current();
        let on = Memo::new(move |_| mode.get() == DraftMode::Reply && may.with(|may| may.as_ref().is_some_and(|may| may.more.subject)));
        let rows = Self {
            conversation,
            store,
            on,
            head: RwSignal::new(None),
            written: RwSignal::new(Written::default()),
            open: RwSignal::new([false; 4]),
            strict: RwSignal::new(false),
        };
        effect(move || {
            if let Some(kept) = browser::stored(&rows.name()).and_then(|kept| json::read(&kept)) {
                rows.written.set(kept);
            }
        });
        let quote = Quoting::current();
        // Another mail to answer has another head: what is quoted, what came in meanwhile, or who turned out to have written it.
        let asked = Memo::new(move |_| {
            let stands = store.row(conversation).map(|row| row.with(|row| (row.conversation.incoming, row.conversation.contact.id)));
            on.get().then(|| (quote.0.with(|quote| quote.as_ref().map(|quote| quote.message)), stands))
        });
        effect(move || {
            let Some(now) = asked.get() else { return };
            spawn(async move {
                let found = ask(api::ReplyHead { account: store.account, conversation, quote: now.0 }).await;
                if let (Ok(found), Some(Some(still))) = (found, asked.try_get_untracked())
                    && still == now
                {
                    rows.head.set(Some(found));
                }
            });
        });
        rows
    }

    fn name(self) -> String {
        format!("recado-mail-{}-{}-{}", self.store.me, self.store.account, self.conversation)
    }

    /// What a row says, tracked.
    fn value(self, row: Row) -> String {
        let own = self.written.with(|written| written[row as usize].clone());
        own.unwrap_or_else(|| self.head.with(|head| head.as_ref().map(|head| usual(head, row)).unwrap_or_default()))
    }

    fn shows(self, row: Row) -> bool {
        let full = |head: &MailHead| match row {
            Row::To => true,
            Row::Cc => !head.cc.is_empty(),
            Row::Bcc => false,
            // A conversation that begins needs one.
            Row::Subject => head.subject.is_empty(),
        };
        row == Row::To
            || self.open.with(|open| open[row as usize])
            || self.written.with(|written| written[row as usize].is_some())
            || self.head.with(|head| head.as_ref().is_some_and(full))
    }

    fn write(self, row: Row, value: String) {
        self.written.update(|written| written[row as usize] = Some(value));
        let kept = self.written.with_untracked(json::write);
        browser::store(&self.name(), kept.as_deref());
    }

    /// What stands in a row and is no address.
    fn wrong(self, row: Row) -> Vec<String> {
        if row == Row::Subject || self.written.with(|written| written[row as usize].is_none()) {
            return Vec::new();
        }
        entries(&self.value(row)).into_iter().filter(|entry| !is_address(entry)).collect()
    }

    fn nobody(self) -> bool {
        self.written.with(|written| written[Row::To as usize].as_deref().is_some_and(|to| entries(to).is_empty()))
    }

    /// Whether a row keeps the reply from leaving; it says why, and takes the focus.
    pub fn refuses(self) -> bool {
        untrack(move || {
            if !self.on.get() {
                return false;
            }
            let wrong = Row::ALL.into_iter().find(|row| !self.wrong(*row).is_empty() || (*row == Row::To && self.nobody()));
            self.strict.set(wrong.is_some());
            if let Some(row) = wrong {
                browser::focus_soon(row.place());
            }
            wrong.is_some()
        })
    }

    /// The head of the reply that leaves now, and the rows as they were; none where nobody touched them.
    pub fn take(self) -> Option<Box<MailHead>> {
        untrack(move || {
            if !self.on.get() || self.written.with(|written| written.iter().all(Option::is_none)) {
                return None;
            }
            let list = |row: Row| entries(&self.value(row));
            let head = MailHead {
                to: list(Row::To),
                cc: list(Row::Cc),
                bcc: list(Row::Bcc),
                subject: self.value(Row::Subject),
                ..MailHead::default()
            };
            self.written.set(Written::default());
            self.open.set([false; 4]);
            browser::store(&self.name(), None);
            Some(Box::new(head))
        })
    }

    /// Draws them.
    pub fn view(self) -> AnyView {
        live(move || {
            self.on.get().then(|| {
                view! {
                    <div class="mail-rows" role="group" aria-label=t(text::MAIL_HEAD)>
                        {Row::ALL.map(|row| live(move || self.shows(row).then(|| self.row(row)))).into_iter().collect::<Vec<_>>()}
                    </div>
                }
            })
        })
    }

    /// Draws what is put below the words as they leave.
    pub fn signature(self) -> AnyView {
        live(move || {
            let words = self.head.with(|head| head.as_ref().filter(|_| self.on.get()).map(|head| head.signature.clone()));
            words.filter(|words| !words.is_empty()).map(|words| {
                view! { <p class="composer__signature" role="note" aria-label=t(text::MAIL_SIGNATURE)>{words}</p> }
            })
        })
    }

    fn row(self, row: Row) -> AnyView {
        let locale = Locale::current();
        let trouble = move || {
            if !self.strict.get() {
                return None;
            }
            if row == Row::To && self.nobody() {
                return Some(locale.say(text::MAIL_NOBODY).to_owned());
            }
            let wrong = self.wrong(row);
            (!wrong.is_empty()).then(|| locale.say_with(text::MAIL_BAD, &[("address", &wrong.join(", "))]))
        };
        let trouble = Memo::new(move |_| trouble());
        let note = format!("{}-note", row.id());
        view! {
            <div class="mail-rows__row" data-invalid=attr(move || trouble.with(Option::is_some).to_string())>
                <label class="mail-rows__label" for=row.id()>{t(row.label())}</label>
                <input
                    class="mail-rows__field"
                    id=row.id()
                    type="text"
                    autocomplete="off"
                    spellcheck=if row == Row::Subject { "true" } else { "false" }
                    aria-describedby=note.clone()
                    aria-invalid=attr(move || trouble.with(Option::is_some).to_string())
                    prop:value=move || self.value(row)
                    on:input=act(move |event| self.write(row, event_target_value(&event)))
                />
                {(row == Row::To).then(|| self.more())}
                <p class="mail-rows__note" id=note role="status">{live(move || trouble.get())}</p>
            </div>
        }
        .any()
    }

    /// The rows that do not stand there yet.
    fn more(self) -> AnyView {
        let locale = Locale::current();
        let button = move |row: Row| {
            live(move || {
                (!self.shows(row)).then(|| {
                    view! {
                        <button
                            type="button"
                            class="link-button"
                            aria-label=attr(move || locale.say_with(text::MAIL_ADD, &[("row", locale.say(row.label()))]))
                            on:click=act(move |_| {
                                self.open.update(|open| open[row as usize] = true);
                                browser::focus_soon(row.place());
                            })
                        >
                            {t(row.label())}
                        </button>
                    }
                })
            })
        };
        view! { <span class="mail-rows__more">{button(Row::Cc)} {button(Row::Bcc)} {button(Row::Subject)}</span> }.any()
    }
}

/// What a row says by itself.
fn usual(head: &MailHead, row: Row) -> String {
    match row {
        Row::To => head.to.join(", "),
        Row::Cc => head.cc.join(", "),
        Row::Bcc => head.bcc.join(", "),
        Row::Subject => head.subject.clone(),
    }
}

/// The entries of a row: between commas and semicolons that stand outside quotation marks and brackets.
fn entries(row: &str) -> Vec<String> {
    let (mut found, mut entry, mut quoted, mut angled) = (Vec::new(), String::new(), false, false);
    for letter in row.chars().chain([',']) {
        match letter {
            '"' => quoted = !quoted,
            '<' => angled = true,
            '>' => angled = false,
            ',' | ';' | '\n' if !quoted && !angled => {
                let done = std::mem::take(&mut entry);
                if !done.trim().is_empty() {
                    found.push(done.trim().to_owned());
                }
                continue;
            }
            _ => {}
        }
        entry.push(letter);
    }
    // An open quotation mark swallows the end.
    let left = entry.trim().trim_end_matches(',').trim();
    if !left.is_empty() {
        found.push(left.to_owned());
    }
    found
}

/// Whether an entry may be an address; the server looks closer.
fn is_address(entry: &str) -> bool {
    let address = match entry.rsplit_once('<') {
        Some((_, rest)) => rest.strip_suffix('>').unwrap_or_default(),
        None => entry,
    };
    let Some((name, host)) = address.trim().rsplit_once('@') else { return false };
    let inside = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    let plain = |c: char| !c.is_whitespace() && !c.is_control() && !matches!(c, '@' | '<' | '>' | '"' | ',' | ';');
    inside(name) && inside(host) && host.contains('.') && name.chars().chain(host.chars()).all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_cut_where_its_writer_meant() {
        let row = "Bia <bia@c.example>; \"Reis, Caio\" <caio@c.example>,ana@c.example , ";
        assert_eq!(entries(row), ["Bia <bia@c.example>", "\"Reis, Caio\" <caio@c.example>", "ana@c.example"]);
        assert_eq!(entries(" ,; "), Vec::<String>::new());
        assert_eq!(entries("\"Reis, Caio"), ["\"Reis, Caio"], "nothing is lost");
    }

    #[test]
    fn what_is_no_address_is_named() {
        for good in ["bia@c.example", "Bia <bia@c.example>", "<bia+x@c.example>"] {
            assert!(is_address(good), "{good}");
        }
        for bad in ["bia", "bia@", "@c.example", "bia@local", "bia @c.example", "Bia <bia@c.example", "a@b@c.example", "bia@c..example"] {
            assert!(!is_address(bad), "{bad}");
        }
    }
}
