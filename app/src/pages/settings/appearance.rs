//! How the widget looks and what visitors can do in it, with a preview that follows every key.
//! The preview is a drawing; the widget itself is another program.

use super::inbox::Save;
use crate::parts::{ChannelForm, settings_of};
use kit::Draw;
use kit::browser::set_property;
use kit::i18n::{Locale, Text, said, t, text};
use kit::{Failure, Icon, Submit, SwitchField};
use kit::{effect, live};
use leptos::html;
use leptos::prelude::*;
use model::{Field, FieldInput, InboxChange, WidgetFeatures};

/// The appearance.
#[component]
pub fn Appearance(
    /// The inbox.
    save: Save,
) -> impl IntoView {
    let locale = Locale::current();
    let (form, stored, features) = save.detail.with_untracked(|detail| {
        let features = detail.website.as_ref().map_or_else(WidgetFeatures::default, |website| website.features);
        (detail.form.clone(), detail.settings.clone(), features)
    });
    // Name and domain say what the inbox is; everything else says how it appears.
    let form: Vec<Field> =
        form.into_iter().filter(|field| !matches!(field.key.as_ref(), "name" | "domain") && field.input != FieldInput::Secret).collect();
    let values = settings_of(&form, Some(&stored), locale.now());
    let features = RwSignal::new(features);
    let submit = {
        let values = values.clone();
        move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            let mut settings = save.detail.with_untracked(|detail| detail.settings.clone());
            settings.extend(values.iter().map(|(key, value)| (key.clone(), value.get_untracked())));
            save.run(InboxChange { settings: Some(settings), features: Some(features.get_untracked()), ..InboxChange::default() });
        }
    };
    let value = {
        let values = values.clone();
        move |key: &str| values.iter().find(|(name, _)| name == key).map(|(_, value)| *value)
    };
    let switch = move |words: Text, read: fn(&WidgetFeatures) -> bool, write: fn(&mut WidgetFeatures, bool)| {
        view! {
            <SwitchField
                label=said(words)
                value=Signal::derive(move || features.with(read))
                change=Callback::new(move |on| features.update(|features| write(features, on)))
            />
        }
    };
    view! {
        <div class="split">
            <form class="split__form" novalidate on:submit=submit>
                <section class="card">
                    <div class="form">
                        <Failure message=save.trip.message()/>
                        <ChannelForm form=form values=values trip=save.trip/>
                    </div>
                </section>
                <section class="card">
                    <h2 class="card__title">{t(text::LOOK_FEATURES)}</h2>
                    <div class="form">
                        {switch(text::LOOK_ATTACHMENTS, |f| f.attachments, |f, on| f.attachments = on)}
                        {switch(text::LOOK_VIDEO, |f| f.video, |f, on| f.video = on)}
                        {switch(text::LOOK_AUDIO, |f| f.audio, |f, on| f.audio = on)}
                        {switch(text::LOOK_EMOJI, |f| f.emoji, |f, on| f.emoji = on)}
                        {switch(text::LOOK_BRANDING, |f| f.branding, |f, on| f.branding = on)}
                    </div>
                    <div class="form__end"><Submit label=said(text::COMMON_SAVE) busy=save.trip.busy/></div>
                </section>
            </form>
            <Preview
                colour=value("colour")
                heading=value("heading")
                tagline=value("tagline")
                greeting=value("greeting")
                reply_time=value("reply_time")
                features=features
            />
        </div>
    }
    .any()
}

/// A drawing of the widget with the values as they are typed.
#[component]
fn Preview(
    colour: Option<RwSignal<String>>,
    heading: Option<RwSignal<String>>,
    tagline: Option<RwSignal<String>>,
    greeting: Option<RwSignal<String>>,
    reply_time: Option<RwSignal<String>>,
    features: RwSignal<WidgetFeatures>,
) -> impl IntoView {
    let locale = Locale::current();
    let node = NodeRef::<html::Aside>::new();
    let read = |signal: Option<RwSignal<String>>| signal.map(|signal| signal.get()).unwrap_or_default();
    effect(move || {
        let Some(node) = node.get() else { return };
        let colour = read(colour);
        if let Some(on) = text_on(&colour) {
            set_property(&node, "--widget", &colour);
            set_property(&node, "--on-widget", on);
        }
    });
    let answer = move || {
        locale.say(match read(reply_time).as_str() {
            "hours" => text::LOOK_ANSWER_HOURS,
            "day" => text::LOOK_ANSWER_DAY,
            _ => text::LOOK_ANSWER_MINUTES,
        })
    };
    let some = |words: String| Some(words).filter(|words| !words.is_empty());
    view! {
        <aside class="preview" aria-label=t(text::LOOK_PREVIEW) node_ref=node>
            <p class="preview__label">{t(text::LOOK_PREVIEW)}</p>
            <div class="preview__frame" aria-hidden="true">
                <header class="preview__head">
                    <b>{live(move || read(heading))}</b>
                    <span>{live(move || read(tagline))}</span>
                    <small>{answer}</small>
                </header>
                <div class="preview__body">
                    {live(move || some(read(greeting)).map(|words| view! { <p class="preview__in">{words}</p> }))}
                    <p class="preview__out">{t(text::LOOK_SAMPLE_IN)}</p>
                    <p class="preview__in">{t(text::LOOK_SAMPLE_OUT)}</p>
                </div>
                <footer class="preview__foot">
                    <span>{t(text::LOOK_FIELD)}</span>
                    {live(move || features.with(|features| features.emoji).then(|| Icon::SMILE.view()))}
                    {live(move || features.with(|features| features.attachments).then(|| Icon::PAPERCLIP.view()))}
                    <i>{Icon::SEND_HORIZONTAL.view()}</i>
                </footer>
            </div>
            <span class="preview__launcher" aria-hidden="true">{Icon::MESSAGE_CIRCLE.view()}</span>
        </aside>
    }
    .any()
}

/// Black or white, whichever contrasts more with `#rrggbb` (WCAG relative luminance); none for anything else.
fn text_on(colour: &str) -> Option<&'static str> {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&digits[at..at + 2], 16).ok()?) / 255.0;
        Some(if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) })
    };
    let luminance = 0.2126 * channel(0)? + 0.7152 * channel(2)? + 0.0722 * channel(4)?;
    let (white, black) = (1.05 / (luminance + 0.05), (luminance + 0.05) / 0.05);
    Some(if white >= black { "#fff" } else { "#000" })
}

#[cfg(test)]
mod tests {
    use super::text_on;

    #[test]
    fn text_stands_out_from_any_colour() {
        assert_eq!(text_on("#000000"), Some("#fff"));
        assert_eq!(text_on("#ffee00"), Some("#000"));
        assert_eq!(text_on("#5b3fd6"), Some("#fff"));
        assert_eq!(text_on("red"), None);
    }
}
