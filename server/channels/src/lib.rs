//! The channels: one folder each, behind one trait, listed in one place. This crate knows providers; it knows no store, and no channel knows another.

mod channel;
mod coming;
mod form;

pub use channel::*;
pub use coming::coming;
pub use form::accept;

/// Declares each channel's module and its entry in the list.
macro_rules! channels {
    ($($module:ident :: $channel:ident),* $(,)?) => {
        $(pub mod $module;)*

        /// Every channel of this release, in the order of the grid.
        #[must_use]
        pub fn all() -> &'static [&'static dyn Channel] {
            &[$(&$module::$channel),*]
        }
    };
}

channels! { website::Website }

/// The channel of this kind.
#[must_use]
pub fn find(kind: &str) -> Option<&'static dyn Channel> {
    all().iter().copied().find(|channel| channel.descriptor().kind == kind)
}
