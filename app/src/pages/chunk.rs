//! Pages that a first visit to the conversations does not need: their code is a file of its own, fetched when they are first shown.
//! The server draws them at once; a browser fetches the chunk of its address before it takes the page over.

use super::Trouble;
use crate::panels::{self, Panel, Tool};
use crate::panes::{ContactPane, ThreadPane};
use crate::routes::Place;
use crate::store::Thread;
use api::Fault;
use kit::Draw;
use kit::i18n::{t, text};
use kit::{Skeleton, live, spawn};
use leptos::prelude::*;
use leptos::wasm_split::{SplitLoaderError, wasm_split};
use model::{FaultCode, MessageId};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

type Drawn = Result<AnyView, SplitLoaderError>;
/// Which chunks have arrived; a browser's page has one thread.
static HERE: [AtomicBool; 5] = [const { AtomicBool::new(false) }; 5];

type Fetched = Pin<Box<dyn Future<Output = Result<(), SplitLoaderError>>>>;

/// A part of the program that is fetched by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chunk {
    /// Signing in and up, invitations and resets.
    Door,
    /// The contacts.
    Contacts,
    /// The settings.
    Settings,
    /// What opens over the desk.
    Panels,
    /// A conversation that is open: its messages, the reply field, the customer beside them.
    Conversation,
}

impl Chunk {
    /// The chunk an address needs before its page can be taken over.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let Some(rest) = path.strip_prefix("/app/accounts/") else { return Some(Self::Door) };
        match Place::parse(rest.split_once('/').map_or("", |(_, rest)| rest)) {
            Place::Contacts(_) => Some(Self::Contacts),
            Place::Settings(_) => Some(Self::Settings),
            Place::Conversations { number: Some(_), .. } => Some(Self::Conversation),
            Place::Conversations { number: None, .. } | Place::Nowhere => None,
        }
    }

    /// Fetches it; what is here already is not fetched again.
    ///
    /// # Errors
    /// When the network fails; asking again tries again.
    pub async fn fetch(self) -> Result<(), SplitLoaderError> {
        let work: Fetched = match self {
            Self::Door => Box::pin(fetch_door()),
            Self::Contacts => Box::pin(fetch_contacts()),
            Self::Settings => Box::pin(fetch_settings()),
            Self::Panels => Box::pin(fetch_panels()),
            Self::Conversation => Box::pin(fetch_conversation()),
        };
        work.await?;
        HERE[self as usize].store(true, Ordering::Relaxed);
        Ok(())
    }

    fn is_here(self) -> bool {
        cfg!(not(target_family = "wasm")) || HERE[self as usize].load(Ordering::Relaxed)
    }
}

/// The pages before somebody is inside an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// `/`.
    Home,
    /// `/login`.
    Login,
    /// `/signup`.
    SignUp,
    /// `/forgot`.
    Forgot,
    /// `/reset/:token`.
    Reset,
    /// `/invite/:token`.
    Invite,
}

#[wasm_split(door, wasm_split_path = leptos::wasm_split, preload(fetch_door), fallible)]
fn draw_door(which: Door) -> Drawn {
    Ok(match which {
        Door::Home => view! { <super::Home/> }.any(),
        Door::Login => view! { <super::Login/> }.any(),
        Door::SignUp => view! { <super::SignUp/> }.any(),
        Door::Forgot => view! { <super::Forgot/> }.any(),
        Door::Reset => view! { <super::Reset/> }.any(),
        Door::Invite => view! { <super::Invite/> }.any(),
    })
}

#[wasm_split(contacts, wasm_split_path = leptos::wasm_split, preload(fetch_contacts), fallible)]
fn draw_contacts(place: Memo<Place>) -> Drawn {
    Ok(view! { <super::contacts::Contacts place=place/> }.any())
}

#[wasm_split(settings, wasm_split_path = leptos::wasm_split, preload(fetch_settings), fallible)]
fn draw_settings(place: Memo<Place>) -> Drawn {
    Ok(view! { <super::settings::Settings place=place/> }.any())
}

#[wasm_split(panels, wasm_split_path = leptos::wasm_split, preload(fetch_panels), fallible)]
fn draw_panel(which: Opened) -> Drawn {
    Ok(match which {
        Opened::Panel(panel) => panels::draw(panel),
        Opened::Tool(tool) => panels::draw_tool(tool),
        Opened::Clipping(html, marked) => {
            marked.set_value(panels::clipping::read(&html));
            ().any()
        }
    })
}

#[wasm_split(conversation, wasm_split_path = leptos::wasm_split, preload(fetch_conversation), fallible)]
fn draw_conversation(which: Side) -> Drawn {
    Ok(match which {
        Side::Thread { thread, pane, anchor } => view! { <ThreadPane thread=thread pane=pane anchor=anchor/> }.any(),
        Side::Contact { thread, close } => view! { <ContactPane thread=thread close=close/> }.any(),
    })
}

/// What the chunk of an open conversation draws; one function for both, as with the panels.
enum Side {
    Thread { thread: Thread, pane: RwSignal<Option<bool>>, anchor: Memo<Option<MessageId>> },
    Contact { thread: Thread, close: Callback<()> },
}

/// The messages of a conversation and its reply field.
pub fn thread(thread: Thread, pane: RwSignal<Option<bool>>, anchor: Memo<Option<MessageId>>) -> AnyView {
    shown(Chunk::Conversation, thread_waiting, move || Box::pin(draw_conversation(Side::Thread { thread: thread.clone(), pane, anchor })))
}

/// The shape of a conversation that is on its way.
pub fn thread_waiting() -> AnyView {
    view! {
        <section class="thread thread--waiting">
            <div class="thread__head"><Skeleton rows=1 shape="line"/></div>
            <div class="thread__scroll"><div class="thread__column"><Skeleton rows=6 shape="bubble"/></div></div>
            <div class="thread__foot"><div class="composer"><div class="composer__sheet"></div></div></div>
        </section>
    }
    .any()
}

/// The customer beside an open conversation.
pub fn contact(thread: Thread, close: Callback<()>) -> AnyView {
    shown(Chunk::Conversation, || ().any(), move || Box::pin(draw_conversation(Side::Contact { thread: thread.clone(), close })))
}

/// What the chunk of panels draws: one function for all, because each split function waits for its own loading.
enum Opened {
    Panel(Panel),
    Tool(Tool),
    Clipping(String, ArcStoredValue<Option<String>>),
}

/// What opens over the desk.
pub fn panel(which: Panel) -> AnyView {
    shown(Chunk::Panels, waiting, move || Box::pin(draw_panel(Opened::Panel(which))))
}

/// What opens inside the composer.
pub fn tool(which: Tool) -> AnyView {
    shown(Chunk::Panels, waiting, move || Box::pin(draw_panel(Opened::Tool(which))))
}

/// What is pasted, as text with marks; none where its plain text says as much, or the chunk cannot be had.
pub async fn clipping(html: String) -> Option<String> {
    Chunk::Panels.fetch().await.ok()?;
    let marked = ArcStoredValue::new(None);
    draw_panel(Opened::Clipping(html, marked.clone())).await.ok()?;
    marked.get_value()
}

/// A page before the account.
pub fn door(which: Door) -> AnyView {
    shown(Chunk::Door, waiting, move || Box::pin(draw_door(which)))
}

/// The contacts' page.
pub fn contacts(place: Memo<Place>) -> AnyView {
    shown(Chunk::Contacts, waiting, move || Box::pin(draw_contacts(place)))
}

/// The settings' pages.
pub fn settings(place: Memo<Place>) -> AnyView {
    shown(Chunk::Settings, waiting, move || Box::pin(draw_settings(place)))
}

fn waiting() -> AnyView {
    view! { <div class="page-waiting" role="status" aria-busy="true"><span class="visually-hidden">{t(text::COMMON_LOADING)}</span></div> }
        .any()
}

fn shown(
    chunk: Chunk,
    waiting: impl Fn() -> AnyView + Send + Sync + 'static,
    draw: impl Fn() -> Pin<Box<dyn Future<Output = Drawn>>> + Send + Sync + 'static,
) -> AnyView {
    let here = RwSignal::new(chunk.is_here());
    let failed = RwSignal::new(false);
    if !here.get_untracked() {
        spawn(async move {
            match chunk.fetch().await {
                Ok(()) => here.try_set(true),
                Err(_) => failed.try_set(true),
            };
        });
    }
    live(move || {
        if failed.get() {
            return view! { <Trouble fault=Fault::of(FaultCode::Offline)/> }.any();
        }
        if !here.get() {
            return waiting();
        }
        // What has arrived draws at once.
        match draw().as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(page)) => page,
            Poll::Ready(Err(_)) | Poll::Pending => view! { <Trouble fault=Fault::of(FaultCode::Offline)/> }.any(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::Chunk;

    #[test]
    fn an_address_names_the_chunk_it_needs() {
        assert_eq!(Chunk::of("/app/accounts/1/conversations"), None);
        assert_eq!(Chunk::of("/app/accounts/1/conversations/7"), Some(Chunk::Conversation));
        assert_eq!(Chunk::of("/app/accounts/1/settings/inboxes/new"), Some(Chunk::Settings));
        assert_eq!(Chunk::of("/app/accounts/1/contacts/4"), Some(Chunk::Contacts));
        assert_eq!(Chunk::of("/login"), Some(Chunk::Door));
    }
}
