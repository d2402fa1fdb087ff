//! A picture as large as the screen allows, with its neighbours in the conversation one key away: zoom, turn, download.
//! Which pictures there are it reads from the thread that is drawn; fetching older messages is the thread's business.

use super::Panels;
use kit::Draw;
use kit::Icon;
use kit::browser::set_property;
use kit::i18n::{Locale, Text, t, text};
use kit::{act, attr, effect, live};
use leptos::prelude::*;
use leptos::{ev, html};
use model::AttachmentId;
use wasm_bindgen::JsCast;

/// How large a picture may be drawn, in percent of what fits.
const ZOOMS: [u32; 7] = [50, 100, 150, 200, 300, 400, 600];
/// The place of 100 % among them.
const FITS: usize = 1;

/// A picture of the thread.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Picture {
    id: String,
    address: String,
    name: String,
}

/// The pictures of the thread that is drawn, in order.
fn pictures() -> Vec<Picture> {
    let Ok(all) = document().query_selector_all("a[data-picture]") else { return Vec::new() };
    let read = |at| {
        let link: web_sys::Element = all.item(at)?.dyn_into().ok()?;
        let name = link.first_element_child().and_then(|image| image.get_attribute("alt")).unwrap_or_default();
        Some(Picture { id: link.get_attribute("data-picture")?, address: link.get_attribute("href")?, name })
    };
    (0..all.length()).filter_map(read).collect()
}

/// The picture opened first, and the way to the others.
#[component]
pub fn Lightbox(
    /// Which.
    first: AttachmentId,
) -> impl IntoView {
    let (panels, locale) = (Panels::current(), Locale::current());
    let node = NodeRef::<html::Dialog>::new();
    let stage = NodeRef::<html::Div>::new();
    let all = StoredValue::new(pictures());
    let count = all.with_value(Vec::len);
    let began = all.with_value(|all| all.iter().position(|picture| picture.id == first.to_string()).unwrap_or(0));
    let (at, zoom, turn) = (RwSignal::new(began), RwSignal::new(FITS), RwSignal::new(0_u32));
    let one = move |at: usize| all.with_value(|all| all.get(at).cloned());
    effect(move || {
        if let Some(dialog) = node.get()
            && !dialog.open()
        {
            // Fails only for an element outside the document.
            let _ = dialog.show_modal();
        }
    });
    effect(move || {
        let (zoom, turn) = (ZOOMS[zoom.get()], turn.get());
        let Some(stage) = stage.get() else { return };
        set_property(&stage, "--zoom", &format!("{zoom}%"));
        set_property(&stage, "--turn", &format!("{}deg", turn * 90));
    });
    let closed = move |_| {
        // The focus returns to the picture seen last.
        let link = one(at.get_untracked()).map(|picture| format!("a[data-picture=\"{}\"]", picture.id));
        panels.0.set(None);
        if let Some(link) = link {
            request_animation_frame(move || {
                kit::browser::focus(&link);
            });
        }
    };
    let close = move || {
        if let Some(dialog) = node.get_untracked() {
            dialog.close();
        }
    };
    let go = move |by: isize| {
        let to = at.get_untracked().saturating_add_signed(by).min(count.saturating_sub(1));
        if to != at.get_untracked() {
            zoom.set(FITS);
            turn.set(0);
            at.set(to);
        }
    };
    let scale = move |by: isize| zoom.update(|zoom| *zoom = zoom.saturating_add_signed(by).min(ZOOMS.len() - 1));
    let keys = move |event: ev::KeyboardEvent| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        match event.key().as_str() {
            "ArrowLeft" => go(-1),
            "ArrowRight" => go(1),
            "+" | "=" => scale(1),
            "-" => scale(-1),
            "0" => zoom.set(FITS),
            "r" => turn.update(|turn| *turn += 1),
            "d" => {
                let link = node.get_untracked().and_then(|dialog| dialog.query_selector("a[download]").ok().flatten());
                if let Some(link) = link.and_then(|link| link.dyn_into::<web_sys::HtmlElement>().ok()) {
                    link.click();
                }
            }
            _ => return,
        }
        event.prevent_default();
    };
    let tool = move |icon: Icon, words: Text, run: Callback<()>| {
        view! {
            <button type="button" class="icon-button" aria-label=t(words) title=t(words) on:click=act(move |_| run.run(()))>{icon.view()}</button>
        }
        .any()
    };
    let place = move || {
        let (here, all) = ((at.get() + 1).to_string(), count.to_string());
        locale.say_with(text::LIGHTBOX_PLACE, &[("here", &here), ("all", &all)])
    };
    view! {
        <dialog
            class="lightbox"
            node_ref=node
            aria-label=t(text::LIGHTBOX_TITLE)
            on:close=act(closed)
            on:keydown=act(keys)
        >
            <header class="lightbox__head">
                <p class="lightbox__words" role="status">
                    <b>{live(move || one(at.get()).map(|picture| picture.name))}</b>
                    " "
                    <span>{live(place)}</span>
                </p>
                {tool(Icon::ZOOM_OUT, text::LIGHTBOX_SMALLER, Callback::new(move |()| scale(-1)))}
                {tool(Icon::ZOOM_IN, text::LIGHTBOX_LARGER, Callback::new(move |()| scale(1)))}
                {tool(Icon::ROTATE_CW, text::LIGHTBOX_TURN, Callback::new(move |()| turn.update(|turn| *turn += 1)))}
                {live(move || one(at.get()).map(|picture| view! {
                    <a
                        class="icon-button"
                        href=picture.address
                        download=picture.name
                        rel="external"
                        aria-label=t(text::LIGHTBOX_DOWNLOAD)
                        title=t(text::LIGHTBOX_DOWNLOAD)
                    >
                        {Icon::DOWNLOAD.view()}
                    </a>
                }))}
                {tool(Icon::X, text::COMMON_CLOSE, Callback::new(move |()| close()))}
            </header>
            <div
                class="lightbox__stage"
                node_ref=stage
                data-sideways=attr(move || (turn.get() % 2 == 1).to_string())
                on:click=act(move |event: ev::MouseEvent| {
                    // Beside the picture is outside.
                    if event.target() == event.current_target() {
                        close();
                    }
                })
                on:dblclick=act(move |_| zoom.update(|zoom| *zoom = if *zoom == FITS { FITS + 2 } else { FITS }))
            >
                {live(move || one(at.get()).map(|picture| view! {
                    <img class="lightbox__image" src=picture.address alt=picture.name decoding="async"/>
                }))}
            </div>
            {(count > 1).then(|| view! {
                <button
                    type="button"
                    class="icon-button lightbox__step"
                    data-to="previous"
                    aria-label=t(text::LIGHTBOX_PREVIOUS)
                    aria-disabled=attr(move || (at.get() == 0).to_string())
                    on:click=act(move |_| go(-1))
                >
                    {Icon::CHEVRON_LEFT.view()}
                </button>
                <button
                    type="button"
                    class="icon-button lightbox__step"
                    data-to="next"
                    aria-label=t(text::LIGHTBOX_NEXT)
                    aria-disabled=attr(move || (at.get() + 1 == count).to_string())
                    on:click=act(move |_| go(1))
                >
                    {Icon::CHEVRON_RIGHT.view()}
                </button>
            })}
            // The neighbours are fetched before they are asked for.
            <div hidden=true>
                {live(move || [at.get().checked_sub(1), Some(at.get() + 1)].into_iter().flatten().filter_map(one).map(|picture| view! {
                    <img src=picture.address alt=""/>
                }.any()).collect::<Vec<_>>())}
            </div>
        </dialog>
    }
    .any()
}
