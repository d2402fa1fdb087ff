//! The house: accounts and people, inboxes, contacts, conversations, messages, journal and queue.
//! One text for both databases: every column is BIGINT or TEXT, `{id}` is the backend's own growing key.

/// The statements, in order.
pub const UP: &[&str] = &[
    "CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
    "CREATE TABLE account (id {id}, name TEXT NOT NULL, language TEXT NOT NULL, created_at BIGINT NOT NULL, \
     seq BIGINT NOT NULL DEFAULT 0, pruned_seq BIGINT NOT NULL DEFAULT 0, numbers BIGINT NOT NULL DEFAULT 0, checklist TEXT NOT NULL DEFAULT '')",
    "CREATE TABLE person (id {id}, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, password TEXT, photo TEXT, language TEXT NOT NULL, \
     theme TEXT NOT NULL DEFAULT 'system', send_key TEXT NOT NULL DEFAULT 'enter', compact BIGINT NOT NULL DEFAULT 0, \
     last_account BIGINT, created_at BIGINT NOT NULL)",
    "CREATE TABLE membership (account_id BIGINT NOT NULL REFERENCES account(id), user_id BIGINT NOT NULL REFERENCES person(id), role TEXT NOT NULL, \
     availability TEXT NOT NULL DEFAULT 'online', confirmed BIGINT NOT NULL DEFAULT 1, created_at BIGINT NOT NULL, PRIMARY KEY (account_id, user_id))",
    "CREATE INDEX membership_user ON membership (user_id)",
    "CREATE TABLE session (id {id}, user_id BIGINT NOT NULL REFERENCES person(id), token_hash TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL, \
     seen_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)",
    "CREATE INDEX session_of_user ON session (user_id)",
    "CREATE TABLE one_time (id {id}, kind TEXT NOT NULL, token_hash TEXT NOT NULL UNIQUE, user_id BIGINT NOT NULL REFERENCES person(id), \
     account_id BIGINT, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)",
    "CREATE TABLE api_token (id {id}, user_id BIGINT NOT NULL REFERENCES person(id), token_hash TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL)",
    "CREATE TABLE inbox (id {id}, account_id BIGINT NOT NULL REFERENCES account(id), kind TEXT NOT NULL, name TEXT NOT NULL, public_key TEXT NOT NULL UNIQUE, \
     settings TEXT NOT NULL, secrets TEXT NOT NULL, created_at BIGINT NOT NULL)",
    "CREATE INDEX inbox_account ON inbox (account_id)",
    "CREATE TABLE inbox_member (account_id BIGINT NOT NULL, inbox_id BIGINT NOT NULL REFERENCES inbox(id), user_id BIGINT NOT NULL, PRIMARY KEY (account_id, inbox_id, user_id))",
    "CREATE INDEX inbox_member_user ON inbox_member (account_id, user_id)",
    "CREATE TABLE contact (id {id}, account_id BIGINT NOT NULL REFERENCES account(id), name TEXT NOT NULL DEFAULT '', email TEXT, phone TEXT, identifier TEXT, \
     verified BIGINT NOT NULL DEFAULT 0, blocked BIGINT NOT NULL DEFAULT 0, attributes TEXT NOT NULL DEFAULT '{}', words TEXT NOT NULL DEFAULT '', \
     created_at BIGINT NOT NULL, last_activity_at BIGINT)",
    "CREATE INDEX contact_account ON contact (account_id, id)",
    "CREATE UNIQUE INDEX contact_email ON contact (account_id, email)",
    "CREATE UNIQUE INDEX contact_phone ON contact (account_id, phone)",
    "CREATE UNIQUE INDEX contact_identifier ON contact (account_id, identifier)",
    "CREATE TABLE contact_inbox (id {id}, account_id BIGINT NOT NULL, inbox_id BIGINT NOT NULL REFERENCES inbox(id), contact_id BIGINT NOT NULL REFERENCES contact(id), \
     source_id TEXT NOT NULL, created_at BIGINT NOT NULL)",
    "CREATE UNIQUE INDEX contact_inbox_source ON contact_inbox (inbox_id, source_id)",
    "CREATE INDEX contact_inbox_contact ON contact_inbox (account_id, contact_id)",
    "CREATE TABLE visitor_session (id {id}, account_id BIGINT NOT NULL, inbox_id BIGINT NOT NULL REFERENCES inbox(id), contact_inbox_id BIGINT NOT NULL REFERENCES contact_inbox(id), \
     token_hash TEXT NOT NULL UNIQUE, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL)",
    "CREATE INDEX visitor_session_contact_inbox ON visitor_session (contact_inbox_id)",
    "CREATE TABLE conversation (id {id}, account_id BIGINT NOT NULL REFERENCES account(id), number BIGINT NOT NULL, uuid TEXT NOT NULL, inbox_id BIGINT NOT NULL REFERENCES inbox(id), \
     contact_id BIGINT NOT NULL REFERENCES contact(id), contact_inbox_id BIGINT NOT NULL REFERENCES contact_inbox(id), status BIGINT NOT NULL, snoozed_until BIGINT, \
     assignee_id BIGINT, last_message_at BIGINT NOT NULL, last_incoming_at BIGINT, created_at BIGINT NOT NULL, incoming BIGINT NOT NULL DEFAULT 0, \
     waiting_since BIGINT, contact_seen_at BIGINT, first_reply_at BIGINT, preview TEXT, origin TEXT NOT NULL DEFAULT '{}')",
    "CREATE UNIQUE INDEX conversation_number ON conversation (account_id, number)",
    "CREATE INDEX conversation_recent ON conversation (account_id, last_message_at DESC, id DESC)",
    "CREATE INDEX conversation_status ON conversation (account_id, status, last_message_at DESC, id DESC)",
    "CREATE INDEX conversation_inbox ON conversation (account_id, inbox_id, status, last_message_at DESC, id DESC)",
    "CREATE INDEX conversation_assignee ON conversation (account_id, assignee_id, status, last_message_at DESC, id DESC)",
    "CREATE INDEX conversation_contact_inbox ON conversation (contact_inbox_id, id)",
    "CREATE INDEX conversation_contact ON conversation (account_id, contact_id, id)",
    "CREATE INDEX conversation_snoozed ON conversation (snoozed_until)",
    "CREATE TABLE message (id {id}, account_id BIGINT NOT NULL, conversation_id BIGINT NOT NULL REFERENCES conversation(id), inbox_id BIGINT NOT NULL, kind TEXT NOT NULL, \
     author_kind TEXT NOT NULL, author_id BIGINT NOT NULL DEFAULT 0, client_key TEXT, text TEXT NOT NULL, files BIGINT NOT NULL DEFAULT 0, state TEXT NOT NULL, failure TEXT, activity TEXT, \
     source_id TEXT, attempted_at BIGINT, at BIGINT NOT NULL)",
    "CREATE INDEX message_thread ON message (account_id, conversation_id, id)",
    "CREATE UNIQUE INDEX message_key ON message (account_id, author_kind, author_id, client_key)",
    "CREATE UNIQUE INDEX message_source ON message (inbox_id, source_id)",
    "CREATE TABLE attachment (id {id}, account_id BIGINT NOT NULL, inbox_id BIGINT, message_id BIGINT, upload_key TEXT UNIQUE, uploader TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, \
     mime TEXT NOT NULL, size BIGINT NOT NULL, width BIGINT, height BIGINT, path TEXT NOT NULL, created_at BIGINT NOT NULL)",
    "CREATE INDEX attachment_message ON attachment (account_id, message_id)",
    "CREATE TABLE mark (account_id BIGINT NOT NULL, conversation_id BIGINT NOT NULL REFERENCES conversation(id), user_id BIGINT NOT NULL, seen BIGINT NOT NULL DEFAULT 0, \
     reply_draft TEXT NOT NULL DEFAULT '', note_draft TEXT NOT NULL DEFAULT '', PRIMARY KEY (account_id, conversation_id, user_id))",
    "CREATE TABLE tally (account_id BIGINT NOT NULL, inbox_id BIGINT NOT NULL, status BIGINT NOT NULL, assignee_id BIGINT NOT NULL, count BIGINT NOT NULL, \
     PRIMARY KEY (account_id, inbox_id, status, assignee_id))",
    "CREATE TABLE event (account_id BIGINT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, inbox_id BIGINT, contact_inbox_id BIGINT, only_user BIGINT, body TEXT NOT NULL, \
     PRIMARY KEY (account_id, seq))",
    "CREATE INDEX event_at ON event (at)",
    "CREATE TABLE job (id {id}, lane TEXT NOT NULL, kind TEXT NOT NULL, key TEXT UNIQUE, body TEXT NOT NULL, run_at BIGINT NOT NULL, attempts BIGINT NOT NULL DEFAULT 0, \
     leased_until BIGINT NOT NULL DEFAULT 0, lease BIGINT NOT NULL DEFAULT 0, parked BIGINT NOT NULL DEFAULT 0, error TEXT, created_at BIGINT NOT NULL)",
    "CREATE INDEX job_ready ON job (parked, run_at, id)",
    "CREATE INDEX job_lane ON job (lane, id)",
    "CREATE INDEX job_leased ON job (lane) WHERE leased_until > 0",
];

/// Full-text search over messages on SQLite: the account and inbox ride inside the match as tokens (`a1 i2 words…`).
pub const UP_SQLITE: &[&str] = &[
    "CREATE VIRTUAL TABLE message_fts USING fts5(words, content='', contentless_delete=1, tokenize='unicode61 remove_diacritics 2', prefix='2 3')",
];

/// The same on PostgreSQL: a stored vector in a table of its own, so that the message row stays small.
pub const UP_POSTGRES: &[&str] = &[
    "CREATE TABLE message_fts (message_id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
    "CREATE INDEX message_fts_words ON message_fts USING GIN (words)",
];
