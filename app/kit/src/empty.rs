//! What stands where there is nothing yet: a drawing, a sentence, one action; or grey shapes while it loads.
//! Which of them fits is decided by the page.

use crate::Icon;
use crate::live::Draw;
use crate::live::live;
use leptos::prelude::*;

/// An empty state.
#[component]
pub fn Empty(
    /// What is drawn.
    icon: Icon,
    /// A short title.
    #[prop(into)]
    title: Signal<String>,
    /// One sentence: why, and what next.
    #[prop(into)]
    line: Signal<String>,
    /// The one action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <div class="empty__drawing" aria-hidden="true">{icon.view()}</div>
            <p class="empty__title">{live(move || title.get())}</p>
            <p class="empty__line">{live(move || line.get())}</p>
            {children.map(|children| view! { <div class="empty__action">{children()}</div> })}
        </div>
    }
    .any()
}

/// Grey shapes in the place of rows; the stylesheet shows them only after 300 ms.
#[component]
pub fn Skeleton(
    /// How many rows.
    rows: usize,
    /// The shape, named in the stylesheet: `row`, `bubble`, `card`, `line`.
    #[prop(default = "row")]
    shape: &'static str,
) -> impl IntoView {
    view! {
        <div class="skeleton" aria-hidden="true" data-shape=shape>
            {(0..rows).map(|at| view! {
                <span class="skeleton__item" data-at=(at % 4).to_string()><i></i><b></b><em></em></span>
            }).collect_view()}
        </div>
    }
    .any()
}
