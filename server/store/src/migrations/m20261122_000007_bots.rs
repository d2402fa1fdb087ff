//! What a rule bot remembers of a conversation. One text for both databases.

/// The statements, in order.
pub const UP: &[&str] = &[
    "CREATE TABLE bot_memory (account_id BIGINT NOT NULL, conversation_id BIGINT PRIMARY KEY REFERENCES conversation(id) ON DELETE CASCADE, state TEXT NOT NULL, \
     message_id BIGINT NOT NULL)",
];
