//! The channels: one folder each, behind one trait, listed in one place. This crate knows providers; it knows no store, and no channel knows another.

mod call;
mod channel;
mod coming;
mod escape;
mod form;
mod http;
mod inbound;
mod marks;
mod meta;
mod outbound;
mod pick;
pub mod proof;

pub use call::*;
pub use channel::*;
pub use coming::coming;
pub use escape::escape;
pub use form::accept;
pub use http::*;
pub use inbound::*;
pub use outbound::*;

const fn base(key: &'static str, default: &'static str) -> AppKey {
    AppKey { key, default, secret: false }
}

const fn hidden(key: &'static str) -> AppKey {
    AppKey { key, default: "", secret: true }
}

/// Every installation-wide value that channels read: base addresses, so that tests and self-hosted servers stand in, and the operator's apps.
pub const APP: &[AppKey] = &[
    base("telegram.api_base", "https://api.telegram.org"),
    base("meta.graph_base", "https://graph.facebook.com"),
    base("meta.instagram_base", "https://graph.instagram.com"),
    base("meta.dialog_base", "https://www.facebook.com"),
    base("instagram.dialog_base", "https://www.instagram.com"),
    base("instagram.token_base", "https://api.instagram.com"),
    base("meta.version", "v23.0"),
    base("meta.app_id", ""),
    hidden("meta.app_secret"),
    hidden("meta.verify_token"),
    base("instagram.app_id", ""),
    hidden("instagram.app_secret"),
    base("google.client_id", ""),
    hidden("google.client_secret"),
    base("google.login_base", "https://accounts.google.com"),
    base("google.token_base", "https://oauth2.googleapis.com"),
    base("microsoft.client_id", ""),
    hidden("microsoft.client_secret"),
    base("microsoft.tenant", "common"),
    base("microsoft.login_base", "https://login.microsoftonline.com"),
    base("line.api_base", "https://api.line.me"),
    base("line.data_base", "https://api-data.line.me"),
    base("twilio.api_base", "https://api.twilio.com"),
    base("twilio.messaging_base", "https://messaging.twilio.com"),
    base("twilio.content_base", "https://content.twilio.com"),
    base("bandwidth.api_base", "https://messaging.bandwidth.com"),
    base("x.api_base", "https://api.x.com"),
    hidden("x.consumer_secret"),
];

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

channels! { website::Website, whatsapp::WhatsApp, instagram::Instagram, messenger::Messenger, telegram::Telegram, line::Line, twilio::Twilio, bandwidth::Bandwidth, x::X, email::Email, api::Api }

#[cfg(test)]
mod tests;

/// The channel of this kind.
#[must_use]
pub fn find(kind: &str) -> Option<&'static dyn Channel> {
    all().iter().copied().find(|channel| channel.descriptor().kind == kind)
}
