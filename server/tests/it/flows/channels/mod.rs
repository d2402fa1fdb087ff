//! Every messenger through the real router, against strict simulators of its provider: the same flows for all, from a table. They need
//! Node, so they run where the simulators do: `cargo xtask test`, or `cargo test -p server --test it channels -- --ignored`.

mod again;
mod faults;
mod login;
mod sandbox;
pub use sandbox::real_time;
mod storm;
mod table;
mod talk;
mod trouble;

/// The same flows for each provider, as tests of their own.
macro_rules! flows {
    ($($name:ident: $provider:ident;)*) => { $(
        mod $name {
            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs Node for the simulators"]
            async fn words_and_files_both_ways() {
                super::talk::words_and_files(&super::table::$provider).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs Node for the simulators"]
            async fn states_rise_and_a_closed_window_asks_for_a_template() {
                super::talk::states_and_windows(&super::table::$provider).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs Node for the simulators"]
            async fn refusals_waits_and_dead_tokens() {
                super::trouble::refusals(&super::table::$provider).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "needs Node for the simulators"]
            async fn repeats_and_disorder_change_nothing() {
                super::again::repeats(&super::table::$provider).await;
            }
        }
    )* };
}

flows! {
    telegram: TELEGRAM;
    whatsapp: WHATSAPP;
    messenger: MESSENGER;
    instagram: INSTAGRAM;
    line: LINE;
    sms: SMS;
    twilio_whatsapp: TWILIO_WHATSAPP;
    bandwidth: BANDWIDTH;
    x: X;
}
