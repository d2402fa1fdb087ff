//! Whether mail to an inbox's address comes in: one is sent, and every step of its way is said until it is here. It is drawn only where messages have
//! subjects.

use crate::pages::Trip;
use crate::store::{Store, ask, pause};
use kit::Draw;
use kit::i18n::{Locale, t, text};
use kit::{Failure, Icon};
use kit::{act, attr, live, spawn};
use leptos::prelude::*;
use model::{InboxId, MailTrial, TrialState};
use std::time::Duration;

/// How often it is looked for, at first and once it is late.
const LOOK: Duration = Duration::from_secs(2);
const LATE_LOOK: Duration = Duration::from_secs(10);
/// Looks before it counts as late, and before nobody waits any more: half a minute, a quarter of an hour.
const LATE: u32 = 15;
const LAST: u32 = 105;

/// How far the mail has come.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Way {
    trial: MailTrial,
    state: TrialState,
    late: bool,
}

/// The test and what came of it.
#[component]
pub fn MailTest(
    /// The inbox.
    inbox: InboxId,
    /// The address mail is written to.
    address: String,
    /// Whether its mailbox is read, or mail is forwarded here.
    mailbox: bool,
) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let way = RwSignal::new(None::<Way>);
    let trip = Trip::new();
    let begin = move |_| {
        way.set(None);
        trip.send(ask(api::TryMail { account: store.account, inbox }), move |trial| {
            way.set(Some(Way { trial: trial.clone(), state: TrialState::Waiting, late: false }));
            spawn(async move {
                for look in 0..LAST {
                    pause(if look < LATE { LOOK } else { LATE_LOOK }).await;
                    // Another test, or another page.
                    if way.try_with_untracked(|way| way.as_ref().is_none_or(|way| way.trial != trial)) != Some(false) {
                        return;
                    }
                    // A look that fails is made up for by the next.
                    let Ok(state) = ask(api::WatchMailTrial { account: store.account, inbox, mark: trial.mark.clone() }).await else {
                        continue;
                    };
                    let over = state != TrialState::Waiting;
                    way.try_update(|way| {
                        if let Some(way) = way.as_mut().filter(|way| way.trial == trial) {
                            (way.state, way.late) = (state, look + 1 >= LATE);
                        }
                    });
                    if over {
                        return;
                    }
                }
            });
        });
    };
    let line = {
        let address = address.clone();
        move || locale.say_with(text::TRIAL_LINE, &[("address", &address)])
    };
    view! {
        <div class="mail-domain mail-trial">
            <h3 class="card__subtitle">{t(text::TRIAL_TITLE)}</h3>
            <p class="card__line">{live(line)}</p>
            <Failure message=trip.message()/>
            <div role="status">{live(move || way.get().map(|way| steps(locale, way, mailbox)))}</div>
            <div class="form__end">
                <button type="button" class="button" aria-busy=attr(move || trip.busy.get().to_string()) on:click=act(begin)>
                    {Icon::SEND.view()}
                    <span>{live(move || t(if way.with(Option::is_some) { text::TRIAL_AGAIN } else { text::TRIAL_BEGIN })())}</span>
                </button>
            </div>
        </div>
    }
    .any()
}

/// Every step as a line of its own.
fn steps(locale: Locale, way: Way, mailbox: bool) -> AnyView {
    let address = way.trial.to.clone();
    let line = |state: &'static str, icon: Icon, words: String| {
        view! { <p class="connection" data-state=state>{icon.view()} <span>{words}</span></p> }.any()
    };
    let sent = line("good", Icon::CIRCLE_CHECK, locale.say_with(text::TRIAL_SENT, &[("address", &address)]));
    let next = match way.state {
        TrialState::Arrived { seconds } => line("good", Icon::CIRCLE_CHECK, locale.count(text::TRIAL_ARRIVED, seconds)),
        TrialState::Refused { words } => line("bad", Icon::TRIANGLE_ALERT, locale.say_with(text::TRIAL_REFUSED, &[("words", &words)])),
        TrialState::Waiting if way.late => {
            let rule = locale.say_with(if mailbox { text::TRIAL_LATE_MAILBOX } else { text::TRIAL_LATE_RULE }, &[("address", &address)]);
            let spam = locale.say_with(text::TRIAL_LATE_SPAM, &[("address", &address)]);
            view! {
                {line("weak", Icon::INFO, locale.say(text::TRIAL_LATE).to_owned())}
                <ul class="mail-trial__hints">
                    <li>{rule}</li>
                    {(!mailbox).then(|| view! { <li>{t(text::TRIAL_LATE_PASSWORD)}</li> })}
                    <li>{spam}</li>
                </ul>
            }
            .any()
        }
        TrialState::Waiting => line("weak", Icon::CLOCK, locale.say(text::TRIAL_WAITING).to_owned()),
    };
    view! { {sent} {next} }.any()
}
