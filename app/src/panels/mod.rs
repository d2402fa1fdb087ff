//! What opens over the desk when somebody asks for it: its code is a file of its own, fetched on the first opening.
//! The desk says what is to be shown; each panel loads what it needs.

mod about;
mod bulk;
mod chime;
pub mod clipping;
mod commands;
mod condition;
mod create;
mod emoji;
mod erase;
mod filter;
mod find;
mod keys;
mod lightbox;
mod moments;
mod notices;
mod original;
mod recorder;
mod schedule;
mod sheet;
mod swipe;
mod templates;
mod transcript;
mod triage;

use crate::pages::panel;
use kit::live;
use leptos::prelude::*;
use model::{AttachmentId, ConversationId, FolderId, MessageId};

/// What can be opened over the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// Begins a conversation with a customer.
    Create,
    /// The list of keys.
    Keys,
    /// Finds anything.
    Find,
    /// What the reader is told.
    Notices,
    /// Puts a conversation to sleep.
    Snooze(ConversationId),
    /// Puts labels on a conversation.
    Labels(ConversationId),
    /// Runs a macro.
    Macros(ConversationId),
    /// Chooses an approved text for a conversation.
    Templates(ConversationId),
    /// Moves the messages of another conversation of the same customer into this one.
    Merge(ConversationId),
    /// Mails a conversation to somebody.
    Transcript(ConversationId),
    /// Takes whoever wrote a forwarded mail of a conversation for the sender.
    Original(ConversationId, MessageId),
    /// Chooses who follows a conversation.
    Participants(ConversationId),
    /// Changes the attributes of a conversation and its customer.
    Attributes(ConversationId),
    /// Deletes a conversation, once somebody is sure.
    Delete(ConversationId),
    /// Deletes a message, once somebody is sure.
    Erase(ConversationId, MessageId),
    /// Shows a picture of the open conversation, and the others beside it.
    Picture(AttachmentId),
    /// Puts a filter together, from the one that shows where it can.
    Filter,
    /// Puts a new folder together.
    NewFolder,
    /// Changes a folder.
    Folder(FolderId),
}

/// Which panel is open. Given as context by the desk.
#[derive(Clone, Copy, Debug)]
pub struct Panels(pub RwSignal<Option<Panel>>);

impl Panels {
    /// Provides the state for everything below.
    pub fn provide() -> Self {
        let panels = Self(RwSignal::new(None));
        provide_context(panels);
        panels
    }

    /// The state of this page.
    #[must_use]
    pub fn current() -> Self {
        expect_context()
    }

    /// Opens a panel, closing any other.
    pub fn open(self, panel: Panel) {
        self.0.set(Some(panel));
    }
}

/// What can be opened inside the composer or the list.
#[derive(Clone, Copy, Debug)]
pub enum Tool {
    /// The emoji, and what takes the one picked.
    Emoji(Callback<String>),
    /// The microphone, and what takes the recording.
    Recorder(recorder::Taken),
    /// When a reply leaves, and what takes the moment.
    Schedule(schedule::Chosen),
    /// What can be done to the picked rows of the list.
    Bulk,
    /// The sound of being told something.
    Chime,
    /// What fingers do to the rows of the list.
    Swipes,
}

/// The panel that is open.
#[component]
pub fn PanelHost() -> impl IntoView {
    let panels = Panels::current();
    live(move || panels.0.get().map(panel))
}

/// Draws a panel; called inside the chunk.
pub fn draw(panel: Panel) -> AnyView {
    use kit::Draw;
    match panel {
        Panel::Keys => view! { <keys::Keys/> }.any(),
        Panel::Find => view! { <find::Find/> }.any(),
        Panel::Notices => view! { <notices::Notices/> }.any(),
        Panel::Create => view! { <create::Create/> }.any(),
        Panel::Snooze(conversation) => view! { <triage::Snooze conversation=conversation/> }.any(),
        Panel::Labels(conversation) => view! { <triage::Labels conversation=conversation/> }.any(),
        Panel::Macros(conversation) => view! { <triage::Macros conversation=conversation/> }.any(),
        Panel::Templates(conversation) => view! { <templates::Templates conversation=conversation/> }.any(),
        Panel::Merge(conversation) => view! { <triage::Merge conversation=conversation/> }.any(),
        Panel::Transcript(conversation) => view! { <transcript::Transcript conversation=conversation/> }.any(),
        Panel::Original(conversation, message) => view! { <original::Original conversation=conversation message=message/> }.any(),
        Panel::Participants(conversation) => view! { <about::Participants conversation=conversation/> }.any(),
        Panel::Attributes(conversation) => view! { <about::Attributes conversation=conversation/> }.any(),
        Panel::Delete(conversation) => view! { <about::Delete conversation=conversation/> }.any(),
        Panel::Erase(conversation, message) => view! { <erase::Erase conversation=conversation message=message/> }.any(),
        Panel::Picture(first) => view! { <lightbox::Lightbox first=first/> }.any(),
        Panel::Filter => view! { <filter::FilterPanel/> }.any(),
        Panel::NewFolder => view! { <filter::FilterPanel fresh=true/> }.any(),
        Panel::Folder(folder) => view! { <filter::FilterPanel folder=folder/> }.any(),
    }
}

/// Draws a tool of the composer; called inside the chunk.
pub fn draw_tool(tool: Tool) -> AnyView {
    use kit::Draw;
    match tool {
        Tool::Emoji(pick) => view! { <emoji::Emoji pick=pick/> }.any(),
        Tool::Recorder(taken) => view! { <recorder::Recorder taken=taken/> }.any(),
        Tool::Chime => view! { <chime::Chime/> }.any(),
        Tool::Schedule(chosen) => view! { <schedule::Schedule chosen=chosen/> }.any(),
        Tool::Swipes => view! { <swipe::Swipes/> }.any(),
        Tool::Bulk => view! { <bulk::Bulk/> }.any(),
    }
}
