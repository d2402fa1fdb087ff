//! What the bots did in a time: four figures of all of them, and a line for each. What is counted, and how, the server says.

use crate::pages::Trouble;
use crate::store::{Store, ask};
use api::Fault;
use kit::i18n::{Locale, Text, integer, said, t, text};
use kit::{Draw, Empty, Icon, SelectField, Skeleton};
use kit::{effect, live, spawn};
use leptos::prelude::*;
use model::{BotFigures, BotSums, InboxId, Period};

/// The times one can choose, in days.
const TIMES: [u32; 3] = [7, 30, 90];

/// The panel below the bots.
#[component]
pub fn Done() -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let wanted = RwSignal::new((30_u32, None::<InboxId>));
    let found = RwSignal::new(None::<Result<BotSums, Fault>>);
    effect(move || {
        let now = wanted.get();
        spawn(async move {
            let (period, inbox) = (Period::Days(now.0), now.1);
            let told = ask(api::BotReport { account: store.account, period, inbox, bot: None }).await;
            // Whoever chose something else meanwhile waits for that answer.
            if wanted.try_get_untracked() == Some(now) {
                found.set(Some(told));
            }
        });
    });
    let times = Signal::derive(move || {
        TIMES.map(|days| (days.to_string(), locale.count(text::BOTS_DONE_DAYS, i64::from(days)))).into_iter().collect::<Vec<_>>()
    });
    let places = Signal::derive(move || {
        let each = store.inboxes.get().into_iter().map(|inbox| (inbox.id.to_string(), inbox.name));
        std::iter::once((String::new(), locale.say(text::BOTS_DONE_ALL).to_owned())).chain(each).collect::<Vec<_>>()
    });
    view! {
        <section class="card bot-done__card">
            <div class="bot-done__head">
                <h2 class="card__title">{t(text::BOTS_DONE)}</h2>
                <SelectField
                    name="bot-done-time"
                    label=said(text::BOTS_DONE_TIME)
                    options=times
                    value=Signal::derive(move || wanted.get().0.to_string())
                    change=Callback::new(move |days: String| wanted.update(|wanted| wanted.0 = days.parse().unwrap_or(30)))
                    bare=true
                />
                {live(move || (store.inboxes.with(Vec::len) > 1).then(|| view! {
                    <SelectField
                        name="bot-done-inbox"
                        label=said(text::BY_INBOX)
                        options=places
                        value=Signal::derive(move || wanted.get().1.map(|inbox| inbox.to_string()).unwrap_or_default())
                        change=Callback::new(move |id: String| wanted.update(|wanted| wanted.1 = id.parse().ok().map(InboxId)))
                        bare=true
                    />
                }))}
            </div>
            {live(move || match found.get() {
                None => view! { <Skeleton rows=6 shape="line"/> }.any(),
                Some(Err(fault)) => view! { <Trouble fault=fault/> }.any(),
                Some(Ok(sums)) if sums.bots.is_empty() => {
                    view! { <Empty icon=Icon::BOT title=said(text::BOTS_DONE_NONE) line=Signal::stored(String::new())/> }.any()
                }
                Some(Ok(sums)) => drawn(locale, sums),
            })}
        </section>
    }
    .any()
}

fn drawn(locale: Locale, sums: BotSums) -> AnyView {
    let number = move |count: i64| integer(locale.language(), count);
    let share = move |figures: BotFigures, count: i64| format!("{}%", figures.percent(count));
    let all = sums.whole;
    let figure = move |name: Text, value: String, count: Option<i64>| {
        view! {
            <div class="bot-done__figure">
                <dt>{t(name)}</dt>
                <dd><b>{value}</b> " " {count.map(|count| view! { <span>{number(count)}</span> })}</dd>
            </div>
        }
        .any()
    };
    let line = move |bot: model::BotLine| {
        let f = bot.figures;
        let name = if bot.name.is_empty() { locale.say_with(text::BOTS_DONE_GONE, &[("id", &bot.id.to_string())]) } else { bot.name };
        let cell = move |count: i64| view! { <td>{number(count)} " "<span>{share(f, count)}</span></td> }.any();
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td>{number(f.conversations)}</td>
                <td>{number(f.messages)}</td>
                {cell(f.resolved)}
                {cell(f.handed)}
            </tr>
        }
        .any()
    };
    view! {
        <p class="card__line">{t(text::BOTS_DONE_LINE)}</p>
        <dl class="bot-done">
            {figure(text::NAV_CONVERSATIONS, number(all.conversations), None)}
            {figure(text::BOTS_DONE_SAID, number(all.messages), None)}
            {figure(text::BOTS_DONE_RESOLVED, share(all, all.resolved), Some(all.resolved))}
            {figure(text::BOTS_DONE_HANDED, share(all, all.handed), Some(all.handed))}
        </dl>
        <div class="matrix__scroll" tabindex="0" role="group" aria-label=locale.say(text::BOTS_DONE)>
            <table class="matrix bot-done__each">
                <thead>
                    <tr>
                        <th scope="col">{t(text::BOTS_NAME)}</th>
                        <th scope="col">{t(text::NAV_CONVERSATIONS)}</th>
                        <th scope="col">{t(text::BOTS_DONE_SAID)}</th>
                        <th scope="col">{t(text::BOTS_DONE_RESOLVED)}</th>
                        <th scope="col">{t(text::BOTS_DONE_HANDED)}</th>
                    </tr>
                </thead>
                <tbody>{sums.bots.into_iter().map(line).collect::<Vec<_>>()}</tbody>
            </table>
        </div>
    }
    .any()
}
