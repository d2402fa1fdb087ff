//! How the connection stands: silent while it is up, a line after three seconds of trouble.
//! Making it again is the feed's business.

use crate::store::{Link, Store};
use kit::Draw;
use kit::i18n::{Locale, text};
use kit::{Icon, Rest};
use kit::{attr, effect, live};
use leptos::prelude::*;
use std::time::Duration;

/// The connection's line above everything.
#[component]
pub fn Banner() -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let shown = RwSignal::new(Link::Up);
    let rest = Rest::new();
    effect(move || {
        let link = store.link.get();
        rest.stop();
        match link {
            Link::Up | Link::Offline => shown.set(link),
            Link::Reconnecting if shown.get_untracked() != Link::Up => shown.set(link),
            Link::Reconnecting => rest.then(Duration::from_secs(3), move || shown.set(store.link.get_untracked())),
        }
    });
    let words = move || match (shown.get(), store.waiting()) {
        (Link::Up, _) => None,
        (Link::Reconnecting, _) => Some(locale.say(text::LINK_RECONNECTING).to_owned()),
        (Link::Offline, 0) => Some(locale.say(text::LINK_OFFLINE).to_owned()),
        (Link::Offline, waiting) => Some(locale.count(text::LINK_QUEUE, i64::try_from(waiting).unwrap_or(i64::MAX))),
    };
    view! {
        <div class="banner" role="status" data-link=attr(move || format!("{:?}", shown.get()).to_ascii_lowercase())>
            {live(move || words().map(|words| view! {
                <p class="banner__line">
                    {if shown.get() == Link::Offline { Icon::WIFI_OFF.view() } else { Icon::REFRESH_CW.view() }}
                    <span>{words}</span>
                </p>
            }))}
        </div>
    }
    .any()
}
