//! The bare address: it leads on to where somebody belongs.
//! It draws nothing of its own.

use crate::ShellOptions;
use crate::shell::start_of;
use leptos::prelude::*;
use leptos_router::components::Redirect;

/// `/`.
#[component]
pub fn Home() -> impl IntoView {
    let session = Resource::new_blocking(|| (), |()| api::session());
    let fresh = use_context::<ShellOptions>().is_some_and(|options| options.fresh);
    view! {
        <Suspense fallback=|| ()>
            {move || Suspend::new(async move {
                let path = match session.await {
                    Ok(Some(session)) => start_of(&session),
                    _ if fresh => "/signup".to_owned(),
                    _ => "/login".to_owned(),
                };
                view! { <Redirect path=path/> }
            })}
        </Suspense>
    }
}
