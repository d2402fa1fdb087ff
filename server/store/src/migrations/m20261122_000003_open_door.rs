//! The open door: bots, webhooks with their deliveries, platform apps, and what API clients attach to our rows beyond our own vocabulary.
//! Additive: no row of an earlier release changes. Secrets are not here: they are derived from the installation's key and a random part.

/// The statements, in order.
pub const UP: &[&str] = &[
    "CREATE TABLE bot (id {id}, account_id BIGINT, name TEXT NOT NULL, description TEXT NOT NULL DEFAULT '', url TEXT NOT NULL DEFAULT '', config TEXT NOT NULL DEFAULT '{}', \
     nonce TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL)",
    "CREATE INDEX bot_account ON bot (account_id)",
    "CREATE TABLE bot_inbox (inbox_id BIGINT PRIMARY KEY REFERENCES inbox(id) ON DELETE CASCADE, account_id BIGINT NOT NULL, bot_id BIGINT NOT NULL REFERENCES bot(id) ON DELETE CASCADE)",
    "CREATE INDEX bot_inbox_bot ON bot_inbox (bot_id)",
    "CREATE TABLE webhook (id {id}, account_id BIGINT NOT NULL REFERENCES account(id), inbox_id BIGINT REFERENCES inbox(id) ON DELETE CASCADE, bot_id BIGINT REFERENCES bot(id) ON DELETE CASCADE, \
     kind TEXT NOT NULL, name TEXT NOT NULL DEFAULT '', url TEXT NOT NULL, subscriptions TEXT NOT NULL DEFAULT '[]', nonce TEXT NOT NULL, failing_since BIGINT, disabled TEXT, \
     touched BIGINT NOT NULL DEFAULT 0, created_at BIGINT NOT NULL)",
    "CREATE INDEX webhook_account ON webhook (account_id, kind)",
    "CREATE UNIQUE INDEX webhook_place ON webhook (account_id, kind, COALESCE(inbox_id, 0), COALESCE(bot_id, 0), url)",
    "CREATE TABLE webhook_delivery (id {id}, account_id BIGINT NOT NULL, webhook_id BIGINT NOT NULL REFERENCES webhook(id) ON DELETE CASCADE, event TEXT NOT NULL, uuid TEXT NOT NULL, \
     conversation_id BIGINT, message_id BIGINT, body TEXT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL DEFAULT 0, next_at BIGINT NOT NULL, status BIGINT, answer TEXT, \
     created_at BIGINT NOT NULL, done_at BIGINT)",
    "CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, state, id)",
    "CREATE INDEX webhook_delivery_done ON webhook_delivery (state, created_at)",
    "CREATE TABLE webhook_cursor (account_id BIGINT PRIMARY KEY REFERENCES account(id), seq BIGINT NOT NULL)",
    "CREATE TABLE webhook_told (account_id BIGINT NOT NULL, kind TEXT NOT NULL, id BIGINT NOT NULL, state TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (account_id, kind, id))",
    "CREATE INDEX webhook_told_at ON webhook_told (kind, at)",
    "CREATE TABLE message_extra (id BIGINT PRIMARY KEY REFERENCES message(id) ON DELETE CASCADE ON UPDATE CASCADE, account_id BIGINT NOT NULL, body TEXT NOT NULL)",
    "CREATE TABLE conversation_extra (id BIGINT PRIMARY KEY REFERENCES conversation(id) ON DELETE CASCADE, account_id BIGINT NOT NULL, body TEXT NOT NULL)",
    "CREATE TABLE contact_extra (id BIGINT PRIMARY KEY REFERENCES contact(id) ON DELETE CASCADE, account_id BIGINT NOT NULL, body TEXT NOT NULL)",
    "CREATE TABLE platform_app (id {id}, name TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL)",
    "CREATE TABLE platform_object (app_id BIGINT NOT NULL REFERENCES platform_app(id), kind TEXT NOT NULL, id BIGINT NOT NULL, PRIMARY KEY (app_id, kind, id))",
    "CREATE TABLE api_answer (owner TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, status BIGINT NOT NULL, body TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (owner, key))",
    "CREATE INDEX api_answer_at ON api_answer (at)",
];
