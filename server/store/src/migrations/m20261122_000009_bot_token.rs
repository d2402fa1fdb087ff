//! Tokens bots bring from elsewhere, so that their programs go on with them. One text for both databases.

/// The statements, in order.
pub const UP: &[&str] = &[
    "CREATE TABLE bot_token (token_hash TEXT PRIMARY KEY, bot_id BIGINT NOT NULL REFERENCES bot(id) ON DELETE CASCADE)",
    "CREATE INDEX bot_token_bot ON bot_token (bot_id)",
];
