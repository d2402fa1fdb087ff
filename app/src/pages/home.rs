//! The bare address: it leads on to where somebody belongs.
//! It draws nothing of its own.

use crate::ShellOptions;
use crate::shell::start_of;
use crate::store::{ask_text, loaded, read, shown};
use kit::Draw;
use leptos::prelude::*;
use leptos_router::components::Redirect;
use model::SessionView;

/// `/`.
#[component]
pub fn Home() -> impl IntoView {
    let session = loaded(String::new, || ask_text(api::Session {}));
    let fresh = use_context::<ShellOptions>().is_some_and(|options| options.fresh);
    shown(
        || (),
        move || {
            Box::pin(async move {
                let path = match read::<Option<SessionView>>(session.await) {
                    Ok(Some(session)) => start_of(&session),
                    _ if fresh => "/signup".to_owned(),
                    _ => "/login".to_owned(),
                };
                view! { <Redirect path=path/> }.any()
            })
        },
    )
}
