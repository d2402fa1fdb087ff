//! The parts bots take in conversations: what their figures are counted from, so that no thread is ever read for them. One text for both databases.

/// The statements, in order.
pub const UP: &[&str] = &[
    "CREATE TABLE bot_part (id {id}, account_id BIGINT NOT NULL, conversation_id BIGINT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE, bot_id BIGINT NOT NULL, \
     inbox_id BIGINT NOT NULL, began_at BIGINT NOT NULL, last_at BIGINT NOT NULL, messages BIGINT NOT NULL DEFAULT 0, state TEXT NOT NULL)",
    "CREATE INDEX bot_part_began ON bot_part (account_id, began_at)",
    "CREATE INDEX bot_part_conversation ON bot_part (conversation_id)",
];
