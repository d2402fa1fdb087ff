//! The sound of being told something: two short tones, made here so that no file is fetched.
//! Whether it sounds is the person's own setting, asked where news comes in.

use kit::effect;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// Sounds once, when it is shown.
#[component]
pub fn Chime() -> impl IntoView {
    effect(|| {
        // A browser that was never clicked in stays silent, as it promises its owner.
        drop(sound());
    });
}

fn sound() -> Result<(), JsValue> {
    let context = web_sys::AudioContext::new()?;
    let now = context.current_time();
    for (at, pitch) in [(0.0, 660.0), (0.12, 880.0)] {
        let (tone, volume) = (context.create_oscillator()?, context.create_gain()?);
        tone.frequency().set_value(pitch);
        volume.gain().set_value_at_time(0.0, now + at)?;
        volume.gain().linear_ramp_to_value_at_time(0.12, now + at + 0.02)?;
        volume.gain().linear_ramp_to_value_at_time(0.0, now + at + 0.22)?;
        tone.connect_with_audio_node(&volume)?;
        volume.connect_with_audio_node(&context.destination())?;
        tone.start_with_when(now + at)?;
        tone.stop_with_when(now + at + 0.24)?;
    }
    Ok(())
}
