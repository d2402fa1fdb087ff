//! What the name servers say of the domain an inbox sends mail from: asked when somebody wants to know, said in plain words, with the record that would
//! mend what is missing. It is drawn only where messages have subjects.

use crate::pages::Trip;
use crate::parts::said_in;
use crate::store::{Store, ask};
use kit::Draw;
use kit::i18n::{Locale, t, text};
use kit::{Code, Failure, Icon};
use kit::{act, attr, live};
use leptos::prelude::*;
use model::{Grade, InboxId, RecordView};

/// The check and its answers.
#[component]
pub fn MailDomain(
    /// The inbox.
    inbox: InboxId,
) -> impl IntoView {
    let store = Store::current();
    let found = RwSignal::new(Vec::<RecordView>::new());
    let trip = Trip::new();
    let look = move |_| trip.send(ask(api::SendingDomain { account: store.account, inbox }), move |records| found.set(records));
    view! {
        <div class="mail-domain">
            <h3 class="card__subtitle">{t(text::DOMAIN_TITLE)}</h3>
            <p class="card__line">{t(text::DOMAIN_LINE)}</p>
            <Failure message=trip.message()/>
            <div role="status">{live(move || found.get().into_iter().map(record).collect::<Vec<_>>())}</div>
            <div class="form__end">
                <button type="button" class="button" aria-busy=attr(move || trip.busy.get().to_string()) on:click=act(look)>
                    {Icon::SEARCH.view()} <span>{t(text::DOMAIN_CHECK)}</span>
                </button>
            </div>
        </div>
    }
    .any()
}

fn record(found: RecordView) -> AnyView {
    let locale = Locale::current();
    let (icon, state) = match found.grade {
        Grade::Good => (Icon::CIRCLE_CHECK, "good"),
        Grade::Weak => (Icon::INFO, "weak"),
        Grade::Bad => (Icon::TRIANGLE_ALERT, "bad"),
    };
    let said = found.said;
    view! {
        <p class="connection" data-state=state>
            {icon.view()} <span><b>{found.what}</b> " · " {live(move || said_in(locale.language(), &said))}</span>
        </p>
        {found.publish.map(|(name, record)| view! {
            <div class="field">
                <span class="field__label">{live(move || locale.say_with(text::DOMAIN_PUBLISH, &[("name", &name)]))}</span>
                <Code value=Signal::derive(move || record.clone())/>
            </div>
        })}
    }
    .any()
}
