//! The few drawings of the chat, from Lucide (ISC licence). They are the inbox's own; only their paths are needed here.

/// An arrow down.
pub const ARROW_DOWN: &str = r#"<path d="M12 5v14"/><path d="m19 12-7 7-7-7"/>"#;
/// One tick: sent.
pub const CHECK: &str = r#"<path d="M20 6 9 17l-5-5"/>"#;
/// Two ticks: read.
pub const CHECK_CHECK: &str = r#"<path d="M18 6 7 17l-5-5"/><path d="m22 10-7.5 7.5L13 16"/>"#;
/// Something went wrong.
pub const CIRCLE_ALERT: &str = r#"<circle cx="12" cy="12" r="10"/><path d="M12 8v4M12 16h.01"/>"#;
/// On its way.
pub const CLOCK: &str = r#"<circle cx="12" cy="12" r="10"/><path d="M12 6v6l4 2"/>"#;
/// A document.
pub const FILE_TEXT: &str = r#"<path d="M6 22a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2h8a2.4 2.4 0 0 1 1.704.706l3.588 3.588A2.4 2.4 0 0 1 20 8v12a2 2 0 0 1-2 2z"/><path d="M14 2v5a1 1 0 0 0 1 1h5M10 9H8M16 13H8M16 17H8"/>"#;
/// Attach.
pub const PAPERCLIP: &str = r#"<path d="m16 6-8.414 8.586a2 2 0 0 0 2.829 2.829l8.414-8.586a4 4 0 1 0-5.657-5.657l-8.379 8.551a6 6 0 1 0 8.485 8.485l8.379-8.551"/>"#;
/// Send.
pub const SEND: &str = r#"<path d="M3.714 3.048a.498.498 0 0 0-.683.627l2.843 7.627a2 2 0 0 1 0 1.396l-2.842 7.627a.498.498 0 0 0 .682.627l18-8.5a.5.5 0 0 0 0-.904z"/><path d="M6 12h16"/>"#;
/// Emojis.
pub const SMILE: &str = r#"<circle cx="12" cy="12" r="10"/><path d="M8 14s1.5 2 4 2 4-2 4-2M9 9h.01M15 9h.01"/>"#;
/// No connection.
pub const WIFI_OFF: &str = r#"<path d="M12 20h.01M8.5 16.429a5 5 0 0 1 7 0M5 12.859a10 10 0 0 1 5.17-2.69M19 12.859a10 10 0 0 0-2.007-1.523M2 8.82a15 15 0 0 1 4.177-2.643M22 8.82a15 15 0 0 0-11.288-3.764M2 2l20 20"/>"#;
/// Close.
pub const X: &str = r#"<path d="M18 6 6 18M6 6l12 12"/>"#;
