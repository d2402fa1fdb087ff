-- A plausible Chatwoot database of :messages messages, the same every time: the tables an import reads, with the columns of the public
-- db/schema.rb, and among the ordinary rows those that real ones have too (what was taken back, what is gone, what is there twice).
-- By hand: psql -v messages=100000 -f chatwoot.sql DATABASE

CREATE TABLE accounts (id serial PRIMARY KEY, name varchar NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, locale int DEFAULT 0,
  domain varchar(100), support_email varchar(100), feature_flags bigint DEFAULT 0 NOT NULL, auto_resolve_duration int, limits jsonb DEFAULT '{}',
  custom_attributes jsonb DEFAULT '{}', status int DEFAULT 0, internal_attributes jsonb DEFAULT '{}' NOT NULL, settings jsonb DEFAULT '{}');
CREATE TABLE users (id serial PRIMARY KEY, provider varchar DEFAULT 'email' NOT NULL, uid varchar DEFAULT '' NOT NULL, encrypted_password varchar DEFAULT '' NOT NULL,
  confirmed_at timestamp, name varchar NOT NULL, display_name varchar, email varchar, tokens json, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  pubsub_token varchar, availability int DEFAULT 0, ui_settings jsonb DEFAULT '{}', custom_attributes jsonb DEFAULT '{}', type varchar, message_signature text);
CREATE TABLE account_users (id bigserial PRIMARY KEY, account_id bigint, user_id bigint, role int DEFAULT 0, inviter_id bigint, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, active_at timestamp, availability int DEFAULT 0 NOT NULL, auto_offline boolean DEFAULT true NOT NULL, custom_role_id bigint);
CREATE TABLE access_tokens (id bigserial PRIMARY KEY, owner_type varchar, owner_id bigint, token varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE labels (id bigserial PRIMARY KEY, title varchar, description text, color varchar DEFAULT '#1f93ff' NOT NULL, show_on_sidebar boolean, account_id bigint,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE tags (id serial PRIMARY KEY, name varchar, taggings_count int DEFAULT 0);
CREATE TABLE taggings (id serial PRIMARY KEY, tag_id int, taggable_type varchar, taggable_id int, tagger_type varchar, tagger_id int, context varchar(128), created_at timestamp);
CREATE INDEX ON taggings (taggable_id);
CREATE TABLE teams (id bigserial PRIMARY KEY, name varchar NOT NULL, description text, allow_auto_assign boolean DEFAULT true, account_id bigint NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE team_members (id bigserial PRIMARY KEY, team_id bigint NOT NULL, user_id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE canned_responses (id serial PRIMARY KEY, account_id int NOT NULL, short_code varchar, content text, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE custom_attribute_definitions (id bigserial PRIMARY KEY, attribute_display_name varchar, attribute_key varchar, attribute_display_type int DEFAULT 0,
  default_value int, attribute_model int DEFAULT 0, account_id bigint, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, attribute_description text,
  attribute_values jsonb DEFAULT '[]', regex_pattern varchar, regex_cue varchar);
CREATE TABLE macros (id bigserial PRIMARY KEY, account_id bigint NOT NULL, name varchar NOT NULL, visibility int DEFAULT 0, created_by_id bigint, updated_by_id bigint,
  actions jsonb DEFAULT '{}' NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE inboxes (id serial PRIMARY KEY, channel_id int NOT NULL, account_id int NOT NULL, name varchar NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  channel_type varchar, enable_auto_assignment boolean DEFAULT true, greeting_enabled boolean DEFAULT false, greeting_message varchar, email_address varchar,
  working_hours_enabled boolean DEFAULT false, out_of_office_message varchar, timezone varchar DEFAULT 'UTC', enable_email_collect boolean DEFAULT true,
  csat_survey_enabled boolean DEFAULT false, allow_messages_after_resolved boolean DEFAULT true, auto_assignment_config jsonb DEFAULT '{}',
  lock_to_single_conversation boolean DEFAULT false NOT NULL, portal_id bigint, sender_name_type int DEFAULT 0 NOT NULL, business_name varchar);
CREATE TABLE working_hours (id bigserial PRIMARY KEY, inbox_id bigint, account_id bigint, day_of_week int NOT NULL, closed_all_day boolean DEFAULT false, open_hour int,
  open_minutes int, close_hour int, close_minutes int, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, open_all_day boolean DEFAULT false);
CREATE TABLE inbox_members (id serial PRIMARY KEY, user_id int NOT NULL, inbox_id int NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE channel_web_widgets (id serial PRIMARY KEY, website_url varchar, account_id int, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, website_token varchar,
  widget_color varchar DEFAULT '#1f93ff', welcome_title varchar, welcome_tagline varchar, feature_flags int DEFAULT 7 NOT NULL, reply_time int DEFAULT 0, hmac_token varchar,
  pre_chat_form_enabled boolean DEFAULT false, pre_chat_form_options jsonb DEFAULT '{}', hmac_mandatory boolean DEFAULT false, continuity_via_email boolean DEFAULT true NOT NULL);
CREATE TABLE channel_api (id bigserial PRIMARY KEY, account_id int NOT NULL, webhook_url varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  identifier varchar, hmac_token varchar, hmac_mandatory boolean DEFAULT false, additional_attributes jsonb DEFAULT '{}');
CREATE TABLE channel_email (id bigserial PRIMARY KEY, account_id int NOT NULL, email varchar NOT NULL, forward_to_email varchar NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, imap_enabled boolean DEFAULT false, imap_address varchar DEFAULT '', imap_port int DEFAULT 0, imap_login varchar DEFAULT '',
  imap_password varchar DEFAULT '', imap_enable_ssl boolean DEFAULT true, smtp_enabled boolean DEFAULT false, smtp_address varchar DEFAULT '', smtp_port int DEFAULT 0,
  smtp_login varchar DEFAULT '', smtp_password varchar DEFAULT '', smtp_enable_starttls_auto boolean DEFAULT true, smtp_enable_ssl_tls boolean DEFAULT false,
  provider_config jsonb DEFAULT '{}', provider varchar);
CREATE TABLE channel_whatsapp (id bigserial PRIMARY KEY, account_id int NOT NULL, phone_number varchar NOT NULL, provider varchar DEFAULT 'default',
  provider_config jsonb DEFAULT '{}', created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE channel_telegram (id bigserial PRIMARY KEY, bot_name varchar, account_id int NOT NULL, bot_token varchar NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE channel_line (id bigserial PRIMARY KEY, account_id int NOT NULL, line_channel_id varchar NOT NULL, line_channel_secret varchar NOT NULL,
  line_channel_token varchar NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE channel_twilio_sms (id bigserial PRIMARY KEY, phone_number varchar, auth_token varchar NOT NULL, account_sid varchar NOT NULL, account_id int NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, medium int DEFAULT 0, messaging_service_sid varchar, api_key_sid varchar);
CREATE TABLE channel_sms (id bigserial PRIMARY KEY, account_id int NOT NULL, phone_number varchar NOT NULL, provider varchar DEFAULT 'default', provider_config jsonb DEFAULT '{}',
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE channel_facebook_pages (id serial PRIMARY KEY, page_id varchar NOT NULL, user_access_token varchar NOT NULL, page_access_token varchar NOT NULL,
  account_id int NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, instagram_id varchar);
CREATE TABLE channel_instagram (id bigserial PRIMARY KEY, access_token varchar NOT NULL, expires_at timestamp NOT NULL, account_id int NOT NULL, instagram_id varchar NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE channel_voice (id bigserial PRIMARY KEY, phone_number varchar NOT NULL, provider varchar DEFAULT 'twilio' NOT NULL, provider_config jsonb NOT NULL,
  account_id int NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE contacts (id serial PRIMARY KEY, name varchar DEFAULT '', email varchar, phone_number varchar, account_id int NOT NULL, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, additional_attributes jsonb DEFAULT '{}', identifier varchar, custom_attributes jsonb DEFAULT '{}', last_activity_at timestamp,
  contact_type int DEFAULT 0, middle_name varchar DEFAULT '', last_name varchar DEFAULT '', location varchar DEFAULT '', country_code varchar DEFAULT '', blocked boolean DEFAULT false NOT NULL);
CREATE TABLE contact_inboxes (id bigserial PRIMARY KEY, contact_id bigint, inbox_id bigint, source_id varchar NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  hmac_verified boolean DEFAULT false, pubsub_token varchar);
CREATE TABLE conversations (id serial PRIMARY KEY, account_id int NOT NULL, inbox_id int NOT NULL, status int DEFAULT 0 NOT NULL, assignee_id int, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL, contact_id bigint, display_id int NOT NULL, contact_last_seen_at timestamp, agent_last_seen_at timestamp, additional_attributes jsonb DEFAULT '{}',
  contact_inbox_id bigint, uuid uuid DEFAULT gen_random_uuid() NOT NULL, identifier varchar, last_activity_at timestamp DEFAULT CURRENT_TIMESTAMP NOT NULL, team_id bigint,
  campaign_id bigint, snoozed_until timestamp, custom_attributes jsonb DEFAULT '{}', assignee_last_seen_at timestamp, first_reply_created_at timestamp, priority int,
  sla_policy_id bigint, waiting_since timestamp, cached_label_list text);
CREATE TABLE conversation_participants (id bigserial PRIMARY KEY, account_id bigint NOT NULL, user_id bigint NOT NULL, conversation_id bigint NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE INDEX ON conversation_participants (conversation_id);
CREATE TABLE messages (id serial PRIMARY KEY, content text, account_id int NOT NULL, inbox_id int NOT NULL, conversation_id int NOT NULL, message_type int NOT NULL,
  created_at timestamp NOT NULL, updated_at timestamp NOT NULL, private boolean DEFAULT false NOT NULL, status int DEFAULT 0, source_id varchar, content_type int DEFAULT 0 NOT NULL,
  content_attributes json DEFAULT '{}', sender_type varchar, sender_id bigint, external_source_ids jsonb DEFAULT '{}', additional_attributes jsonb DEFAULT '{}',
  processed_message_content text, sentiment jsonb DEFAULT '{}');
CREATE TABLE attachments (id serial PRIMARY KEY, file_type int DEFAULT 0, external_url varchar, coordinates_lat float DEFAULT 0.0, coordinates_long float DEFAULT 0.0,
  message_id int NOT NULL, account_id int NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, fallback_title varchar, extension varchar, meta jsonb DEFAULT '{}');
CREATE INDEX ON attachments (message_id);
CREATE TABLE active_storage_blobs (id bigserial PRIMARY KEY, key varchar NOT NULL, filename varchar NOT NULL, content_type varchar, metadata text, byte_size bigint NOT NULL,
  checksum varchar, created_at timestamp NOT NULL, service_name varchar NOT NULL);
CREATE TABLE active_storage_attachments (id bigserial PRIMARY KEY, name varchar NOT NULL, record_type varchar NOT NULL, record_id bigint NOT NULL, blob_id bigint NOT NULL,
  created_at timestamp NOT NULL);
CREATE INDEX ON active_storage_attachments (record_type, record_id);
CREATE TABLE notes (id bigserial PRIMARY KEY, content text NOT NULL, account_id bigint NOT NULL, contact_id bigint NOT NULL, user_id bigint, created_at timestamp NOT NULL,
  updated_at timestamp NOT NULL);
CREATE TABLE webhooks (id bigserial PRIMARY KEY, account_id int, inbox_id int, url varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, webhook_type int DEFAULT 0,
  subscriptions jsonb DEFAULT '["message_created"]');
CREATE TABLE agent_bots (id bigserial PRIMARY KEY, name varchar, description varchar, outgoing_url varchar, created_at timestamp NOT NULL, updated_at timestamp NOT NULL,
  account_id bigint, bot_type int DEFAULT 0, bot_config jsonb DEFAULT '{}');
CREATE TABLE agent_bot_inboxes (id bigserial PRIMARY KEY, inbox_id int, agent_bot_id int, status int DEFAULT 0, created_at timestamp NOT NULL, updated_at timestamp NOT NULL, account_id int);
CREATE TABLE custom_filters (id bigserial PRIMARY KEY, name varchar NOT NULL, filter_type int DEFAULT 0 NOT NULL, query jsonb DEFAULT '"{}"' NOT NULL, account_id bigint NOT NULL,
  user_id bigint NOT NULL, created_at timestamp NOT NULL, updated_at timestamp NOT NULL);
CREATE TABLE automation_rules (id bigserial PRIMARY KEY, account_id bigint NOT NULL, name varchar NOT NULL);

CREATE FUNCTION moment(minutes bigint) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$ SELECT timestamp '2025-01-06 09:00:00.25' + minutes * interval '1 minute' $$;

INSERT INTO accounts (id, name, created_at, updated_at, locale) VALUES (2, 'Loja Aurora', moment(0), moment(0), 16), (5, 'Harbour Books', moment(1), moment(1), 0);
-- Everybody's password is U*U (the vector of Openwall's crypt_blowfish).
INSERT INTO users (id, uid, email, name, encrypted_password, confirmed_at, ui_settings, type, created_at, updated_at)
  SELECT 10 + n, 'agente' || n || '@aurora.example', 'Agente' || n || '@Aurora.example', 'Agente ' || n, '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW',
    CASE WHEN n = 6 THEN NULL ELSE moment(2) END, CASE WHEN n = 2 THEN '{"locale": "en"}' ELSE '{}' END::jsonb, CASE WHEN n = 1 THEN 'SuperAdmin' END, moment(n), moment(n)
  FROM generate_series(1, 6) n;
INSERT INTO account_users (account_id, user_id, role, availability, auto_offline, created_at, updated_at)
  SELECT 2, 10 + n, CASE WHEN n = 1 THEN 1 ELSE 0 END, n % 3, n <> 3, moment(n), moment(n) FROM generate_series(1, 6) n;
INSERT INTO account_users (account_id, user_id, role, created_at, updated_at) VALUES (5, 12, 1, moment(9), moment(9)), (5, 99, 0, moment(9), moment(9));
INSERT INTO access_tokens (owner_type, owner_id, token, created_at, updated_at) SELECT 'User', 10 + n, 'oldtoken' || n || 'aaaaaaaaaaaaaaa', moment(n), moment(n) FROM generate_series(1, 6) n;
INSERT INTO access_tokens (owner_type, owner_id, token, created_at, updated_at) VALUES ('AgentBot', 1, 'bottokenaaaaaaaaaaaaaaaa', moment(3), moment(3));
INSERT INTO labels (id, title, description, color, show_on_sidebar, account_id, created_at, updated_at) VALUES
  (21, 'vip', 'Clientes especiais', '#FF0000', true, 2, moment(5), moment(5)), (22, 'troca', NULL, '#00ff00', false, 2, moment(5), moment(5)), (23, 'vip', NULL, '#0000ff', true, 5, moment(5), moment(5));
INSERT INTO tags (id, name) VALUES (1, 'vip'), (2, 'troca'), (3, 'esquecida');
INSERT INTO teams (id, name, description, allow_auto_assign, account_id, created_at, updated_at) VALUES (31, 'vendas', 'Quem vende', true, 2, moment(6), moment(6)), (32, 'suporte', NULL, false, 2, moment(6), moment(6));
INSERT INTO team_members (team_id, user_id, created_at, updated_at) VALUES (31, 12, moment(6), moment(6)), (31, 13, moment(6), moment(6)), (32, 14, moment(6), moment(6)), (77, 12, moment(6), moment(6));
INSERT INTO canned_responses (id, account_id, short_code, content, created_at, updated_at) VALUES (41, 2, 'oi', 'Oi {{contact.name}}, tudo bem?', moment(7), moment(7)),
  (42, 2, 'prazo', 'Até três dias úteis.', moment(7), moment(7)), (43, 2, 'oi', 'Olá!', moment(7), moment(7));
INSERT INTO custom_attribute_definitions (attribute_display_name, attribute_key, attribute_display_type, attribute_model, account_id, attribute_values, created_at, updated_at) VALUES
  ('Plano', 'plan', 6, 1, 2, '["ouro", "prata"]', moment(7), moment(7)), ('Pedidos', 'orders', 1, 1, 2, '[]', moment(7), moment(7)), ('Pedido', 'order_id', 0, 0, 2, '[]', moment(7), moment(7)),
  ('Setor', 'sector', 0, 2, 2, '[]', moment(7), moment(7));
INSERT INTO macros (id, account_id, name, visibility, created_by_id, actions, created_at, updated_at) VALUES
  (51, 2, 'Encerrar', 1, 11, '[{"action_name": "add_label", "action_params": ["troca"]}, {"action_name": "assign_team", "action_params": [31]}, {"action_name": "resolve_conversation"}]', moment(8), moment(8)),
  (52, 2, 'Transcrever', 0, 12, '[{"action_name": "send_email_transcript", "action_params": ["a@b.example"]}]', moment(8), moment(8));
INSERT INTO channel_web_widgets (id, website_url, account_id, website_token, hmac_token, welcome_title, welcome_tagline, widget_color, reply_time, pre_chat_form_enabled, pre_chat_form_options, created_at, updated_at) VALUES
  (1, 'https://loja.example/', 2, 'SiteTokenDaAurora1234567', 'segredo-do-site', 'Oi!', 'Fale com a gente', '#1F93FF', 1, true,
   '{"pre_chat_message": "Quem é você?", "pre_chat_fields": [{"name": "emailAddress", "type": "email", "label": "E-mail", "enabled": true, "required": true}, {"name": "fullName", "label": "Nome", "enabled": true, "required": false}]}', moment(4), moment(4)),
  (2, 'books.example', 5, 'HarbourTokenAbcdefgh1234', 'harbour-secret', NULL, NULL, '#1f93ff', 0, false, '{}', moment(4), moment(4));
INSERT INTO channel_api (id, account_id, webhook_url, identifier, hmac_token, additional_attributes, created_at, updated_at) VALUES
  (1, 2, 'https://erp.example/hook', 'ApiIdentifierAurora12345', 'segredo-da-api', '{"agent_reply_time_window": "48"}', moment(4), moment(4));
INSERT INTO channel_email (id, account_id, email, forward_to_email, imap_enabled, imap_address, imap_port, imap_login, imap_password, smtp_enabled, smtp_address, smtp_port, smtp_login, smtp_password, created_at, updated_at) VALUES
  (1, 2, 'oi@loja.example', 'f@in.example', true, 'imap.loja.example', 993, 'oi@loja.example', 'senha-imap', true, 'smtp.loja.example', 587, 'oi@loja.example', '{"p":"x","h":{"iv":"y","at":"z"}}', moment(4), moment(4));
INSERT INTO channel_whatsapp (id, account_id, phone_number, provider, provider_config, created_at, updated_at) VALUES
  (1, 2, '+5511999990000', 'whatsapp_cloud', '{"api_key": "token-meta", "phone_number_id": "1099", "business_account_id": "2099", "webhook_verify_token": "v"}', moment(4), moment(4)),
  (2, 2, '+5511999990001', 'default', '{"api_key": "token-360"}', moment(4), moment(4));
INSERT INTO channel_telegram (id, bot_name, account_id, bot_token, created_at, updated_at) VALUES (1, 'aurora_bot', 2, '123456:AAabc', moment(4), moment(4));
INSERT INTO channel_line VALUES (1, 2, '1650000', 'segredo-line', 'token-line', moment(4), moment(4));
INSERT INTO channel_twilio_sms (id, phone_number, auth_token, account_sid, account_id, medium, created_at, updated_at) VALUES (1, '+5511888880000', 'auth', 'AC1', 2, 0, moment(4), moment(4));
INSERT INTO channel_sms (id, account_id, phone_number, provider_config, created_at, updated_at) VALUES (1, 2, '+15550000', '{"account_id": "5", "application_id": "6", "api_key": "k", "api_secret": "s"}', moment(4), moment(4));
INSERT INTO channel_facebook_pages (id, page_id, user_access_token, page_access_token, account_id, created_at, updated_at) VALUES (1, '1049', 'u', 'p', 2, moment(4), moment(4));
INSERT INTO channel_instagram (id, access_token, expires_at, account_id, instagram_id, created_at, updated_at) VALUES (1, 'ig', moment(99), 2, '1784', moment(4), moment(4));
INSERT INTO channel_voice (id, phone_number, provider_config, account_id, created_at, updated_at) VALUES (1, '+1555', '{}', 2, moment(4), moment(4));
INSERT INTO inboxes (id, channel_type, channel_id, account_id, name, greeting_enabled, greeting_message, enable_auto_assignment, auto_assignment_config, working_hours_enabled, created_at, updated_at) VALUES
  (61, 'Channel::WebWidget', 1, 2, 'Site', true, 'Oi! Já respondemos.', true, '{"max_assignment_limit": 7}', true, moment(5), moment(5)),
  (62, 'Channel::Api', 1, 2, 'ERP', false, NULL, false, '{}', false, moment(5), moment(5)),
  (63, 'Channel::Email', 1, 2, 'E-mail', false, NULL, false, '{}', false, moment(5), moment(5)),
  (64, 'Channel::Whatsapp', 1, 2, 'WhatsApp', false, NULL, false, '{}', false, moment(5), moment(5)),
  (65, 'Channel::Whatsapp', 2, 2, 'WhatsApp velho', false, NULL, false, '{}', false, moment(5), moment(5)),
  (66, 'Channel::Telegram', 1, 2, 'Telegram', false, NULL, false, '{}', false, moment(5), moment(5)),
  (67, 'Channel::Line', 1, 2, 'LINE', false, NULL, false, '{}', false, moment(5), moment(5)),
  (68, 'Channel::TwilioSms', 1, 2, 'SMS', false, NULL, false, '{}', false, moment(5), moment(5)),
  (69, 'Channel::Sms', 1, 2, 'SMS EUA', false, NULL, false, '{}', false, moment(5), moment(5)),
  (70, 'Channel::FacebookPage', 1, 2, 'Página', false, NULL, false, '{}', false, moment(5), moment(5)),
  (71, 'Channel::Instagram', 1, 2, 'Instagram', false, NULL, false, '{}', false, moment(5), moment(5)),
  (72, 'Channel::Voice', 1, 2, 'Telefone', false, NULL, false, '{}', false, moment(5), moment(5)),
  (73, 'Channel::WebWidget', 2, 5, 'Site', false, NULL, false, '{}', false, moment(5), moment(5));
UPDATE inboxes SET timezone = 'America/Sao_Paulo', out_of_office_message = 'Abrimos às 10h.' WHERE id = 61;
INSERT INTO working_hours (inbox_id, account_id, day_of_week, closed_all_day, open_all_day, open_hour, open_minutes, close_hour, close_minutes, created_at, updated_at)
  SELECT 61, 2, day, day = 0, day = 6, CASE WHEN day BETWEEN 1 AND 5 THEN 10 END, CASE WHEN day BETWEEN 1 AND 5 THEN 0 END,
  CASE WHEN day BETWEEN 1 AND 5 THEN 19 END, CASE WHEN day BETWEEN 1 AND 5 THEN 30 END, moment(5), moment(5) FROM generate_series(0, 6) day;
INSERT INTO inbox_members (user_id, inbox_id, created_at, updated_at)
  SELECT 10 + n, i, moment(5), moment(5) FROM generate_series(2, 5) n, generate_series(61, 72) i WHERE (n + i) % 2 = 0 OR i = 61;

-- One contact for every conversation but a few, who have several.
CREATE TABLE plan AS SELECT c, CASE WHEN c % 10 = 0 THEN 5 ELSE 2 END AS account_id,
  CASE WHEN c % 10 = 0 THEN 73 ELSE (ARRAY[61, 61, 61, 64, 64, 62, 63, 66, 68])[1 + c % 9] END AS inbox_id, 1000 + 2 * (c - CASE WHEN c % 7 = 1 AND c > 90 THEN 90 ELSE 0 END) AS contact_id
  FROM generate_series(1, greatest(1, :messages / 20)) c;
INSERT INTO contacts (id, name, last_name, email, phone_number, account_id, identifier, additional_attributes, custom_attributes, last_activity_at, blocked, created_at, updated_at)
  SELECT 1000 + 2 * c, (ARRAY['Maria', 'José', 'Antônia', 'João', 'Conceição'])[1 + c % 5] || ' ' || c, CASE WHEN c % 4 = 0 THEN 'Araújo' ELSE '' END,
    CASE WHEN c % 3 <> 0 THEN 'Cliente' || c || '@Exemplo.example' END,
    CASE WHEN c = 14 THEN '+5511900000013' WHEN c = 15 THEN '11 9000-0015' WHEN c % 2 = 0 THEN '+55119' || lpad(c::text, 8, '0') WHEN c = 13 THEN '+5511900000013' END, account_id,
    CASE WHEN c % 6 = 0 THEN 'cliente-' || c END, CASE WHEN c % 5 = 0 THEN '{"city": "Recife", "company_name": "Aurora", "social_profiles": {"github": "x"}}' ELSE '{}' END::jsonb,
    CASE WHEN c % 5 = 1 THEN '{"plan": "ouro", "orders": 3}' ELSE '{}' END::jsonb, moment(c * 37), c = 8, moment(c * 30), moment(c * 30) FROM plan;
INSERT INTO contact_inboxes (id, contact_id, inbox_id, source_id, hmac_verified, created_at, updated_at)
  SELECT 5000 + 3 * c, contact_id, inbox_id, CASE WHEN inbox_id IN (61, 73, 62) THEN 'fonte-' || c ELSE '55119' || lpad(c::text, 8, '0') END, c % 6 = 0, moment(c * 30), moment(c * 30) FROM plan;
INSERT INTO contact_inboxes (id, contact_id, inbox_id, source_id, created_at, updated_at) VALUES (4000, 999999, 61, 'ninguem', moment(1), moment(1));
INSERT INTO conversations (id, account_id, inbox_id, status, assignee_id, contact_id, display_id, contact_inbox_id, uuid, additional_attributes, custom_attributes, team_id, priority, snoozed_until,
    agent_last_seen_at, assignee_last_seen_at, contact_last_seen_at, first_reply_created_at, waiting_since, last_activity_at, created_at, updated_at)
  SELECT 7000 + 2 * c, account_id, inbox_id, CASE WHEN c % 5 < 2 THEN 0 WHEN c % 5 = 2 THEN 1 WHEN c % 5 = 3 THEN 2 ELSE 3 END,
    CASE WHEN account_id = 5 THEN 12 WHEN c % 3 = 0 THEN NULL WHEN c % 41 = 0 THEN 98 ELSE 11 + c % 4 END, contact_id,
    row_number() OVER (PARTITION BY account_id ORDER BY c) + 3, CASE WHEN c % 11 = 0 THEN NULL ELSE 5000 + 3 * c END, ('00000000-0000-4000-8000-' || lpad(c::text, 12, '0'))::uuid,
    CASE WHEN inbox_id IN (61, 73) THEN '{"browser": {"browser_name": "Chrome", "browser_version": "120", "platform_name": "Linux"}, "referer": "https://loja.example/p", "browser_language": "pt", "initiated_at": {"timestamp": "x"}}'
      WHEN inbox_id = 63 THEN '{"mail_subject": "Pedido atrasado"}' ELSE '{}' END::jsonb,
    CASE WHEN c % 8 = 0 THEN '{"order_id": "A-1"}' ELSE '{}' END::jsonb, CASE WHEN account_id = 2 AND c % 4 = 0 THEN 31 END, CASE WHEN c % 6 = 0 THEN c % 4 END,
    CASE WHEN c % 5 = 4 THEN timestamp '2027-01-01' END, CASE WHEN c % 4 <> 1 THEN moment(c * 30 + 12) END, NULL, CASE WHEN c % 4 = 2 THEN moment(c * 30 + 8) END,
    CASE WHEN c % 4 <> 1 THEN moment(c * 30 + 1) END, CASE WHEN c % 5 < 2 THEN moment(c * 30 + 18) END, moment(c * 30 + 19), moment(c * 30), moment(c * 30 + 19) FROM plan;
INSERT INTO conversations (id, account_id, inbox_id, contact_id, display_id, uuid, last_activity_at, created_at, updated_at) VALUES (6000, 2, 61, 999999, 1, '00000000-0000-4000-9000-000000000001', moment(1), moment(1), moment(1));
INSERT INTO conversation_participants (account_id, user_id, conversation_id, created_at, updated_at)
  SELECT account_id, 13, 7000 + 2 * c, moment(1), moment(1) FROM plan WHERE c % 9 = 0 AND account_id = 2;
INSERT INTO taggings (tag_id, taggable_type, taggable_id, context, created_at)
  SELECT 1 + c % 3, 'Conversation', 7000 + 2 * c, 'labels', moment(c) FROM plan WHERE c % 5 = 0 OR c % 7 = 0;
INSERT INTO taggings (tag_id, taggable_type, taggable_id, context, created_at) SELECT 1, 'Contact', contact_id, 'labels', moment(c) FROM plan WHERE c % 12 = 0 AND c < 90;

-- Twenty lines a conversation, woven: ids go up through all conversations together, as time did.
INSERT INTO messages (id, content, account_id, inbox_id, conversation_id, message_type, private, status, source_id, content_type, content_attributes, sender_type, sender_id, created_at, updated_at)
  SELECT 20000 + 3 * m, CASE WHEN m % 97 = 0 THEN 'This message was deleted' WHEN k % 20 = 19 THEN 'Conversation was marked resolved by Agente 1'
      ELSE (ARRAY['Oi, tudo bem? Queria saber do meu pedido', 'Já estou olhando, um momento', 'Obrigada! Ação rápida', 'O prazo é de três dias', 'Pode trocar a cor?', 'Posso, sim'])[1 + (m % 6)] || ' ' || m END,
    p.account_id, p.inbox_id, 7000 + 2 * p.c, CASE WHEN k % 20 = 19 THEN 2 WHEN k = 1 AND p.inbox_id = 61 THEN 3 WHEN k % 2 = 0 THEN 0 ELSE 1 END, k % 20 = 7,
    CASE WHEN m % 61 = 0 THEN 3 WHEN k % 2 = 1 THEN m % 3 ELSE 0 END, CASE WHEN m IN (101, 102) THEN NULL WHEN p.inbox_id IN (63, 64, 66, 68) THEN 'fornecedor-' || CASE WHEN m % 1000 = 1 THEN 1 ELSE m END END,
    CASE WHEN p.inbox_id = 63 AND k % 2 = 0 THEN 8 WHEN m % 89 = 0 AND k % 2 = 1 THEN 4 ELSE 0 END,
    CASE WHEN m % 97 = 0 THEN to_json('{"deleted":true}'::text)
      WHEN p.inbox_id = 63 AND k % 2 = 0 THEN json_build_object('email', json_build_object('from', json_build_array('cliente@exemplo.example'), 'to', json_build_array('oi@loja.example'),
        'subject', 'Pedido atrasado', 'html_content', json_build_object('full', '<p>Linha ' || m || '</p><script>alert(1)</script>')))
      WHEN m % 89 = 0 AND k % 2 = 1 THEN '{"items": [{"title": "Sim", "value": "yes"}, {"title": "Não", "value": "no"}]}'::json
      WHEN m % 61 = 0 THEN to_json('{"external_error":"131047: janela fechada"}'::text)
      WHEN k > 2 AND m % 13 = 0 THEN to_json('{"in_reply_to":' || (20000 + 3 * (m - q.n)) || '}') ELSE '{}'::json END,
    CASE WHEN k % 20 = 19 OR (k = 1 AND p.inbox_id = 61) THEN NULL WHEN k % 2 = 0 THEN 'Contact' WHEN m % 71 = 0 THEN 'AgentBot' ELSE 'User' END,
    CASE WHEN k % 20 = 19 OR (k = 1 AND p.inbox_id = 61) THEN NULL WHEN k % 2 = 0 THEN p.contact_id WHEN m % 71 = 0 THEN 1 WHEN p.account_id = 5 THEN 12 ELSE 11 + m % 4 END,
    moment(p.c * 30 + k), moment(p.c * 30 + k)
  FROM (SELECT count(*) AS n FROM plan) q, generate_series(0, :messages - 1) m, LATERAL (SELECT m / q.n AS k, 1 + m % q.n AS c) w JOIN plan p ON p.c = w.c;
INSERT INTO messages (id, content, account_id, inbox_id, conversation_id, message_type, created_at, updated_at) VALUES (19000, 'de ninguém', 2, 61, 6000, 0, moment(1), moment(1));
INSERT INTO attachments (id, file_type, message_id, account_id, external_url, coordinates_lat, coordinates_long, fallback_title, created_at, updated_at)
  SELECT 80000 + id, CASE WHEN id % 7 = 0 THEN 4 ELSE (ARRAY[0, 1, 3])[1 + id % 3] END, id, account_id, NULL, -8.05, -34.9, CASE WHEN id % 7 = 0 THEN 'Recife' END, created_at, created_at
  FROM messages WHERE id % 40 = 0 AND message_type < 2;
INSERT INTO active_storage_blobs (id, key, filename, content_type, byte_size, created_at, service_name)
  SELECT id, 'blobkey' || lpad(id::text, 21, '0'), 'arquivo ' || id || '.png', 'image/png', 70, created_at, 'local' FROM attachments WHERE file_type <> 4;
INSERT INTO active_storage_attachments (name, record_type, record_id, blob_id, created_at) SELECT 'file', 'Attachment', id, id, created_at FROM active_storage_blobs;
INSERT INTO active_storage_attachments (name, record_type, record_id, blob_id, created_at) VALUES ('avatar', 'User', 11, 1, moment(1)), ('avatar', 'User', 12, 1, moment(1));
INSERT INTO notes (content, account_id, contact_id, user_id, created_at, updated_at) SELECT 'Prefere telefone', account_id, contact_id, 12, moment(c), moment(c) FROM plan WHERE c % 15 = 0;
INSERT INTO notes (content, account_id, contact_id, user_id, created_at, updated_at) VALUES ('perdida', 2, 999999, 12, moment(1), moment(1));
INSERT INTO webhooks (id, account_id, inbox_id, url, subscriptions, created_at, updated_at) VALUES
  (91, 2, NULL, 'https://n8n.example/hook', '["message_created", "conversation_created", "of_another_time"]', moment(9), moment(9)), (92, 2, 999, 'https://gone.example/hook', '[]', moment(9), moment(9));
INSERT INTO agent_bots (id, name, description, outgoing_url, account_id, bot_type, created_at, updated_at) VALUES
  (1, 'Recepção', 'Atende primeiro', 'https://bot.example/hook', 2, 0, moment(3), moment(3)), (2, 'Roteiro', NULL, NULL, 2, 1, moment(3), moment(3)),
  (3, 'Da casa', NULL, 'https://all.example/hook', NULL, 0, moment(3), moment(3)), (4, 'De ninguém', NULL, 'https://bot.example/4', 99, 0, moment(3), moment(3));
INSERT INTO agent_bot_inboxes (inbox_id, agent_bot_id, status, account_id, created_at, updated_at) VALUES
  (62, 1, 0, 2, moment(4), moment(4)), (64, 2, 0, 2, moment(4), moment(4)), (65, 1, 1, 2, moment(4), moment(4)), (73, 3, 0, 5, moment(4), moment(4)), (999, 1, 0, 2, moment(4), moment(4));
INSERT INTO custom_filters (id, name, filter_type, query, account_id, user_id, created_at, updated_at) VALUES
  (111, 'Abertas sem dono', 0, '{"payload": [{"attribute_key": "status", "attribute_model": "standard", "filter_operator": "equal_to", "values": ["open"], "query_operator": "and", "custom_attribute_type": ""},
     {"attribute_key": "assignee_id", "attribute_model": "standard", "filter_operator": "is_not_present", "values": [], "custom_attribute_type": ""}]}', 2, 11, moment(8), moment(8)),
  (112, 'Ouro', 1, '{"payload": [{"attribute_key": "plan", "attribute_model": "customAttributes", "filter_operator": "equal_to", "values": [{"id": "ouro", "name": "ouro"}], "custom_attribute_type": "contact_attribute"}]}', 2, 12, moment(8), moment(8)),
  (113, 'De campanha', 0, '{"payload": [{"attribute_key": "campaign_id", "filter_operator": "equal_to", "values": [3]}]}', 2, 11, moment(8), moment(8)),
  (114, 'Relatório', 2, '{"since": 1}', 2, 11, moment(8), moment(8)), (115, 'De ninguém', 0, '{"payload": []}', 2, 99, moment(8), moment(8));
INSERT INTO automation_rules (account_id, name) VALUES (2, 'Boas-vindas');
DROP TABLE plan;
CREATE INDEX ON messages (conversation_id);
ANALYZE;
