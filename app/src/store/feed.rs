//! The stream of events: one per browser, held by a leading tab and shared with the others, resumed by number after every break.
//! It changes nothing itself; the store applies what it brings.

use super::wire::{Missed, Wire};
use super::{Link, Store};
use crate::json;
use crate::store::ask;
use kit::spawn;
use kit::time::present;
use leptos::prelude::*;
use model::{Event, Seq, Signal, Timestamp};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{BroadcastChannel, EventSource, MessageEvent};

/// Silence after which a stream is taken for dead; the server speaks at least every 15 s.
const SILENCE_MS: i64 = 35_000;
/// How often the leader tells the other tabs how it stands.
const BEAT: Duration = Duration::from_secs(5);
/// How long a new tab waits to become the leader before it catches up as a follower.
const SETTLE: Duration = Duration::from_millis(200);

struct Feed {
    store: Store,
    channel: Option<BroadcastChannel>,
    source: RefCell<Option<EventSource>>,
    leading: Cell<bool>,
    heard: Cell<Timestamp>,
    failures: Cell<u32>,
    /// Events that arrive while missed ones are being fetched wait here, so that order is kept.
    held: RefCell<Option<Vec<Event>>>,
}

/// Follows the account's events for as long as the page lives. Only in a browser, once per store.
pub fn follow(store: Store) {
    store.restore_outbox();
    let channel = BroadcastChannel::new(&format!("recado-{}", store.account)).ok();
    let feed = Rc::new(Feed {
        store,
        channel,
        source: RefCell::new(None),
        leading: Cell::new(false),
        heard: Cell::new(present()),
        failures: Cell::new(0),
        held: RefCell::new(None),
    });
    feed.clone().listen();
    feed.clone().campaign();
    let follower = feed.clone();
    set_timeout(
        move || {
            if !follower.leading.get() {
                follower.catch_up();
            }
        },
        SETTLE,
    );
    let beating = feed.clone();
    set_interval(move || beating.beat(), BEAT);
    let back = feed.clone();
    on_window("online", move || {
        back.store.link.set(Link::Reconnecting);
        back.failures.set(0);
        if back.leading.get() {
            back.clone().connect();
        } else {
            back.clone().catch_up();
        }
    });
    on_window("offline", move || store.link.set(Link::Offline));
    // A tab that slept may have missed words of the leader.
    let woken = feed;
    on_window("focus", move || {
        if !woken.leading.get() && present().since(woken.heard.get()) > 3 * 5_000 {
            woken.clone().catch_up();
        }
    });
}

fn on_window(name: &'static str, run: impl Fn() + 'static) {
    let callback = Closure::<dyn FnMut()>::new(run);
    // Listening to a well-known event of the window cannot fail.
    let _ = window().add_event_listener_with_callback(name, callback.as_ref().unchecked_ref());
    callback.forget();
}

impl Feed {
    /// Hears what other tabs say.
    fn listen(self: Rc<Self>) {
        let Some(channel) = self.channel.clone() else { return };
        let callback = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            let word = message.data().as_string().and_then(|text| json::read::<Wire>(&text));
            let Some(word) = word.filter(|_| !self.leading.get()) else { return };
            self.heard.set(present());
            match word {
                Wire::Event(text) => self.hear(&text),
                Wire::Signal(text) => self.notice(&text),
                Wire::Reset => self.store.reload(),
                Wire::Beat(link, seq) => {
                    self.set_link(link);
                    if seq > self.store.seq() {
                        self.clone().catch_up();
                    }
                }
            }
        });
        channel.set_onmessage(Some(callback.as_ref().unchecked_ref()));
        callback.forget();
    }

    /// Asks to be the leader: at once where nobody leads, later when the present one goes. Without locks every tab leads itself.
    fn campaign(self: Rc<Self>) {
        let locks = js_sys::Reflect::get(&window().navigator(), &"locks".into()).unwrap_or(JsValue::UNDEFINED);
        let request = js_sys::Reflect::get(&locks, &"request".into()).ok().and_then(|found| found.dyn_into::<js_sys::Function>().ok());
        let name = format!("recado-feed-{}", self.store.account);
        let Some(request) = request else {
            self.lead();
            return;
        };
        let callback = Closure::<dyn FnMut(JsValue) -> js_sys::Promise>::new(move |_| {
            self.clone().lead();
            // Held until the tab closes.
            js_sys::Promise::new(&mut |_, _| {})
        });
        // The promise of the request settles only with the tab.
        let _ = request.call2(&locks, &name.into(), callback.as_ref());
        callback.forget();
    }

    fn lead(self: Rc<Self>) {
        self.leading.set(true);
        self.connect();
    }

    fn connect(self: Rc<Self>) {
        self.hang_up();
        let Seq(after) = self.store.seq();
        let address = format!("/events/{}?after={after}", self.store.account);
        let Ok(source) = EventSource::new(&address) else { return };
        self.heard.set(present());
        self.clone().on(&source, "open", |feed, _| {
            feed.failures.set(0);
            feed.set_link(Link::Up);
        });
        self.clone().on(&source, "event", |feed, data| {
            feed.say(&Wire::Event(data.to_owned()));
            feed.hear(data);
        });
        self.clone().on(&source, "signal", |feed, data| {
            feed.say(&Wire::Signal(data.to_owned()));
            feed.notice(data);
        });
        self.clone().on(&source, "ping", |_, _| {});
        self.clone().on(&source, "reset", |feed, _| {
            feed.say(&Wire::Reset);
            feed.store.reload();
        });
        self.clone().on(&source, "bye", |feed, _| feed.connect());
        self.clone().on(&source, "error", |feed, _| feed.failed());
        *self.source.borrow_mut() = Some(source);
    }

    fn on(self: Rc<Self>, source: &EventSource, name: &str, run: impl Fn(Rc<Self>, &str) + 'static) {
        let mine = source.clone();
        let callback = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| {
            // Words of a stream that has been replaced are not heard any more.
            if self.source.borrow().as_ref() != Some(&mine) {
                return;
            }
            if name_is_news(&event) {
                self.heard.set(present());
            }
            let data = event.dyn_ref::<MessageEvent>().and_then(|message| message.data().as_string()).unwrap_or_default();
            run(self.clone(), &data);
        });
        // Listening on a fresh stream cannot fail.
        let _ = source.add_event_listener_with_callback(name, callback.as_ref().unchecked_ref());
        callback.forget();
    }

    fn failed(self: Rc<Self>) {
        self.set_link(Link::Reconnecting);
        let closed = self.source.borrow().as_ref().is_none_or(|source| source.ready_state() == EventSource::CLOSED);
        if !closed {
            return; // The browser itself tries again.
        }
        let failures = self.failures.get() + 1;
        self.failures.set(failures);
        // Where no stream comes through, what it would have brought is asked for.
        if failures > 1 {
            self.clone().catch_up();
        }
        let pause = Duration::from_secs(1 << failures.min(4));
        set_timeout(move || self.clone().check_and_connect(), pause);
    }

    /// After a refusal: somebody who is signed out goes to the door, everybody else tries again.
    fn check_and_connect(self: Rc<Self>) {
        spawn(async move {
            if matches!(ask(api::Session {}).await, Ok(None)) {
                super::ask::to_door();
            } else {
                self.connect();
            }
        });
    }

    fn hang_up(&self) {
        if let Some(source) = self.source.borrow_mut().take() {
            source.close();
        }
    }

    fn notice(&self, text: &str) {
        if let Some(signal) = json::read::<Signal>(text) {
            self.store.signal(signal);
        }
    }

    /// Applies an event, or holds it while missed ones are on their way.
    fn hear(&self, text: &str) {
        let Some(event) = json::read::<Event>(text) else { return };
        match self.held.borrow_mut().as_mut() {
            Some(held) => held.push(event),
            None => self.store.apply(std::slice::from_ref(&event)),
        }
    }

    /// Fetches what this tab missed, as often as it takes.
    fn catch_up(self: Rc<Self>) {
        if self.held.borrow().is_some() {
            return;
        }
        *self.held.borrow_mut() = Some(Vec::new());
        spawn(async move {
            let missed = fetch_missed(self.store).await;
            let held = self.held.borrow_mut().take().unwrap_or_default();
            match missed {
                Some(missed) if missed.reset => self.store.reload(),
                Some(missed) => {
                    self.heard.set(present());
                    self.store.apply(&missed.events);
                }
                None => {}
            }
            self.store.apply(&held);
        });
    }

    fn beat(self: &Rc<Self>) {
        let silent = present().since(self.heard.get());
        if self.leading.get() {
            if silent > SILENCE_MS && self.store.link.get_untracked() != Link::Offline {
                self.set_link(Link::Reconnecting);
                self.clone().catch_up();
                self.clone().connect();
            }
            self.say(&Wire::Beat(self.store.link.get_untracked(), self.store.seq()));
        }
    }

    fn set_link(&self, link: Link) {
        let link = if window().navigator().on_line() { link } else { Link::Offline };
        if self.store.link.get_untracked() == link {
            return;
        }
        self.store.link.set(link);
        if link == Link::Up {
            self.store.pump();
        }
    }

    fn say(&self, word: &Wire) {
        if let (Some(channel), Some(text)) = (&self.channel, json::write(word)) {
            // A word that cannot be said is made good by catching up.
            let _ = channel.post_message(&text.into());
        }
    }
}

/// Everything but an error proves that the server is there.
fn name_is_news(event: &JsValue) -> bool {
    event.dyn_ref::<web_sys::Event>().is_some_and(|event| event.type_() != "error")
}

async fn fetch_missed(store: Store) -> Option<Missed> {
    let Seq(after) = store.seq();
    let address = format!("/events/{}/page?after={after}", store.account);
    let response = JsFuture::from(window().fetch_with_str(&address)).await.ok()?;
    let response = response.dyn_into::<web_sys::Response>().ok().filter(web_sys::Response::ok)?;
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    json::read(&text)
}
