//! The agents of the account: who they are, what they may, and how another one joins.
//! Which inboxes they see is set on each inbox.

use super::Head;
use crate::pages::Trip;
use crate::parts::{agent_photo, role_text};
use crate::store::Store;
use crate::store::ask;
use kit::Draw;
use kit::i18n::{Locale, fault_text, said, t, text};
use kit::spawn;
use kit::{Avatar, CopyButton, Dialog, Failure, Icon, SelectField, Submit, TextField, Toasts};
use kit::{act, each, effect, live};
use leptos::prelude::*;
use model::{AgentView, InvitedView, Permission, Role, UserId};

fn role_of(name: &str) -> Role {
    if name == Role::Administrator.name() { Role::Administrator } else { Role::Agent }
}

fn role_options() -> Signal<Vec<(String, String)>> {
    let locale = Locale::current();
    Signal::derive(move || {
        [Role::Agent, Role::Administrator].map(|role| (role.name().to_owned(), locale.say(role_text(role)).to_owned())).to_vec()
    })
}

/// The agents.
#[component]
pub fn Agents() -> impl IntoView {
    let store = Store::current();
    let manage = store.may(Permission::ManageAgents);
    let inviting = RwSignal::new(false);
    let leaving = RwSignal::new(None::<AgentView>);
    let resetting = RwSignal::new(None::<UserId>);
    view! {
        <Head title=said(text::AGENTS_TITLE) lead=said(text::AGENTS_LEAD)>
            {manage.then(|| view! {
                <button type="button" class="button" data-kind="primary" on:click=act(move |_| inviting.set(true))>
                    {Icon::USER_PLUS.view()}
                    <span>{t(text::AGENTS_INVITE)}</span>
                </button>
            })}
        </Head>
        <section class="card card--flush">
            <ul class="plain" role="list" aria-label=t(text::AGENTS_TITLE)>
                {each(move || store.agents.get(), move |agent| view! {
                    <AgentLine agent=agent manage=manage leaving=leaving resetting=resetting/>
                })}
            </ul>
        </section>
        <Dialog open=inviting title=said(text::AGENTS_INVITE_TITLE)><Invite/></Dialog>
        <Leave leaving=leaving/>
        <ResetLink resetting=resetting/>
    }
    .any()
}

#[component]
fn AgentLine(agent: AgentView, manage: bool, leaving: RwSignal<Option<AgentView>>, resetting: RwSignal<Option<UserId>>) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let id = agent.id;
    let photo = agent_photo(&agent);
    let role = agent.role;
    let name = agent.name.clone();
    let label = {
        let name = name.clone();
        Signal::derive(move || locale.say_with(text::AGENTS_ROLE_OF, &[("name", &name)]))
    };
    let remove = {
        let name = name.clone();
        move || locale.say_with(text::AGENTS_REMOVE_OF, &[("name", &name)])
    };
    let change = Callback::new(move |chosen: String| {
        spawn(async move {
            match ask(api::SetRole { account: store.account, user: id, role: role_of(&chosen) }).await {
                Ok(()) => toasts.say(text::COMMON_SAVED.in_(locale.now())),
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
        });
    });
    let here = Memo::new(move |_| store.here.with(|here| here.contains(&id)));
    let editable = manage && id != store.me;
    let kept = StoredValue::new(agent.clone());
    view! {
        <li class="plain__line">
            <Avatar name=name.clone() photo=photo/>
            <span class="plain__words">
                <b>
                    {name}
                    {live(move || {
                        here.get().then(|| view! { " " <span class="presence" data-state="online" title=t(text::AGENTS_HERE)></span> })
                    })}
                </b>
                <span>{agent.email.clone()}</span>
            </span>
            {(!agent.confirmed).then(|| view! { <span class="badge" data-kind="warn">{t(text::AGENTS_PENDING)}</span> })}
            {if editable {
                view! {
                    <SelectField
                        name=format!("role-{id}")
                        label=label
                        options=role_options()
                        value=role.name().to_owned()
                        change=change
                        bare=true
                    />
                }
                .any()
            } else {
                view! { <span class="plain__role">{t(role_text(role))}</span> }.any()
            }}
            {(editable && agent.confirmed).then(|| view! {
                <button
                    type="button"
                    class="icon-button"
                    aria-label=t(text::AGENTS_RESET)
                    title=t(text::AGENTS_RESET)
                    on:click=act(move |_| resetting.set(Some(id)))
                >
                    {Icon::KEY_ROUND.view()}
                </button>
            })}
            {editable.then(|| view! {
                <button type="button" class="icon-button" aria-label=remove on:click=act(move |_| leaving.set(Some(kept.get_value())))>
                    {Icon::TRASH_2.view()}
                </button>
            })}
        </li>
    }
    .any()
}

/// The form that invites, then the link to hand over.
#[component]
fn Invite() -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let (name, email) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let role = RwSignal::new(Role::Agent.name().to_owned());
    let invited = RwSignal::new(None::<InvitedView>);
    let trip = Trip::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let call = ask(api::InviteAgent {
            account: store.account,
            name: name.get_untracked(),
            email: email.get_untracked(),
            role: role_of(&role.get_untracked()),
        });
        trip.send(call, move |answer| invited.set(Some(answer)));
    };
    move || match invited.get() {
        None => view! {
            <form class="form" novalidate on:submit=submit>
                <Failure message=trip.message()/>
                <TextField name="agent-name" label=said(text::AGENTS_NAME) value=name error=trip.field("name") required=true max=80/>
                <TextField
                    name="agent-email"
                    kind="email"
                    label=said(text::AGENTS_EMAIL)
                    value=email
                    error=trip.field("email")
                    required=true
                />
                <SelectField
                    name="agent-role"
                    label=said(text::AGENTS_ROLE)
                    options=role_options()
                    value=role
                    change=Callback::new(move |chosen| role.set(chosen))
                />
                <p class="form__hint">{t(text::AGENTS_ROLE_HINT)}</p>
                <div class="form__end"><Submit label=said(text::AGENTS_SEND) busy=trip.busy/></div>
            </form>
        }
        .any(),
        Some(InvitedView { agent, link: Some(link) }) => view! {
            <div class="form">
                <h3 class="card__title">{t(text::AGENTS_LINK_TITLE)}</h3>
                <p>{live(move || locale.say_with(text::AGENTS_LINK_TEXT, &[("name", &agent.name)]))}</p>
                <code class="link-box">{link.clone()}</code>
                <div class="form__end"><CopyButton value=link/></div>
            </div>
        }
        .any(),
        Some(InvitedView { agent, link: None }) => view! {
            <p class="form__done">{Icon::MAIL.view()} {live(move || locale.say_with(text::AGENTS_MAILED, &[("email", &agent.email)]))}</p>
        }
        .any(),
    }
}

/// A link by which a colleague sets a new password, to hand over.
#[component]
fn ResetLink(resetting: RwSignal<Option<UserId>>) -> impl IntoView {
    let (store, locale, toasts) = (Store::current(), Locale::current(), Toasts::current());
    let open = RwSignal::new(false);
    let link = RwSignal::new(String::new());
    effect(move || {
        let Some(user) = resetting.get() else { return };
        spawn(async move {
            match ask(api::ResetLink { account: store.account, user }).await {
                Ok(made) => {
                    link.set(made);
                    open.set(true);
                }
                Err(fault) => toasts.fail(fault_text(locale.now(), &fault.0)),
            }
            resetting.set(None);
        });
    });
    view! {
        <Dialog open=open title=said(text::AGENTS_RESET)>
            <div class="form">
                <p>{t(text::AGENTS_RESET_TEXT)}</p>
                <code class="link-box">{live(move || link.get())}</code>
                <div class="form__end"><CopyButton value=link/></div>
            </div>
        </Dialog>
    }
    .any()
}

/// Asks before somebody is taken out of the account.
#[component]
fn Leave(leaving: RwSignal<Option<AgentView>>) -> impl IntoView {
    let (store, locale) = (Store::current(), Locale::current());
    let open = RwSignal::new(false);
    effect(move || {
        let asked = leaving.with(Option::is_some);
        if open.get_untracked() != asked {
            open.set(asked);
        }
    });
    effect(move || {
        if !open.get() && leaving.with_untracked(Option::is_some) {
            leaving.set(None);
        }
    });
    let title = Signal::derive(move || {
        let name = leaving.with(|agent| agent.as_ref().map(|agent| agent.name.clone()).unwrap_or_default());
        locale.say_with(text::AGENTS_REMOVE_TITLE, &[("name", &name)])
    });
    let trip = Trip::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if let Some(agent) = leaving.get_untracked() {
            trip.send(ask(api::RemoveAgent { account: store.account, user: agent.id }), move |()| open.set(false));
        }
    };
    view! {
        <Dialog open=open title=title>
            <form class="form" on:submit=submit>
                <Failure message=trip.message()/>
                <p>{t(text::AGENTS_REMOVE_TEXT)}</p>
                <div class="form__end" data-danger="true"><Submit label=said(text::AGENTS_REMOVE_SUBMIT) busy=trip.busy/></div>
            </form>
        </Dialog>
    }
    .any()
}
