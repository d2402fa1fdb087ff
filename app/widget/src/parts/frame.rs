//! What stands around the conversation: who answers and how soon, the small line below, and the sentence where there is no chat.
//! Before the first message the top is a welcome, afterwards one quiet line.

use crate::chat::{Chat, Phase};
use crate::dom::{append, avatar, bind, bind_shown, bind_text, el, icon, on, tree, word};
use crate::field::effect;
use crate::icons;
use kit::i18n::{fault_text, text};
use model::{FaultCode, WidgetConfig};
use web_sys::HtmlElement;

/// Faces shown at most.
const FACES: usize = 3;

/// Heading, team, expected answer time, and the way out.
#[must_use]
pub fn header(chat: Chat) -> HtmlElement {
    let of =
        move |read: fn(&WidgetConfig) -> &str| chat.config.with(|config| config.as_ref().map_or_else(String::new, |c| read(c).to_owned()));
    let [heading, tagline, answer, online, soon] =
        [("h1", "header__heading"), ("p", "header__tagline"), ("p", "header__answer"), ("span", "header__online"), ("span", "")]
            .map(|(tag, class)| el(tag, class));
    for own in [&heading, &tagline] {
        crate::dom::set(own, "dir", Some("auto"));
    }
    bind_text(&heading, move || of(|c| if c.heading.is_empty() { &c.name } else { &c.heading }));
    bind_text(&tagline, move || of(|c| &c.tagline));
    bind_shown(&tagline, move || chat.blank() && !of(|c| &c.tagline).is_empty());
    let here = move || chat.config.with(|config| config.as_ref().is_some_and(|c| c.online));
    bind_text(&online, move || chat.say(text::WIDGET_ONLINE));
    bind_shown(&online, here);
    bind_text(&soon, move || match of(|c| &c.reply_time).as_str() {
        "minutes" => chat.say(text::WIDGET_MINUTES),
        "hours" => chat.say(text::WIDGET_HOURS),
        "day" => chat.say(text::WIDGET_DAY),
        other => other.to_owned(),
    });
    bind_shown(&soon, move || chat.blank() | !here());
    append(&answer, &online);
    append(&answer, &soon);

    let faces = el("div", "header__faces");
    {
        let faces = faces.clone();
        effect(move || {
            let team = chat.config.with(|config| config.as_ref().map(|c| c.team.clone())).unwrap_or_default();
            faces.set_text_content(None);
            for (name, photo) in team.iter().take(FACES) {
                append(&faces, &avatar(name, photo.as_deref(), "medium"));
            }
            let names: Vec<_> = team.iter().map(|(name, _)| name.as_str()).collect();
            if !names.is_empty() {
                let sentence = text::WIDGET_PEOPLE.with(chat.language.get(), &[("names", &names.join(", "))]);
                append(&faces, &word("span", "visually-hidden", &sentence));
            }
        });
    }
    let words = tree("div", "header__words", &[&heading, &tagline, &answer]);
    let close = tree("button", "header__close", &[&icon(icons::X)]);
    crate::dom::set(&close, "type", Some("button"));
    bind(&close, "aria-label", move || Some(chat.say(text::WIDGET_CLOSE)));
    bind_shown(&close, move || {
        chat.phase.with(|_| ());
        chat.framed()
    });
    on(&close, "click", move |_| chat.tell("close", []));
    let header = tree("header", "header", &[&tree("div", "header__bar", &[&faces, &words]), &close]);
    bind(&header, "data-welcome", move || Some(if chat.blank() { "true" } else { "false" }.to_owned()));
    header
}

/// What is said where there is no chat.
#[must_use]
pub fn refused(chat: Chat) -> HtmlElement {
    let [title, why, instead] = [("h2", "refused__title"), ("p", ""), ("p", "")].map(|(tag, class)| el(tag, class));
    let fault = move || if let Phase::Refused(fault) = chat.phase.get() { Some(fault) } else { None };
    // The site wants to know who writes, and did not say it: that is no fault to explain.
    let members = move || fault().is_some_and(|fault| fault.code == FaultCode::Forbidden);
    bind_text(&title, move || chat.say(text::WIDGET_REFUSED_TITLE));
    bind_text(&why, move || fault().filter(|_| !members()).map(|fault| fault_text(chat.language.get(), &fault)).unwrap_or_default());
    bind_text(&instead, move || chat.say(if members() { text::WIDGET_MEMBERS } else { text::WIDGET_REFUSED }));
    let section = tree("section", "refused", &[&title, &why, &instead]);
    crate::dom::set(&section, "role", Some("alert"));
    bind_shown(&section, move || fault().is_some());
    section
}

/// "feito com Recado", where the inbox shows it.
#[must_use]
pub fn branding(chat: Chat) -> HtmlElement {
    let line = el("p", "branding");
    bind_text(&line, move || chat.say(text::WIDGET_BRANDING));
    bind_shown(&line, move || chat.config.with(|config| config.as_ref().is_some_and(|c| c.features.branding)));
    line
}
